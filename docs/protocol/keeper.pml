/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AgentKeeper and agent_change.cpp: agents die at any point, are given up, or are replaced; the next one begins in
 * memory of its own and is told what there is. Threads wait meanwhile (Fallback::kNone). Included by scheduling.pml.
 */
#if CHANGES > 0

/* Kernel::detach_agent */
inline detach() {
  has_agent = false;
  i = 0;
  do
  :: i < CPUS ->
     if
     :: latched[i] != NONE -> latched_on[latched[i]] = NONE; latched[i] = NONE
     :: else
     fi;
     held[i] = NONE; held_barrier[i] = 0; held_sequence[i] = 0;
     i++
  :: else -> break
  od;
  i = 0
}

/* What is under way to where the agent before last was has come before the command that starts the next one there. */
#ifdef POSTED
#define UNDER_WAY_TO(p, s) (posted[s] ?? [eval(p), _, _, _, _])
#else
#define UNDER_WAY_TO(p, s) false
#endif

/* AgentProcess::clear_memory, and a program that knows nothing. */
inline begin(which, its_place) {
  atomic {
    i = 0;
    do
    :: i < CPUS ->
       slot[SLOT(its_place, i)].first = 0; slot[SLOT(its_place, i)].barrier = 0; slot[SLOT(its_place, i)].target = 0;
       slot[SLOT(its_place, i)].at_schedule = false; slot[SLOT(its_place, i)].flag = 0;
       outcome[SLOT(its_place, i)] = 0;
       drain3(bookings[SLOT(its_place, i)]);
       i++
    :: else -> break
    od;
    i = 0;
    do
    :: i < SENDERS -> drain4(queue[QUEUE(its_place, i)]); i++
    :: else -> break
    od;
    i = 0;
    do
    :: i < THREADS -> drain3(early[its_place * THREADS + i]); i++
    :: else -> break
    od;
    i = 0;
    run agent(which, its_place)
  }
}
inline drain3(list) {
  do
  :: list?_, _, _
  :: empty(list) -> break
  od
}
inline drain4(list) {
  do
  :: list?_, _, _, _
  :: empty(list) -> break
  od
}

#define IS_AT(c, t) (current[c] == t || telling[c] == t)
/* Kernel::introduce_threads. Who runs, or is on the way off its CPU, is told of there. */
inline introduce(newcomer) {
  atomic {
    ROOM(KEEPER);
    if
    :: IS_AT(0, newcomer) -> new_message_due[newcomer] = true
#if CPUS > 1
    :: IS_AT(1, newcomer) -> new_message_due[newcomer] = true
#endif
    :: else -> post_new(newcomer, KEEPER)
    fi
  }
}

proctype keeper() {
  byte i, t, next, p;
  do
  :: next + 1 < AGENTS ->
     next++;
     p = next % PLACES;
     /* The one before last has its place to give up. */
     if
     :: next >= 2 -> alive[next - 2] = false
     :: else
     fi;
     if
     :: alive[next - 1] = false; /* dies where it stands; */
        d_step { detach() }      /* later that is heard of */
     :: d_step { detach() }      /* is given up, and lives on until it is killed */
     :: true                     /* goes on until the next is ready: an upgrade */
     fi;
     !UNDER_WAY_TO(p, 0);
#if CPUS > 1
     !UNDER_WAY_TO(p, 1);
#endif
     !UNDER_WAY_TO(p, WAKER);
     !UNDER_WAY_TO(p, KEEPER);
     begin(next, p);
     d_step { /* take_over, let_decide_at, Kernel::attach_agent */
       detach();
       place = p;
       has_agent = true;
       agents = next;
       do
       :: i < CPUS -> seen[i] = 0; last_sequence[i] = 0; last_state[i] = kComplete; i++
       :: else -> break
       od;
       i = 0
     };
#ifndef NO_GREETING
     pending_new_agent[0] = true;
#if CPUS > 1
     pending_new_agent[1] = true;
#endif
#endif
#ifndef NO_INTRODUCTION
     do
     :: t < THREADS -> introduce(t); t++
     :: else -> t = 0; break
     od;
#endif
     if
     :: alive[next - 1] = false
     :: true /* later, or hung for ever */
     fi
  :: else -> break
  od
}
#endif
