/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The whole conversation: threads that block and are woken, CPUs that commit decisions and answer, an agent that keeps
 * what it heard, decides, stages, decides again, and dies; a keeper that starts the next one. What a queue and a slot
 * do inside is message_queue.pml's and decision_slot.pml's; here a slot is read a word at a time (uncached; a cached
 * copy only adds that an old decision is not seen to be new), and a queue is a channel.
 *
 * Promised: a thread runs on one CPU at most; whatever the agent decided on old news is refused; when nothing can
 * happen any more, every thread has had every round that it was woken for, whichever agent died when.
 *
 * Must fail: see checks.txt. What stands for what: README.md.
 */
#ifndef CPUS
#define CPUS 2
#endif
#ifndef THREADS
#define THREADS 2
#endif
#ifndef WAKES
#define WAKES 1 /* of each thread, after the round with which it begins */
#endif
#ifndef PREEMPTIONS
#define PREEMPTIONS 0 /* slices that end while a thread runs, whoever's */
#endif
#ifndef CHANGES
#define CHANGES 0 /* agents that give way to the next */
#endif
#if CHANGES > 0 && !defined(ONE_PLACE)
#define PLACES 2
#else
#define PLACES 1
#endif
#define AGENTS (CHANGES + 1)

#define NONE 255
#define WAKER CPUS
#define KEEPER (CPUS + 1)
#define SENDERS (CPUS + 2)
#define SLOT(p, c) ((p) * CPUS + (c))
#define QUEUE(p, s) ((p) * SENDERS + (s))

/* ------------------------------------------------- the agents' memory, seen from both sides of the link */

/* Message types. */
#define kNew 1 /* of a blocked thread */
#define kNewRunnable 2
#define kWakeup 3
#define kBlocked 4
#define kPreempt 5

/* Of a transaction that was committed or refused. */
#define kComplete 0
#define kTargetOncpu 1
#define kRefused 2

typedef Decision {
  byte first;   /* the first word: the decision's number ... */
  byte barrier; /* ... and the thread's */
  byte target;  /* a thread */
  bool at_schedule;
  byte flag
};
Decision slot[PLACES * CPUS];

#define OUTCOME(sequence, state, idle) ((sequence) * 8 + (state) * 2 + (idle))
byte outcome[PLACES * CPUS];

chan queue[PLACES * SENDERS] = [4] of {byte, byte, byte, byte}; /* type, thread, barrier, CPU */

/* With POSTED, writes and interrupts take their time: those of one core in order, those of different cores anyhow.
   Without, they are there at once, which only a reader can notice who sees the later write of one core before the
   earlier one of another. */
#ifdef POSTED
chan posted[SENDERS] = [2] of {byte, byte, byte, byte, byte}; /* place, type (0: outcome), thread, barrier or word, CPU */
byte interrupts[CPUS];                                        /* on their way */
#define ROOM(by) (len(posted[by]) == 0)
#define OUT(by) empty(posted[by])
#define SEND(by, what, who, count, c) posted[by]!place, what, who, count, c
#define ANSWER(c, word) posted[c]!place, 0, 0, word, c
#define INTERRUPT(c) interrupts[c]++
#else
#define ROOM(by) true
#define OUT(by) true
#define SEND(by, what, who, count, c) put(place, by, what, who, count, c)
#define ANSWER(c, word) outcome[SLOT(place, c)] = word
#define INTERRUPT(c) pending[c] = true
#endif

/* A full queue is one that is not read any more. */
inline put(its_place, by_, what_, who__, count_, c_) {
  if
  :: nfull(queue[QUEUE(its_place, by_)]) -> queue[QUEUE(its_place, by_)]!what_, who__, count_, c_
  :: full(queue[QUEUE(its_place, by_)]) -> assert(!alive[agents])
  fi
}

/* ------------------------------------------------- the host */

bool runnable[THREADS], on_cpu[THREADS], blocking[THREADS], woken_while_blocking[THREADS];
bool new_message_due[THREADS];
byte barrier[THREADS], latched_on[THREADS], wakes[THREADS];
byte running[THREADS]; /* on how many CPUs */

bool has_agent = true;
byte agents;               /* how many there have been before: Kernel::agents_ */
byte place;                /* the one that the host looks at */
bool alive[AGENTS] = true; /* their processes */
byte seen[CPUS], last_sequence[CPUS], last_state[CPUS];
byte current[CPUS] = NONE, latched[CPUS] = NONE, telling[CPUS] = NONE; /* departing_, publishing_ */
bool pending[CPUS], pending_new_agent[CPUS];
byte held[CPUS] = NONE, held_barrier[CPUS], held_sequence[CPUS];
#if PREEMPTIONS > 0
byte slices = PREEMPTIONS;
#else
#define slices 0
#endif

/* Kernel::post; a message to nobody still counts. */
inline post(what, who, happened_on, from) {
  barrier[who]++;
  if
  :: has_agent -> SEND(from, what, who, barrier[who], happened_on)
  :: else
  fi
}
inline post_new(whom, sender) {
  if
  :: runnable[whom] -> post(kNewRunnable, whom, 0, sender)
  :: else -> post(kNew, whom, 0, sender)
  fi
}
inline activate(sleeper, woken_on, waking) {
  runnable[sleeper] = true;
  post(kWakeup, sleeper, woken_on, waking)
}

inline answer(cpu_, result, idle) { ANSWER(cpu_, OUTCOME(last_sequence[cpu_], result, idle)) }

#define HAS_WORK(c) (latched[c] != NONE || (current[c] != NONE && runnable[current[c]]))

/* Kernel::latch. Who loses its latch to another is told of; who only moves to another CPU is not. */
inline latch(chosen) {
  if
  :: latched_on[chosen] != NONE -> latched[latched_on[chosen]] = NONE
  :: else
  fi;
  loser = latched[c];
  latched[c] = chosen;
  latched_on[chosen] = c;
  if
  :: loser != NONE && loser != chosen -> latched_on[loser] = NONE; post(kPreempt, loser, c, c)
  :: else
  fi;
  loser = NONE
}

#ifdef NO_BARRIER
#define CURRENT_NEWS true
#else
#define CURRENT_NEWS (barrier[d_target] == d_barrier)
#endif

/* HostCpu::commit and Kernel::commit. Whoever decided may be gone by now: `agent` was there when the slot was read. */
inline commit() {
  atomic {
    ROOM(c); /* for what it says; to wait for more than it needs only makes the CPU slower */
    if
    :: agent != agents || !has_agent -> skip
    :: else ->
       if
#ifndef NO_BARRIER
       :: barrier[d_target] != d_barrier -> state = kRefused /* TARGET_STALE */
#endif
       :: CURRENT_NEWS && !runnable[d_target] -> state = kRefused
#ifndef NO_ONCPU_CHECK
       :: CURRENT_NEWS && runnable[d_target] && on_cpu[d_target] -> state = kTargetOncpu
#endif
       :: else ->
          assert(barrier[d_target] == d_barrier);
          state = kComplete;
          latch(d_target)
       fi;
       last_sequence[c] = d_flag;
       last_state[c] = state;
       answer(c, state, (state != kComplete && !HAS_WORK(c)))
    fi;
    state = 0; d_target = NONE; d_at_schedule = false; d_barrier = 0; d_flag = 0; agent = 0
  }
}

/* DecisionReader::poll: d_target is NONE if nothing is seen. A slot does not move to the next agent's memory between the
   look at `moves_` and the note of what was seen: in a kernel, a lock's work. */
inline poll(clear) {
  atomic { OUT(c) -> pending[c] = pending[c] && !clear; agent = agents; d_flag = slot[SLOT(place, c)].flag }
  atomic {
    if
    :: d_flag == seen[c] || agent != agents -> d_flag = 0; agent = 0
    :: else ->
       seen[c] = d_flag;
       d_target = slot[SLOT(place, c)].target;
       d_at_schedule = slot[SLOT(place, c)].at_schedule
    fi
  }
  if
  :: atomic {
       d_target != NONE ->
       d_barrier = slot[SLOT(place, c)].barrier;
       if
       :: agent != agents || slot[SLOT(place, c)].first != d_flag ->
          d_target = NONE; d_at_schedule = false; d_barrier = 0; d_flag = 0; agent = 0
       :: else
       fi
     }
  :: d_target == NONE
  fi
}

inline take_interrupts() {
  do
  :: pending[c] && !has_agent -> pending[c] = false
  :: pending[c] && has_agent -> /* look_at_slot */
     poll(true);
     if
     :: d_target == NONE
     :: else ->
        if
        :: atomic {
             d_at_schedule && HAS_WORK(c) ->
             if
             :: agent == agents && has_agent ->
                held[c] = d_target; held_barrier[c] = d_barrier; held_sequence[c] = d_flag
             :: else
             fi;
             d_target = NONE; d_at_schedule = false; d_barrier = 0; d_flag = 0; agent = 0
           }
        :: !d_at_schedule || !HAS_WORK(c) -> commit()
        fi
     fi
  :: atomic {
       pending_new_agent[c] && ROOM(c) -> /* greet_agent */
       pending_new_agent[c] = false;
       answer(c, last_state[c], !HAS_WORK(c))
     }
  :: !pending[c] && !pending_new_agent[c] -> break
  od
}

inline look_for_staged_decision() {
  if
  :: atomic {
       has_agent && held[c] != NONE ->
       d_target = held[c]; d_barrier = held_barrier[c]; d_flag = held_sequence[c]; agent = agents;
       held[c] = NONE; held_barrier[c] = 0; held_sequence[c] = 0
     }
     commit()
  :: has_agent && held[c] == NONE ->
     poll(false);
     if
     :: d_target != NONE -> commit()
     :: else ->
        atomic {
          ROOM(c);
          if
          :: !HAS_WORK(c) && has_agent -> answer(c, last_state[c], true)
          :: else
          fi
        }
     fi
  :: !has_agent
  fi
}

/* HostCpu::publish_departure. Between the last look whether an agent has come and the end nobody else comes, as under a
   run queue's lock. */
inline introduce_if_due() {
  atomic {
    ROOM(c);
    if
    :: new_message_due[telling[c]] -> new_message_due[telling[c]] = false; post_new(telling[c], c)
    :: else
    fi
  }
}
inline publish(why) {
#if CHANGES > 0
  introduce_if_due();
#endif
  atomic { ROOM(c) -> post(why, telling[c], c, c) }
#ifdef LOOKS_ONCE
  introduce_if_due();
#endif
  do
#ifndef LOOKS_ONCE
  :: atomic {
       new_message_due[telling[c]] && ROOM(c) ->
       new_message_due[telling[c]] = false;
       post_new(telling[c], c)
     }
#endif
  :: atomic {
#ifdef LOOKS_ONCE
       ROOM(c);
#else
       !new_message_due[telling[c]] && ROOM(c);
#endif
       t = telling[c];
       on_cpu[t] = false;
       telling[c] = NONE;
       blocking[t] = false;
       if
       :: woken_while_blocking[t] -> woken_while_blocking[t] = false; activate(t, c, c)
       :: else
       fi;
       t = NONE;
       break
     }
  od
}

proctype cpu(byte c) {
  byte d_target = NONE, d_barrier, d_flag, agent, state, next = NONE, loser = NONE, t = NONE;
  bool d_at_schedule, had_latch;
  answer(c, kComplete, true);

schedule: /* pick_ghost */
  if
  :: latched[c] == NONE -> look_for_staged_decision()
  :: else
  fi;
  if
  :: atomic { latched[c] == NONE && current[c] != NONE -> goto runs } /* keeps what it had */
  :: atomic {
       latched[c] != NONE && current[c] != NONE ->
       had_latch = true;
       telling[c] = current[c]; running[current[c]]--; current[c] = NONE
     }
     publish(kPreempt)
  :: atomic { current[c] == NONE -> had_latch = latched[c] != NONE }
  fi;
  /* From here to the thread nobody else comes between, as under a run queue's lock. */
  atomic {
    ROOM(c);
    next = latched[c];
    latched[c] = NONE;
    if
    :: next != NONE -> /* switch_to */
       latched_on[next] = NONE;
       assert(runnable[next] && !on_cpu[next] && running[next] == 0);
       on_cpu[next] = true;
       running[next]++;
       current[c] = next;
       next = NONE;
       had_latch = false
    :: else ->
#ifndef NO_ANSWER_TO_A_LOST_LATCH
       if
       :: had_latch -> answer(c, last_state[c], true)
       :: else
       fi;
#endif
       had_latch = false;
       goto idle
    fi
  }

runs:
  if
  :: pending[c] || pending_new_agent[c] ->
     take_interrupts();
     if
     :: latched[c] != NONE -> goto schedule
     :: else -> goto runs
     fi
  :: atomic { /* block: the thread goes to sleep, unless it was woken before it did */
       true ->
       if
       :: woken_while_blocking[current[c]] -> woken_while_blocking[current[c]] = false; goto runs
       :: else
       fi;
       blocking[current[c]] = true;
       runnable[current[c]] = false;
       running[current[c]]--;
       telling[c] = current[c];
       current[c] = NONE
     }
     publish(kBlocked);
     goto schedule
  fi;

idle:
end:
  pending[c] || pending_new_agent[c];
  take_interrupts();
  goto schedule
}

/* Kernel::wake */
inline wake(who_) {
  wakes[who_]++;
  if
  :: blocking[who_] || runnable[who_] -> woken_while_blocking[who_] = true
  :: else -> activate(who_, 0, WAKER)
  fi
}
proctype waker() {
end:
  do
  :: atomic { wakes[0] < WAKES && !woken_while_blocking[0] && ROOM(WAKER) -> wake(0) }
#if THREADS > 1
  :: atomic { wakes[1] < WAKES && !woken_while_blocking[1] && ROOM(WAKER) -> wake(1) }
#endif
#if THREADS > 2
  :: atomic { wakes[2] < WAKES && !woken_while_blocking[2] && ROOM(WAKER) -> wake(2) }
#endif
  od
}

#ifdef POSTED
inline arrive(sender) {
  if
  :: type == 0 -> outcome[SLOT(p, c)] = b
  :: else -> put(p, sender, type, t, b, c)
  fi;
  p = 0; type = 0; t = 0; b = 0; c = 0
}
proctype link() {
  byte p, type, t, b, c;
end:
  do
  :: atomic { posted[0]?p, type, t, b, c -> arrive(0) }
  :: atomic { interrupts[0] > 0 -> interrupts[0]--; pending[0] = true }
#if CPUS > 1
  :: atomic { posted[1]?p, type, t, b, c -> arrive(1) }
  :: atomic { interrupts[1] > 0 -> interrupts[1]--; pending[1] = true }
#endif
  :: atomic { posted[WAKER]?p, type, t, b, c -> arrive(WAKER) }
  :: atomic { posted[KEEPER]?p, type, t, b, c -> arrive(KEEPER) }
  od
}
#endif

#include "agent.pml"
#include "keeper.pml"

/* ------------------------------------------------- what must hold when nothing can happen any more */

active proctype judge() {
  byte i;
end:
  timeout ->
  do
  :: i < THREADS ->
     assert(wakes[i] == WAKES);
     assert(!runnable[i] && !woken_while_blocking[i] && running[i] == 0);
     i++
  :: else -> break
  od
}

init {
  byte i;
  atomic {
    do
    :: i < THREADS -> runnable[i] = true; latched_on[i] = NONE; i++
    :: else -> break
    od;
    i = 0;
    do
    :: i < THREADS -> barrier[i] = 1; queue[QUEUE(0, WAKER)]!kNewRunnable, i, 1, 0; i++
    :: else -> break
    od;
#ifdef POSTED
    run link();
#endif
    run waker();
    run agent(0, 0);
#if CHANGES > 0
    run keeper();
#endif
    i = 0;
    do
    :: i < CPUS -> run cpu(i); i++
    :: else -> break
    od
  }
}
