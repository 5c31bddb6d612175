// SPDX-License-Identifier: Apache-2.0
#include "subsystems/wave/shared_table.h"

#include <gtest/gtest.h>
#include <vector>

#include "subsystems/wave/test_bench.h"

namespace wave {
namespace {

using namespace bench;

constexpr QueuePlace kAboutTable{.offset = 0, .capacity = 16, .words = 5};
constexpr TablePlace kTable{.offset = 16 * kSlotBytes, .words = 4};

/// A word is written, then a message about it goes out. Without the fence a word of its own line
/// would still be in the core's buffer when the message, a whole line, has left.
TEST(SharedTable, HasTheWordWhenTheMessageAboutItIsThere) {
  for (const Types& types : all_types()) {
    Bench bench(types);
    SimulatedRuntime runtime(bench.nic0, bench.agent, bench.notifier, {});
    runtime.add_queue(kAboutTable);
    runtime.use_table(kTable);
    bench.cpu0.start([&] {
      TableWriter table(bench.messages, kTable);
      Producer messages(bench.messages, kAboutTable);
      for (std::uint64_t i = 1; i <= 10; ++i) {
        table.write(bench.cpu0, 3, i);
        messages.send(bench.cpu0, Slot{0, 0, i, i, i, i, i, 0});
        bench.cpu0.sleep_until(bench.cpu0.now() + 10us);
      }
      bench.cpu0.sync();
    });
    std::vector<std::uint64_t> words;
    bench.nic0.start([&] {
      while (words.size() < 10) {
        const Event event = runtime.poll(kNever);
        words.push_back(runtime.read_word(3));
        EXPECT_EQ(words.back(), event.slot[2]);
      }
    });
    bench.sim.run_until(Time{200us});
    EXPECT_EQ(words.size(), 10u);
    EXPECT_EQ(bench.checker.count(), 0);
  }
}

TEST(SharedTable, IsReadAtThePriceOfTheAgentsMapping) {
  for (const MemoryType type : {MemoryType::kUncached, MemoryType::kWriteBack}) {
    Bench bench({.agent = type});
    SimulatedRuntime runtime(bench.nic0, bench.agent, bench.notifier, {});
    runtime.use_table(kTable);
    Duration first{}, second{};
    bench.nic0.start([&] {
      const Time begin = bench.nic0.now();
      runtime.read_word(1);
      const Time between = bench.nic0.now();
      runtime.read_word(1);
      first = between - begin;
      second = bench.nic0.now() - between;
    });
    bench.sim.run_until(Time{10us});
    const core::CoreParams& core = bench.nic0.params();
    const bool cached = type == MemoryType::kWriteBack;
    EXPECT_EQ(first == second, !cached);
    EXPECT_EQ(second, cached ? core.clock.time_for(core.l1_hit) : core.uncached_load);
  }
}

/// The table is in the memory of the NIC, where an RPC stack writes it; the agent is on the host.
TEST(SharedTable, OfTheOtherSideIsReadAcrossTheLinkWordByWord) {
  Bench bench;
  memory::Region queues(bench.sim, "agent's queues", bench.host, sim::Bytes{1024});
  memory::Mapping own(queues, MemoryType::kWriteBack);
  memory::Mapping across(bench.region, MemoryType::kUncached, bench.path);
  SimulatedRuntime runtime(bench.cpu0, own, bench.notifier, {});
  runtime.use_table(kTable, across);
  TableWriter table(bench.agent, kTable);
  std::vector<std::uint64_t> words;
  std::vector<Duration> took;
  bench.nic0.start([&] {
    table.write(bench.nic0, 1, 7);
    bench.nic0.sleep_until(Time{4us});
    table.write(bench.nic0, 1, 8);
    bench.nic0.sync();
  });
  bench.cpu0.start([&] {
    for (const Duration when : {2us, 3us, 5us}) {
      bench.cpu0.sleep_until(Time{when});
      words.push_back(runtime.read_word(1));
      took.push_back(bench.cpu0.now() - Time{when});
    }
  });
  bench.sim.run_until(Time{10us});
  EXPECT_EQ(words, (std::vector<std::uint64_t>{7, 7, 8}));
  // There and back, and the newest copy is in a cache of the NIC's.
  EXPECT_EQ(took, std::vector<Duration>(3, 300ns + 35ns + 300ns));
  EXPECT_EQ(bench.checker.count(), 0);
}

}  // namespace
}  // namespace wave
