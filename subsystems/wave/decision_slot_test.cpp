// SPDX-License-Identifier: Apache-2.0
#include "subsystems/wave/decision_slot.h"

#include <gtest/gtest.h>

#include "subsystems/wave/agent/scheduling.h"
#include "subsystems/wave/test_bench.h"

namespace wave {
namespace {

using namespace bench;
using Staleness = core::Core::Staleness;
constexpr std::size_t kWords = scheduling::kTransactionWords;
constexpr SlotPlace kPlace{.offset = 256};

Slot decision(std::int64_t thread, std::uint64_t sequence) {
  return encode(scheduling::Transaction{.target = scheduling::make_gtid(thread, 1),
                                        .task_barrier = 7,
                                        .agent_barrier = 8,
                                        .commit_flags = 3,
                                        .run_flags = 1},
                sequence);
}

/// The agent's core writes a decision, and it gets to the NIC's memory.
void store(Bench& bench, const Slot& slot) {
  const std::size_t first = kFlagWord - kWords;
  bench.nic0.store(bench.agent, kPlace.decision() + static_cast<std::int64_t>(first * 8),
                   std::as_bytes(std::span(slot).subspan(first)));
  bench.nic0.store_fence();
  bench.nic0.sync();
}

void write(Bench& bench, const Slot& slot) {
  bench.nic0.start([&] { store(bench, slot); });
  bench.sim.run();
}

/// Runs on the host core and returns how long it took.
Duration on_host(Bench& bench, const std::function<void()>& program) {
  Duration took{};
  bench.cpu0.start([&] {
    const Time begin = bench.cpu0.now();
    program();
    took = bench.cpu0.now() - begin;
    bench.cpu0.sync();
  });
  bench.sim.run();
  return took;
}

/// What a link that stands still answers, for the whole slot or for one word of it.
TEST(DecisionSlot, TakesAllOnesForNoDecisionAndSeesTheDecisionLater) {
  for (const Types& types : all_types()) {
    for (std::size_t word = kFlagWord - kWords; word <= kFlagWord; ++word) {
      Bench bench(types);
      DecisionReader reader(bench.decisions, kPlace);
      Slot broken = decision(5, 1);
      broken[word] = kNoAnswer;
      write(bench, broken);
      std::optional<Slot> seen;
      on_host(bench, [&] { seen = reader.poll(bench.cpu0, kWords, Staleness::kIsAnError); });
      EXPECT_FALSE(seen) << word;
      EXPECT_EQ(reader.seen(), 0u);
      write(bench, decision(5, 1));
      on_host(bench, [&] { seen = reader.poll(bench.cpu0, kWords, Staleness::kIsAnError); });
      EXPECT_EQ(seen, decision(5, 1)) << "and no copy of the ones is in the way";
    }
  }
}

TEST(DecisionSlot, CarriesEveryFieldOfADecisionUnderEveryMapping) {
  for (const Types& types : all_types()) {
    Bench bench(types);
    DecisionReader reader(bench.decisions, kPlace);
    write(bench, decision(5, 1));
    std::optional<Slot> seen;
    on_host(bench, [&] { seen = reader.poll(bench.cpu0, kWords, Staleness::kIsAnError); });
    ASSERT_TRUE(seen);
    const scheduling::Transaction t = scheduling::decode_transaction(*seen);
    EXPECT_EQ(t.target, scheduling::make_gtid(5, 1));
    EXPECT_EQ(t.task_barrier, 7u);
    EXPECT_EQ(t.agent_barrier, 8u);
    EXPECT_EQ(t.commit_flags, 3u);
    EXPECT_EQ(t.run_flags, 1u);
    EXPECT_EQ(reader.seen(), 1u);
    EXPECT_EQ(bench.checker.count(), 0);
  }
}

TEST(DecisionSlot, GivesADecisionOnce) {
  Bench bench;
  DecisionReader reader(bench.decisions, kPlace);
  write(bench, decision(5, 1));
  std::optional<Slot> first, second;
  on_host(bench, [&] {
    first = reader.poll(bench.cpu0, kWords, Staleness::kIsAnError);
    second = reader.poll(bench.cpu0, kWords, Staleness::kIsAnError);
  });
  EXPECT_TRUE(first);
  EXPECT_FALSE(second);
}

TEST(DecisionSlot, IsGivenToOneOfTwoThatLookAtTheSameTime) {
  for (const MemoryType type : {MemoryType::kUncached, MemoryType::kWriteThrough})
    for (Duration apart = 0ns; apart < 5us; apart += 50ns) {
      Bench bench({.decisions = type});
      DecisionReader reader(bench.decisions, kPlace);
      write(bench, decision(5, 1));
      int given = 0;
      bench.cpu1.start([&] {
        bench.cpu1.spend(apart);
        given += reader.poll(bench.cpu1, kWords, Staleness::kIsAnError).has_value();
      });
      on_host(bench,
              [&] { given += reader.poll(bench.cpu0, kWords, Staleness::kIsAnError).has_value(); });
      EXPECT_EQ(given, 1) << apart.count() << " ps apart";
    }
}

/// Whenever the CPU looks while one decision is written over another, it sees one of them whole or
/// none, and the second at the latest when it looks again.
TEST(DecisionSlot, IsNeverReadAsAMixtureOfTwoDecisions) {
  const Slot first = encode(
      scheduling::Transaction{.target = 1, .task_barrier = 1, .agent_barrier = 1, .run_flags = 1},
      1);
  const Slot second = encode(
      scheduling::Transaction{.target = 2, .task_barrier = 2, .agent_barrier = 2, .run_flags = 2},
      2);
  for (const Types& types : all_types()) {
    int none = 0;
    for (Duration apart = 500ns; apart < 1700ns; apart += 20ns) {
      Bench bench(types);
      DecisionReader reader(bench.decisions, kPlace);
      write(bench, first);
      std::optional<Slot> seen, later;
      bench.cpu0.start([&] {
        bench.cpu0.spend(apart);
        seen = reader.poll(bench.cpu0, kWords, Staleness::kIsAnError);
      });
      bench.sim.after(1us, [&] { bench.nic0.start([&] { store(bench, second); }); });
      bench.sim.run();
      on_host(bench, [&] {
        reader.refresh(bench.cpu0);
        later = reader.poll(bench.cpu0, kWords, Staleness::kIsAnError);
      });
      none += !seen;
      EXPECT_TRUE(!seen || *seen == first || *seen == second) << apart.count() << " ps apart";
      EXPECT_EQ(seen == second ? std::nullopt : std::optional(second), later);
      EXPECT_EQ(bench.checker.count(), 0) << apart.count() << " ps apart";
    }
    EXPECT_TRUE(none > 0 || types.agent != MemoryType::kUncached)
        << "the race that this test is about did not happen";
  }
}

TEST(DecisionSlot, CostsARoundTripForEachWordUncachedAndOneForTheLineWriteThrough) {
  for (const bool cached : {false, true}) {
    Bench bench({.decisions = cached ? MemoryType::kWriteThrough : MemoryType::kUncached});
    DecisionReader reader(bench.decisions, kPlace);
    const Duration hit = bench.cpu0.params().clock.time_for(bench.cpu0.params().l1_hit);
    write(bench, decision(5, 1));
    const Duration took =
        on_host(bench, [&] { reader.poll(bench.cpu0, kWords, Staleness::kIsAnError); });
    // The NIC's core has just written the line, so its caches have it.
    const Duration round_trip = 600ns + bench.nic.params().last_level;
    EXPECT_EQ(took, cached ? round_trip + 5 * hit : 5 * round_trip);
  }
}

TEST(DecisionSlot, PrefetchedEarlyEnoughCostsNothingToLookAt) {
  Bench bench;
  DecisionReader reader(bench.decisions, kPlace);
  const Duration hit = bench.cpu0.params().clock.time_for(bench.cpu0.params().l1_hit);
  write(bench, decision(5, 1));
  std::optional<Slot> seen;
  const Duration took = on_host(bench, [&] {
    reader.prefetch(bench.cpu0);
    bench.cpu0.spend(1us);
    seen = reader.poll(bench.cpu0, kWords, Staleness::kIsExpected);
  });
  EXPECT_TRUE(seen);
  EXPECT_EQ(took, bench.cpu0.params().prefetch_issue + 1us + 5 * hit);
}

TEST(DecisionSlot, MissesADecisionThatComesAfterThePrefetchUntilItIsRefreshed) {
  Bench bench;
  DecisionReader reader(bench.decisions, kPlace);
  std::optional<Slot> early, late;
  on_host(bench, [&] {
    reader.prefetch(bench.cpu0);
    bench.cpu0.sleep_until(bench.sim.now() + 1us);
  });
  write(bench, decision(5, 1));
  on_host(bench, [&] { early = reader.poll(bench.cpu0, kWords, Staleness::kIsExpected); });
  EXPECT_FALSE(early);
  EXPECT_EQ(bench.checker.count(), 0) << "a late decision is part of the protocol";
  on_host(bench, [&] {
    reader.refresh(bench.cpu0);
    late = reader.poll(bench.cpu0, kWords, Staleness::kIsAnError);
  });
  EXPECT_TRUE(late);
  EXPECT_EQ(bench.checker.count(), 0);
}

TEST(DecisionSlot, CheckerSpeaksWhenTheFlushAfterANotificationIsForgotten) {
  Bench bench;
  DecisionReader reader(bench.decisions, kPlace);
  std::optional<Slot> seen;
  on_host(bench, [&] { reader.poll(bench.cpu0, kWords, Staleness::kIsExpected); });
  write(bench, decision(5, 1));
  on_host(bench, [&] { seen = reader.poll(bench.cpu0, kWords, Staleness::kIsAnError); });
  EXPECT_FALSE(seen) << "the host would wait for ever";
  ASSERT_EQ(bench.checker.count(), 1);
  const memory::Finding& finding = bench.checker.findings().front();
  EXPECT_EQ(finding.kind, memory::Finding::Kind::kStaleRead);
  EXPECT_EQ(finding.writer, "nic0");
  EXPECT_EQ(finding.reader, "cpu0");
}

TEST(DecisionSlot, RefreshesNothingIfToldToForgetTheFlush) {
  for (const bool flush : {true, false}) {
    Bench bench;
    DecisionReader reader(bench.decisions, kPlace, flush);
    std::optional<Slot> seen;
    on_host(bench, [&] { reader.poll(bench.cpu0, kWords, Staleness::kIsExpected); });
    write(bench, decision(5, 1));
    on_host(bench, [&] {
      reader.refresh(bench.cpu0);
      seen = reader.poll(bench.cpu0, kWords, Staleness::kIsAnError);
    });
    EXPECT_EQ(seen.has_value(), flush);
    EXPECT_EQ(bench.checker.count(), flush ? 0 : 1);
  }
}

TEST(DecisionSlot, OutcomeIsOneWordThatTheAgentSeesAfterOneWayOfTheLink) {
  for (const Types& types : all_types()) {
    Bench bench(types);
    DecisionReader reader(bench.decisions, kPlace);
    SimulatedRuntime runtime(bench.nic0, bench.agent, bench.notifier, {});
    runtime.add_slot(kPlace);
    std::optional<Event> event;
    bench.nic0.start([&] { event = runtime.poll(kNever); });
    bench.sim.run_until(Time{1us});
    const scheduling::Outcome told{.sequence = 9, .state = scheduling::kTargetStale, .idle = true};
    on_host(bench, [&] { reader.answer(bench.cpu0, encode(told)); });
    ASSERT_TRUE(event);
    EXPECT_EQ(event->kind, Event::Kind::kOutcome);
    EXPECT_EQ(event->source, 0);
    const scheduling::Outcome heard = scheduling::decode_outcome(event->outcome);
    EXPECT_EQ(heard.sequence, told.sequence);
    EXPECT_EQ(heard.state, told.state);
    EXPECT_TRUE(heard.idle);
  }
}

TEST(Outcome, KeepsEveryStateThroughItsWord) {
  using namespace scheduling;
  for (TransactionState state = kComplete; state <= kPoisoned; ++state)
    for (const bool idle : {false, true}) {
      const Outcome back = decode_outcome(encode(Outcome{0xfedcba98u, state, idle}));
      EXPECT_EQ(back.sequence, 0xfedcba98u);
      EXPECT_EQ(back.state, state) << name_of(state);
      EXPECT_EQ(back.idle, idle);
    }
}

// Another agent

TEST(DecisionSlot, SeesNothingOfAnotherPlaceAfterAMoveAndTheFirstDecisionThere) {
  for (const Types& types : all_types()) {
    Bench bench(types);
    constexpr SlotPlace kElsewhere{.offset = 1024};
    DecisionReader reader(bench.decisions, kPlace);
    write(bench, decision(5, 1));
    std::optional<Slot> seen;
    const auto look = [&] { seen = reader.poll(bench.cpu0, kWords, Staleness::kIsExpected); };
    on_host(bench, [&] { reader.move_to(kElsewhere, bench.cpu0); });
    on_host(bench, look);
    EXPECT_FALSE(seen);
    // Back again, as the next agent but one finds it: the number may be one that was seen before.
    on_host(bench, [&] { reader.move_to(kPlace, bench.cpu0); });
    on_host(bench, look);
    EXPECT_TRUE(seen);
    EXPECT_EQ(reader.seen(), 1u);
  }
}

TEST(DecisionSlot, DropsTheCopyOfWhatWasThereBeforeTheMove) {
  Bench bench;
  constexpr SlotPlace kElsewhere{.offset = 1024};
  DecisionReader reader(bench.decisions, kPlace);
  std::optional<Slot> seen;
  const auto look = [&] { seen = reader.poll(bench.cpu0, kWords, Staleness::kIsExpected); };
  on_host(bench, look);  // the empty line is cached now
  write(bench, decision(5, 1));
  on_host(bench, look);
  EXPECT_FALSE(seen);
  on_host(bench, [&] { reader.move_to(kElsewhere, bench.cpu0); });
  on_host(bench, [&] { reader.move_to(kPlace, bench.cpu0); });
  on_host(bench, look);
  EXPECT_TRUE(seen);
}

TEST(DecisionSlot, SeesNothingIfItMovesWhileItLooks) {
  Bench bench({.decisions = MemoryType::kUncached});
  constexpr SlotPlace kElsewhere{.offset = 1024};
  DecisionReader reader(bench.decisions, kPlace);
  write(bench, decision(5, 1));
  std::optional<Slot> seen;
  // Five loads of 600 ns: once in the first, once in the fourth.
  for (const Duration when : {300ns, 2100ns}) {
    bench.sim.after(when, [&] { reader.move_to(kElsewhere, bench.cpu1); });
    on_host(bench, [&] { seen = reader.poll(bench.cpu0, kWords, Staleness::kIsAnError); });
    EXPECT_FALSE(seen);
    EXPECT_EQ(reader.seen(), 0u);
    on_host(bench, [&] { reader.move_to(kPlace, bench.cpu0); });
  }
  on_host(bench, [&] { seen = reader.poll(bench.cpu0, kWords, Staleness::kIsAnError); });
  EXPECT_TRUE(seen);
}

}  // namespace
}  // namespace wave
