/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A message queue (subsystems/wave/message_queue.h): entries that belong to the producer while their flag is kFree and
 * to the consumer while it is not; no shared head or tail. Endless: numbers go round, so that every state of a queue
 * that is used for ever is visited.
 *
 *   producer --posted--> link --in order--> entries <--coherent-- consumer
 *
 * Promised: every message once, in order, whole; no entry written before the consumer has freed it; and, whoever is
 * slow, the producer comes to send again (no cycle without a message taken).
 *
 * Must fail: see checks.txt. What stands for what: README.md.
 */
#ifndef CAPACITY
#define CAPACITY 4
#endif
#ifndef UNDER_WAY
#define UNDER_WAY (CAPACITY / 2) /* of DMA: entries that are reserved, from the oldest on that is not written */
#endif
#define HALF (CAPACITY > 1 -> CAPACITY / 2 : 1)
#define NUMBERS (2 * CAPACITY + 1) /* enough to tell a message from every other that may still be about */
#define FREE 0
#define AFTER(n) ((n) % NUMBERS + 1)

/* The consumer's memory. A word of its own for what is in an entry: it is the message's number again. */
byte body[CAPACITY], flag[CAPACITY];

/* Posted writes: which entry, which word, what. */
mtype = {kBody, kFlag, kWhole};
#ifndef LINK
#define LINK 2
#endif
chan posted = [LINK] of {mtype, byte, byte};

/* Nobody but the consumer may write an entry while it is the consumer's. */
inline arrive(e, what, value) {
  assert(flag[e] == FREE);
  if
  :: what == kBody -> body[e] = value
  :: what == kFlag -> flag[e] = value
  :: what == kWhole -> body[e] = value; flag[e] = value
  fi
}

active proctype link() {
  mtype what;
  byte e, value;
end:
  do
  :: atomic { posted?what, e, value -> arrive(e, what, value); what = 0; e = 0; value = 0 }
#ifdef UNORDERED_LINK
  :: atomic { len(posted) == 2 -> posted??kFlag, e, value -> arrive(e, kFlag, value); e = 0; value = 0 }
#endif
  od
}

byte tail;

#ifdef DMA
/* Entries that were reserved; a device writes them whole, in whatever order. */
byte reserved[CAPACITY];
byte under_way; /* entries from the oldest that is not written to the tail, it included */
#define OLDEST ((tail + CAPACITY - under_way) % CAPACITY)

active [CAPACITY] proctype device() { /* one for each entry: they are numbered after the link, 0 */
#define e (_pid - 1)
end:
  do
  :: atomic {
       reserved[e] != 0 ->
       arrive(e, kWhole, reserved[e]);
       reserved[e] = 0;
#ifdef COUNTED /* only those that are not written count, wherever they are */
       under_way--
#else
       do
       :: under_way > 0 && reserved[OLDEST] == 0 -> under_way--
       :: else -> break
       od
#endif
     }
  od
#undef e
}
#endif

/* Producer::frees: one read across the link. It does not pass the writes before it. */
byte copy[CAPACITY];
bit cached[CAPACITY];
inline probe(e, seen) {
#ifdef CACHED_MESSAGES /* a write-through mapping answers from the host's cache */
  atomic {
    if
    :: !cached[e] -> empty(posted); copy[e] = flag[e]; cached[e] = 1
    :: else
    fi;
    seen = copy[e]
  }
#else
  atomic { empty(posted) -> seen = flag[e] }
#endif
}

inline take_entry() { d_step { known_free--; tail = (tail + 1) % CAPACITY; number = AFTER(number) } }

inline send(e, n) {
#ifdef DMA
  atomic { under_way < UNDER_WAY -> reserved[e] = n; under_way++; take_entry() }
#elif defined(WHOLE_LINES) /* write-combining, and a fence */
  posted!kWhole(e, n);
#elif defined(FLAG_FIRST)
  posted!kFlag(e, n);
  posted!kBody(e, n);
#else
  posted!kBody(e, n);
  posted!kFlag(e, n);
#endif
#ifdef CACHED_MESSAGES /* a store goes through, and into the copy */
  copy[e] = n;
#endif
#ifndef DMA
  take_entry()
#endif
}

active proctype producer() {
  byte known_free = CAPACITY, number = 1, seen;
  do
  :: known_free > 0 ->
     send(tail, number)
  :: known_free == 0 -> /* make_room */
#ifdef NO_PROBE
     known_free = CAPACITY
#else
#ifdef PROBE_FIRST_OF_HALF
     probe(tail, seen);
#else
     probe((tail + HALF - 1) % CAPACITY, seen);
#endif
     if
     :: seen == FREE -> known_free = HALF
     :: else ->
        probe(tail, seen);
        if
        :: seen == FREE -> known_free = 1
        :: else /* full: refused, nothing is written, and whoever sends tries something else */
        fi
     fi;
     seen = 0
#endif
  od
}

active proctype consumer() {
  byte head, number = 1, what;
end:
  do
  :: flag[head] != FREE ->
     assert(flag[head] == number);
#ifdef FREED_BEFORE_READ
     flag[head] = FREE;
     what = body[head];
#else
     what = body[head];
     flag[head] = FREE;
#endif
     assert(what == number);
progress:
     atomic { what = 0; head = (head + 1) % CAPACITY; number = AFTER(number) }
  od
}
