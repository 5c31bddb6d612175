// SPDX-License-Identifier: Apache-2.0
// The candidates for the agenda, alone, on the same work. docs/decisions/0001-event-queue.md has
// the results.
#include "bench/queues/heap.h"
#include "bench/queues/ladder.h"
#include "bench/queues/lanes.h"
#include "bench/queues/tournament.h"
#include "bench/queues/wheel.h"
#include "bench/work.h"

namespace bench {
namespace {

std::size_t slots(const benchmark::State& state) {
  return static_cast<std::size_t>(state.range(0));
}

/// Each slot popped is armed again after `gap`.
template <class Q, class Gap>
void hold(benchmark::State& state, Gap gap) {
  Q queue(slots(state));
  Gaps gaps;
  for (Slot s = 0; s < slots(state); ++s) queue.arm(s, gaps.next());
  measure(state, [&] {
    for (std::int64_t i = 0; i < kBatch; ++i) {
      const Due due = *queue.pop();
      queue.arm(due.slot, due.when + gap(gaps));
    }
    return kBatch;
  });
}

template <class Q>
void random_delays(benchmark::State& state) {
  hold<Q>(state, [](Gaps& gaps) { return gaps.next(); });
}

/// Half of all entries are for the present instant, as when processes wake each other.
template <class Q>
void half_now(benchmark::State& state) {
  hold<Q>(state, [](Gaps& gaps) {
    const Ticks gap = gaps.next();
    return gap % 2 == 0 ? 0 : gap;
  });
}

/// Nine in ten wait for one of four fixed times, as on links and in caches; the others for long.
template <class Q>
void short_fixed_delays(benchmark::State& state) {
  hold<Q>(state, [](Gaps& gaps) {
    constexpr Ticks kFixed[] = {4'000, 12'000, 100'000, 130'000};
    const Ticks gap = gaps.next();
    return gap % 10 == 0 ? 10 * gap : kFixed[gap % 4];
  });
}

/// A completion and a pre-emption slice per task; whichever comes first cancels the other.
template <class Q>
void cancelled(benchmark::State& state) {
  Q queue(2 * slots(state));
  Gaps gaps;
  const auto arm = [&](Slot task, Ticks now) {
    queue.arm(2 * task, now + gaps.next());
    queue.arm(2 * task + 1, now + kSlice);
  };
  for (Slot s = 0; s < slots(state); ++s) arm(s, 0);
  measure(state, [&] {
    for (std::int64_t i = 0; i < kBatch; ++i) {
      const Due due = *queue.pop();
      queue.cancel(due.slot ^ 1);
      arm(due.slot / 2, due.when);
    }
    return kBatch;
  });
}

// NOLINTBEGIN(bugprone-macro-parentheses): a type cannot have them
#define CANDIDATE(Q)                                                 \
  BENCHMARK(random_delays<Q>)->Apply(pending);                       \
  BENCHMARK(half_now<Q>)->Arg(16)->Arg(256)->Arg(4096);              \
  BENCHMARK(half_now<WithPresent<Q>>)->Arg(16)->Arg(256)->Arg(4096); \
  BENCHMARK(short_fixed_delays<Q>)->Arg(16)->Arg(256)->Arg(4096);    \
  BENCHMARK(cancelled<Q>)->Apply(pending)
// NOLINTEND(bugprone-macro-parentheses)

CANDIDATE(TournamentQueue);
CANDIDATE(HeapQueue);
CANDIDATE(LadderQueue);
CANDIDATE(WheelQueue);
BENCHMARK(short_fixed_delays<TournamentWithDelays>)->Arg(16)->Arg(256)->Arg(4096);

}  // namespace
}  // namespace bench
