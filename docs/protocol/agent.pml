/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AgentProgram (subsystems/scheduling/policies/agent_program.cpp), with any policy: which thread, which of several
 * CPUs, and when a slice or a long run ends is anybody's choice. Included by scheduling.pml. A thread or CPU of the
 * agent's books is NONE if there is none.
 */
#define kUnknown 0
#define kAsleep 1 /* ThreadState::kBlocked */
#define kWaiting 2 /* kRunnable */
#define kStaged 3
#define kOn 4 /* kRunning */

#define kBusy 0
#define kLooking 1
#define kIdle 2

#define BOOK(c) bookings[SLOT(place_of_agent, c)]
#define BEFORE(t) early[place_of_agent * THREADS + (t)]
chan bookings[PLACES * CPUS] = [4] of {byte, byte, byte};  /* sequence, thread, barrier */
chan early[PLACES * THREADS] = [4] of {byte, byte, byte}; /* barrier, type, CPU */

#define IS_STAGED(c) (staged[c] != NONE && !notified[c])
/* AgentProgram::stands: offers are kept as the sequence number they were made at, plus one. */
#define HUNGRY(c) (hungry[c] == sequence[c] + 1 && staged[c] == NONE && cpu_state[c] != kBusy)
#define STAGEABLE(c) (stageable[c] == sequence[c] + 1 && staged[c] == NONE && cpu_state[c] == kBusy)

inline offer(offered) {
  if
  :: cpu_state[offered] != kBusy -> hungry[offered] = sequence[offered] + 1
  :: else -> stageable[offered] = sequence[offered] + 1
  fi
}
inline stopped(at, into) {
  on[at] = NONE;
  cpu_state[at] = into;
  if
  :: staged[at] == NONE -> offer(at)
  :: else
  fi
}
inline left_cpu(leaver, left) {
  if
  :: staged[left] != leaver && on[left] != leaver
  :: else ->
     if
     :: staged[left] == leaver -> staged[left] = NONE
     :: else
     fi;
     stopped(left, kLooking)
  fi
}
inline give_back_if_lost(lost) {
  if
  :: state[lost] == kStaged && booked[lost] == 0 -> state[lost] = kWaiting
  :: else
  fi
}
inline release(freed, its_barrier) {
  if
  :: heard[freed] == its_barrier && booked[freed] > 0 -> booked[freed]--
  :: else
  fi
}

inline handle(kind, about, count, source) {
  heard[about] = count;
  booked[about] = 0;
  if
  :: kind == kNew -> state[about] = kAsleep
  :: kind == kNewRunnable || kind == kWakeup -> state[about] = kWaiting
  :: kind == kBlocked -> left_cpu(about, source); state[about] = kAsleep
  :: kind == kPreempt -> left_cpu(about, source); state[about] = kWaiting
  fi
}

/* Messages of one thread come through several queues. */
inline receive() {
  if
  :: state[t] != kUnknown && b <= heard[t] /* comes_too_late */
  :: (state[t] == kUnknown || b > heard[t]) ->
     if
     :: type <= kNewRunnable || (state[t] != kUnknown && b == heard[t] + 1) ->
        handle(type, t, b, c);
        do
        :: len(BEFORE(t)) > 0 && (BEFORE(t) ?? [eval(heard[t] + 1), _, _]) ->
           b = heard[t] + 1;
           BEFORE(t) ?? eval(b), type, c;
           handle(type, t, b, c)
        :: else -> break
        od
     :: else -> assert(nfull(BEFORE(t))); BEFORE(t)!b, type, c
     fi
  fi;
  type = 0; t = 0; b = 0; c = 0
}

inline began(runner, host) {
  if
  :: state[runner] == kOn && where[runner] != host && on[where[runner]] == runner -> stopped(where[runner], kLooking)
  :: else
  fi;
  state[runner] = kOn;
  where[runner] = host;
  on[host] = runner;
  cpu_state[host] = kBusy;
  if
  :: staged[host] == runner -> staged[host] = NONE
  :: else
  fi;
  if
  :: staged[host] == NONE -> offer(host)
  :: else
  fi
}

inline settle(answerer, said, result, idle) {
  if
  :: BOOK(answerer)??[eval(said), _, _] ->
     BOOK(answerer)?? <eval(said), t, b>;
     twice = false;
     do
     :: BOOK(answerer)?type, other, other_barrier ->
        release(other, other_barrier);
        if
        :: type == said -> break
        :: type != said && other == t && other_barrier == b -> twice = true
        :: else -> give_back_if_lost(other)
        fi
     od;
     if
     :: said == sequence[answerer] -> staged[answerer] = NONE
     :: else
     fi;
     runs = result == kComplete || (twice && result == kTargetOncpu);
     if
     :: runs && heard[t] == b && (state[t] == kStaged || state[t] == kOn) ->
        if
        :: idle -> state[t] = kOn
        :: else -> began(t, answerer)
        fi
     :: (!runs) ->
        give_back_if_lost(t);
        if
        :: staged[answerer] == NONE && cpu_state[answerer] == kBusy -> offer(answerer)
        :: else
        fi
     :: else
     fi;
     type = 0; t = 0; b = 0; other = 0; other_barrier = 0; twice = false; runs = false
  :: else
  fi
}

/* True if the CPU is to be notified: it looked before the staged decision was there. */
inline handle_outcome(speaker) {
  last[speaker] = outcome[SLOT(place_of_agent, speaker)];
  settle(speaker, last[speaker] / 8, (last[speaker] / 2) % 4, last[speaker] % 2);
  if
  :: last[speaker] % 2 == 1 ->
     stopped(speaker, kIdle);
     if
     :: IS_STAGED(speaker) -> notified[speaker] = true; call = speaker
     :: else
     fi
  :: else
  fi
}

inline decide(chosen, target, at_once) {
  state[chosen] = kStaged;
  where[chosen] = target;
  booked[chosen]++;
  staged[target] = chosen;
  notified[target] = at_once;
  sequence[target]++;
  assert(nfull(BOOK(target)));
  BOOK(target)!sequence[target], chosen, heard[chosen];
  to = target
}

#define AT SLOT(place_of_agent, to) /* where the next decision goes */

/* Options of an `if`, one for each CPU and thread. */
#define SERVE(c, t) HUNGRY(c) && state[t] == kWaiting -> decide(t, c, true)
#define PREEMPT(c, t) slice_over && on[c] != NONE && staged[c] == NONE && state[t] == kWaiting -> decide(t, c, true)
#define STAGE(c, t) STAGEABLE(c) && state[t] == kWaiting -> decide(t, c, false); break
#if THREADS == 1
#define FOR_EACH_THREAD(c, OPTION) :: OPTION(c, 0)
#define ONE_WAITS (state[0] == kWaiting)
#elif THREADS == 2
#define FOR_EACH_THREAD(c, OPTION) :: OPTION(c, 0) :: OPTION(c, 1)
#define ONE_WAITS (state[0] == kWaiting || state[1] == kWaiting)
#else
#define FOR_EACH_THREAD(c, OPTION) :: OPTION(c, 0) :: OPTION(c, 1) :: OPTION(c, 2)
#define ONE_WAITS (state[0] == kWaiting || state[1] == kWaiting || state[2] == kWaiting)
#endif
#if CPUS == 1
#define FOR_EACH_PAIR(OPTION) FOR_EACH_THREAD(0, OPTION)
#define ONE_RUNS (on[0] != NONE)
#else
#define FOR_EACH_PAIR(OPTION) FOR_EACH_THREAD(0, OPTION) FOR_EACH_THREAD(1, OPTION)
#define ONE_RUNS (on[0] != NONE || on[1] != NONE)
#endif
/* An offer that does not stand when it is looked at is forgotten. */
#define DROP_UNLESS(stands, offers, c) if :: !stands(c) -> offers[c] = 0 :: else fi

/* Leaves out CPUs at will: what runs there may run long. */
inline stage() {
  do
  FOR_EACH_PAIR(STAGE)
  :: ONE_WAITS && stageable[0] != 0 -> stageable[0] = 0
#if CPUS > 1
  :: ONE_WAITS && stageable[1] != 0 -> stageable[1] = 0
#endif
  :: else -> break
  od
}

/* AgentProgram::schedule: `to` is the CPU of the next decision to be written, or NONE. */
inline schedule() {
  if /* serve_idle */
  FOR_EACH_PAIR(SERVE)
  :: else ->
     DROP_UNLESS(HUNGRY, hungry, 0);
#if CPUS > 1
     DROP_UNLESS(HUNGRY, hungry, 1);
#endif
     if /* move_staged_to_idle: what is staged behind a thread that may run long */
#if CPUS > 1
     :: on[0] != NONE && IS_STAGED(0) && HUNGRY(1) -> t = staged[0]; staged[0] = NONE; decide(t, 1, true); offer(0)
     :: on[1] != NONE && IS_STAGED(1) && HUNGRY(0) -> t = staged[1]; staged[1] = NONE; decide(t, 0, true); offer(1)
#endif
     :: true ->
        if /* preempt */
        :: slice_over && on[0] != NONE && IS_STAGED(0) -> decide(staged[0], 0, true)
#if CPUS > 1
        :: slice_over && on[1] != NONE && IS_STAGED(1) -> decide(staged[1], 1, true)
#endif
        FOR_EACH_PAIR(PREEMPT)
        :: else -> stage()
        fi;
        slice_over = false
     fi;
     t = 0
  fi
}
proctype agent(byte number; byte place_of_agent) {
  byte state[THREADS], heard[THREADS], where[THREADS], booked[THREADS];
  byte cpu_state[CPUS], sequence[CPUS], on[CPUS] = NONE, staged[CPUS] = NONE, hungry[CPUS], stageable[CPUS];
  byte last[CPUS];
  bool notified[CPUS];
  byte type, t, b, c, other, other_barrier, call = NONE, to = NONE;
  bool twice, runs, slice_over;
  {
    skip;
next_event:
end:
    atomic {
      if
      :: queue[QUEUE(place_of_agent, 0)]?type, t, b, c -> receive()
      :: outcome[SLOT(place_of_agent, 0)] != last[0] -> handle_outcome(0)
#if CPUS > 1
      :: queue[QUEUE(place_of_agent, 1)]?type, t, b, c -> receive()
      :: outcome[SLOT(place_of_agent, 1)] != last[1] -> handle_outcome(1)
#endif
      :: queue[QUEUE(place_of_agent, WAKER)]?type, t, b, c -> receive()
      :: queue[QUEUE(place_of_agent, KEEPER)]?type, t, b, c -> receive()
#if PREEMPTIONS > 0
      :: slices > 0 && ONE_RUNS -> slices--; slice_over = true
#endif
      fi;
#ifdef NO_NOTIFICATION
      call = NONE;
#endif
      if
      :: call == NONE -> schedule()
      :: else
      fi
    }
    if
    :: atomic { call != NONE -> INTERRUPT(call); call = NONE; schedule() }
    :: call == NONE
    fi;

send: /* Runtime::write_decision, then notify */
    if
    :: to == NONE -> goto next_event
    :: else
    fi;
#ifdef NOTIFIED_BEFORE_WRITTEN
    if
    :: notified[to] -> INTERRUPT(to)
    :: else
    fi;
#endif
    atomic { slot[AT].first = sequence[to]; slot[AT].barrier = heard[staged[to]] }
    atomic { slot[AT].target = staged[to]; slot[AT].at_schedule = !notified[to] }
    slot[AT].flag = sequence[to];
    atomic {
#ifndef NOTIFIED_BEFORE_WRITTEN
      if
      :: notified[to] -> INTERRUPT(to)
      :: else
      fi;
#endif
      to = NONE;
      schedule()
    }
    goto send
  } unless { !alive[number] }
}
