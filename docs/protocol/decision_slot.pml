/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A decision slot (subsystems/wave/decision_slot.h) between an agent that decides when it likes, over what is there,
 * and a CPU that looks through a cache which nobody keeps coherent.
 *
 *   agent --coherent--> decision (in the agent's memory) <--fill, flush-- cache of the host <-- CPU
 *   agent --MSI-X-----> interrupt --------------------------------------------------------> CPU
 *   agent <--coherent-- outcome word <--posted--------------------------------------------- CPU
 *
 * The cache fetches and drops the line whenever it likes, on top of what the CPU does itself (decisions that are
 * prefetched at any moment; lines that others push out). A line dropped before every load is an uncached mapping.
 *
 * Promised: no decision is acted on that was put together from two; the last decision is seen, whatever the CPU and
 * the agent do at the same time.
 *
 * Must fail: see checks.txt. What stands for what: README.md.
 */
#ifndef DECISIONS
#define DECISIONS 4
#endif
#ifndef STALLS
#define STALLS 0 /* reads that the link does not answer (kNoAnswer) */
#endif

/* The agent's memory. Each word of a decision says whose it is; the host goes by `first` and `flag` alone. */
byte first, middle, flag;
/* The outcome word: the number of the youngest decision that was dealt with, and whether the CPU waits for another. */
byte outcome_number;
bool outcome_idle;
byte outcomes; /* how often it was written: the agent's polling sees that the word has changed */

chan posted = [2] of {byte, bool};
bool pending; /* interrupt */
chan msix = [2] of {bit};

/* The host's cache: the line of the decision. */
bool valid;
byte first_copy, middle_copy, flag_copy;

inline drop_line() { valid = false; first_copy = 0; middle_copy = 0; flag_copy = 0 }
/* A line is read at one instant: 64 bytes, aligned, from one line of the agent's cache. */
inline fill_line() { valid = true; first_copy = first; middle_copy = middle; flag_copy = flag }

/* Fetches the line at any moment. That it drops it at any moment is said at the loads: nobody sees it before. */
active proctype cache() {
#ifdef FILL_OUTLIVES_FLUSH
  byte f, m, g;
#endif
end:
  do
#ifdef FILL_WORD_BY_WORD
  :: !valid -> first_copy = first; middle_copy = middle; flag_copy = flag; valid = true
#elif defined(FILL_OUTLIVES_FLUSH)
  :: atomic { !valid -> f = first; m = middle; g = flag }
     atomic {
       if
       :: !valid -> first_copy = f; middle_copy = m; flag_copy = g; valid = true
       :: else
       fi;
       f = 0; m = 0; g = 0
     }
#else
  :: atomic { !valid -> fill_line() }
#endif
  od
}

active proctype link() {
  byte number;
  bool idle;
end:
  do
  :: atomic { posted?number, idle -> outcome_number = number; outcome_idle = idle; outcomes++; number = 0; idle = 0 }
  :: atomic { msix?_ -> pending = true }
  od
}

/* The CPU (cpu_decisions.cpp). */
byte seen;  /* DecisionReader::seen_ */
byte acted; /* the youngest decision that was acted on */
byte stalls;

/* Core::load: from the cache, or from memory. A read does not pass the writes before it. */
inline load(copy, value) {
  atomic {
    if
    :: !valid -> empty(posted); fill_line()
    :: valid
    fi;
    value = copy;
    if
    :: true
    :: drop_line() /* pushed out by another */
    fi
  }
}

/* DecisionReader::poll: flag first, then down to the first word. `found` is zero if there is nothing to be seen. */
inline poll() {
  d_step { found = 0; w_middle = 0; w_first = 0 }
#ifdef READ_UPWARDS
  load(first_copy, w_first);
  load(middle_copy, w_middle);
  load(flag_copy, w_flag);
#else
  load(flag_copy, w_flag);
#endif
  if
  :: stalls < STALLS -> d_step { stalls++; w_flag = 0; drop_line() } /* no answer: nothing_seen */
  :: w_flag == seen -> w_flag = 0
  :: w_flag != seen ->
     seen = w_flag;
#ifndef READ_UPWARDS
     load(middle_copy, w_middle);
     load(first_copy, w_first);
#endif
     if
#ifndef ONE_NUMBER
     :: w_first != w_flag /* is_whole */
#endif
#ifdef ONE_NUMBER
     :: true -> found = w_flag; assert(w_middle == w_flag && w_first == w_flag)
#else
     :: else -> found = w_flag; assert(w_middle == w_flag)
#endif
     fi
  fi;
  d_step { w_flag = 0; w_middle = 0; w_first = 0 }
}

/* HostCpu::commit: what is to be done, then what came of it. */
inline commit() {
  d_step { assert(found > acted); acted = found };
  posted!found, false;
  found = 0
}

/* DecisionReader::refresh, then HostCpu::look_at_slot: there is a decision, and an old copy would not show it. */
inline look_at_slot() {
  pending = false;
#ifndef NO_FLUSH
  d_step { drop_line() };
#endif
  poll()
}

active proctype cpu() {
  byte w_first, w_middle, w_flag, found;
  posted!0, true;
  /* HostCpu::idle */
idle:
end:
  pending;
  look_at_slot();
  if
  :: found == 0 -> goto idle
  :: else -> commit()
  fi;
  /* A thread runs; HostCpu::execute */
runs:
  if
  :: pending ->
     look_at_slot();
     if
     :: found != 0 -> commit()
     :: else
     fi;
     goto runs
  :: true /* stops: HostCpu::look_for_staged_decision, with whatever the cache says */
  fi;
  poll();
  if
  :: found != 0 -> commit(); goto runs
  :: else -> posted!acted, true; goto idle
  fi
}

/* The agent: what AgentProgram does with a slot, whatever the policy. */
byte number; /* of the youngest decision */
active proctype agent() {
  byte heard;                         /* outcomes */
  bool busy, notified = true, notify; /* the CPU is taken for busy; of the youngest decision */
end:
  do
  :: atomic {
       heard != outcomes -> /* handle_outcome */
       heard = outcomes;
       busy = !outcome_idle;
       notify = outcome_idle && !notified && outcome_number < number /* it looked before the decision was there */
     }
     if
#ifndef NO_NOTIFICATION
     :: notify -> atomic { notified = true; notify = false; msix!1 }
#endif
     :: else -> notify = false
     fi
  :: atomic {
       number < DECISIONS -> /* send: over whatever was there */
       number++;
       if
       :: busy -> notified = false /* staged */
       :: true -> notified = true
       fi
     }
#ifdef NOTIFIED_BEFORE_WRITTEN
     if
     :: notified -> msix!1
     :: else
     fi;
#endif
#ifdef FLAG_FIRST
     flag = number;
     first = number;
     middle = number;
#else
     first = number;
     middle = number;
     flag = number;
#endif
#ifndef NOTIFIED_BEFORE_WRITTEN
     if
     :: notified -> msix!1
     :: else
     fi
#endif
#ifdef RENOTIFY /* notify_again: nothing heard for a long time (here: until everything stands still) */
  :: timeout ->
     if
     :: outcome_number != number -> msix!1
     :: else -> assert(acted == number); break
     fi
#endif
  od
}

/* When nothing can happen any more, nothing may be left to do. */
#ifndef RENOTIFY
active proctype judge() {
end:
  timeout;
  assert(acted == number)
}
#endif
