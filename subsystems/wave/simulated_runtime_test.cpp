// SPDX-License-Identifier: Apache-2.0
#include "subsystems/wave/simulated_runtime.h"

#include <gtest/gtest.h>
#include <tuple>
#include <vector>

#include "sim/random.h"
#include "subsystems/wave/test_bench.h"

namespace wave {
namespace {

using namespace bench;

constexpr int kQueues = 3;
constexpr int kSlots = 2;
constexpr std::int64_t kQueueBytes = 16 * kSlotBytes;
constexpr QueuePlace queue(int q) {
  return {.offset = q * kQueueBytes, .capacity = 16, .words = 5};
}
constexpr SlotPlace slot(int s) {
  return {.offset = kQueues * kQueueBytes + s * SlotPlace::kBytes};
}

/// What an agent can tell about a poll: when it returned, and with what.
using Polled = std::tuple<std::int64_t, Event::Kind, int, std::uint64_t>;

/// Two host cores send messages and outcomes at times drawn from `seed`; the agent polls, at times
/// with a deadline. All that it sees.
std::vector<Polled> polls(const Types& types, std::uint64_t seed, bool full, bool deadlines) {
  Bench bench(types);
  AgentCosts costs;
  costs.full_polling = full;
  costs.loads_ahead = seed % 2 == 0 ? 3 : 0;
  SimulatedRuntime runtime(bench.nic0, bench.agent, bench.notifier, costs);
  for (int q = 0; q < kQueues; ++q) runtime.add_queue(queue(q));
  for (int s = 0; s < kSlots; ++s) runtime.add_slot(slot(s));
  std::deque<Producer> producers;
  for (int q = 0; q < kQueues; ++q) producers.emplace_back(bench.messages, queue(q));
  std::deque<DecisionReader> readers;
  for (int s = 0; s < kSlots; ++s) readers.emplace_back(bench.decisions, slot(s));

  const auto host = [&](core::Core& core, int which) {
    return [&, which] {
      sim::Stream random(seed, which == 0 ? "first" : "second");
      for (std::uint64_t i = 1; i <= 40; ++i) {
        core.spend(Duration{static_cast<std::int64_t>(random() % 1'500'000)});
        if (random() % 3 == 0)
          readers[std::size_t(which)].answer(core, i);
        else
          producers[which == 0 ? 0 : 1 + random() % 2].send(core, Slot{0, 0, i, i, i, i, i, 0});
      }
      core.sync();
    };
  };
  bench.cpu0.start(host(bench.cpu0, 0));
  bench.cpu1.start(host(bench.cpu1, 1));

  std::vector<Polled> seen;
  bench.nic0.start([&] {
    sim::Stream random(seed, "agent");
    while (!runtime.leaving()) {
      const Duration patience{static_cast<std::int64_t>(random() % 700'000)};
      const Event event = runtime.poll(deadlines ? runtime.now() + patience : wave::kNever);
      seen.emplace_back(runtime.now().count(), event.kind, event.source,
                        event.slot[3] + event.outcome);
      bench.nic0.spend(Duration{static_cast<std::int64_t>(random() % 90'000)});
    }
  });
  bench.sim.run_until(Time{100us});
  // A core may be ahead of the end.
  std::erase_if(seen, [](const Polled& p) { return std::get<0>(p) > Duration{99us}.count(); });
  return seen;
}

TEST(ParkedPolling, SeesWhatFullPollingSeesAtTheSameInstants) {
  for (const Types& types : all_types())
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
      const auto parked = polls(types, seed, false, false);
      ASSERT_GE(parked.size(), 50u);
      ASSERT_EQ(parked, polls(types, seed, true, false)) << "seed " << seed;
    }
}

TEST(ParkedPolling, ReturnsAtADeadlineWhenFullPollingDoes) {
  for (const Types& types : all_types())
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
      const auto parked = polls(types, seed, false, true);
      const auto full = polls(types, seed, true, true);
      ASSERT_GE(parked.size(), 150u);
      for (std::size_t i = 0; i < std::min(parked.size(), full.size()); ++i)
        ASSERT_EQ(parked[i], full[i]) << "seed " << seed << ", poll " << i;
      ASSERT_EQ(parked.size(), full.size());
    }
}

/// Both CPUs send at once; the agent polls one queue after the other.
Duration between_two_messages(int loads_ahead) {
  Bench bench({.coherent = true, .messages = MemoryType::kWriteBack});
  AgentCosts costs;
  costs.loads_ahead = loads_ahead;
  SimulatedRuntime runtime(bench.nic0, bench.agent, bench.notifier, costs);
  std::deque<Producer> producers;
  for (int q = 0; q < 2; ++q) {
    runtime.add_queue(queue(q));
    producers.emplace_back(bench.messages, queue(q));
  }
  for (int q = 0; q < 2; ++q) {
    core::Core& cpu = q == 0 ? bench.cpu0 : bench.cpu1;
    cpu.start([&, q] { producers[std::size_t(q)].send(cpu, Slot{}); });
  }
  bench.sim.run();
  Duration between{};
  bench.nic0.start([&] {
    runtime.poll(wave::kNever);
    const Time first = bench.nic0.now();
    runtime.poll(wave::kNever);
    between = bench.nic0.now() - first;
  });
  bench.sim.run_until(Time{10us});
  return between;
}

TEST(SimulatedRuntime, WaitsOnceForMessagesWhoseLinesItFetchesWhileItWaitsForTheFirst) {
  const Bench bench;
  const core::CoreParams& core = bench.nic0.params();
  const Duration hit = core.clock.time_for(core.l1_hit);
  const Duration transfer = 76ns + bench.link.transfer();
  const Duration taking = 6 * hit + AgentCosts{}.poll + core.clock.time_for(core.store_issue);
  EXPECT_EQ(between_two_messages(0), transfer + taking);
  // The second line set out when the first did: it is here when the first has been dealt with.
  EXPECT_EQ(between_two_messages(1), taking);
  // There is no third, and who asks for a thousand million asks for these two.
  EXPECT_EQ(between_two_messages(1'000'000'000), taking);
}

TEST(SimulatedRuntime, LeavesItsPollWhenTheHostAsksItTo) {
  Bench bench;
  SimulatedRuntime runtime(bench.nic0, bench.agent, bench.notifier, {});
  runtime.add_slot(slot(0));
  bool left = false;
  bench.nic0.start([&] {
    while (!runtime.leaving()) runtime.poll(kNever);
    left = true;
  });
  bench.sim.run_until(Time{5us});
  EXPECT_FALSE(left);
  runtime.ask_to_leave();
  bench.sim.run();
  EXPECT_TRUE(left);
}

TEST(SimulatedRuntime, GivesEveryQueueItsTurn) {
  Bench bench;
  SimulatedRuntime runtime(bench.nic0, bench.agent, bench.notifier, {});
  for (int q = 0; q < 2; ++q) runtime.add_queue(queue(q));
  bench.cpu0.start([&] {
    for (int q = 0; q < 2; ++q) {
      Producer producer(bench.messages, queue(q));
      for (int i = 0; i < 8; ++i) producer.send(bench.cpu0, Slot{1});
    }
    bench.cpu0.sync();
  });
  bench.sim.run();
  std::vector<int> order;
  bench.nic0.start([&] {
    for (int i = 0; i < 16; ++i) order.push_back(runtime.poll(kNever).source);
  });
  bench.sim.run();
  ASSERT_EQ(order.size(), 16u);
  for (std::size_t i = 1; i < order.size(); ++i) EXPECT_NE(order[i], order[i - 1]);
}

TEST(SimulatedRuntime, TimesADecisionFromTheThoughtToTheNotification) {
  Bench bench;
  AgentCosts costs;
  SimulatedRuntime runtime(bench.nic0, bench.agent, bench.notifier, costs);
  runtime.add_slot(slot(0));
  bench.nic0.start([&] {
    bench.nic0.spend(1us);
    runtime.charge(Work::kDecide);
    bench.nic0.spend(50ns);
    runtime.notify(0);
    runtime.notify(0);  // of nothing new
  });
  bench.sim.run();
  EXPECT_EQ(bench.notifier.notified, 2);
  EXPECT_EQ(runtime.decision_time().notified, 1);
  EXPECT_EQ(runtime.decision_time().notified_total, costs.decide + 50ns);
}

/// Nobody waited for it; a notification in a later turn has another reason.
TEST(SimulatedRuntime, DoesNotTimeADecisionThatWasLeftInItsSlot) {
  Bench bench;
  SimulatedRuntime runtime(bench.nic0, bench.agent, bench.notifier, {});
  runtime.add_slot(slot(0));
  bench.nic0.start([&] {
    runtime.charge(Work::kDecide);
    runtime.poll(runtime.now() + 1us);
    runtime.notify(0);
  });
  bench.sim.run();
  EXPECT_EQ(bench.notifier.notified, 1);
  EXPECT_EQ(runtime.decision_time().notified, 0);
}

TEST(SimulatedRuntime, ChargesCountedBlocksByTheCoreThatRunsThem) {
  Bench bench;
  SimulatedRuntime runtime(bench.nic0, bench.agent, bench.notifier, {});
  Time before;
  Time after;
  bench.nic0.start([&] {
    before = bench.nic0.now();
    runtime.charge_blocks(Work::kHandleMessage, 700);
    after = bench.nic0.now();
  });
  bench.sim.run();
  const core::CoreParams& core = bench.nic0.params();
  EXPECT_EQ(after - before,
            Duration{static_cast<std::int64_t>(700 * core.block_cycles * 1e12 /
                                               static_cast<double>(core.clock.hertz()))});
}

TEST(SimulatedRuntime, CountsAPicksBlocksToItsDecisionButNotThoseOfOneBefore) {
  Bench bench;
  AgentCosts costs;
  SimulatedRuntime runtime(bench.nic0, bench.agent, bench.notifier, costs);
  runtime.add_slot(slot(0));
  const auto decide = [&] {
    runtime.charge(Work::kDecide);
    runtime.notify(0);
    return runtime.decision_time().notified_total;
  };
  Duration first{};
  Duration second{};
  bench.nic0.start([&] {
    runtime.charge_blocks(Work::kDecide, 350);
    first = decide();
    runtime.charge_blocks(Work::kDecide, 350);  // picks nobody
    runtime.poll(runtime.now() + 1us);
    second = decide() - first;
  });
  bench.sim.run();
  EXPECT_EQ(first, costs.decide + 200ns);
  EXPECT_EQ(second, costs.decide);
}

}  // namespace
}  // namespace wave
