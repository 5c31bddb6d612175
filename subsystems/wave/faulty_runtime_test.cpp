// SPDX-License-Identifier: Apache-2.0
#include "subsystems/wave/faulty_runtime.h"

#include <gtest/gtest.h>
#include <set>
#include <vector>

#include "subsystems/wave/agent/scheduling.h"
#include "subsystems/wave/test_bench.h"

namespace wave {
namespace {

using namespace bench;
using scheduling::Transaction;

/// A runtime whose calls take known times and are remembered.
class RuntimeDouble : public Runtime {
 public:
  explicit RuntimeDouble(core::Core& core) : core_(core) {}
  Instant now() override { return core_.now().time_since_epoch(); }
  Event poll(Instant) override {
    core_.spend(50ns);
    return {};
  }
  bool leaving() override { return false; }
  int slots() const override { return 4; }
  void write_decision(int slot, const Slot& decision, std::size_t) override {
    core_.spend(10ns);
    written.emplace_back(slot, decision);
  }
  void notify(int slot) override {
    core_.spend(70ns);
    notified.push_back(slot);
  }
  std::uint64_t read_word(std::int64_t index) override {
    core_.spend(20ns);
    return static_cast<std::uint64_t>(index) + 1;
  }
  void charge(Work) override { core_.spend(100ns); }

  std::vector<std::pair<int, Slot>> written;
  std::vector<int> notified;

 private:
  core::Core& core_;
};

struct FaultBench : Bench {
  /// How long `calls` take.
  Duration time(const std::function<void()>& calls) {
    Duration took{};
    nic0.start([&] {
      const Time begin = nic0.now();
      calls();
      took = nic0.now() - begin;
    });
    sim.run_until(sim.now() + 1ms);
    return took;
  }
  RuntimeDouble sound{nic0};
  FaultyRuntime faulty{sound, nic0, 1};
};

const Slot kDecision = encode(Transaction{.target = scheduling::make_gtid(7, 1),
                                          .task_barrier = 9,
                                          .commit_flags = scheduling::kCommitAtSchedule},
                              3);

TEST(FaultyRuntime, WithoutAFaultChangesNeitherTimesNorDecisions) {
  FaultBench bench;
  EXPECT_EQ(bench.time([&] {
    bench.faulty.poll(kNever);
    bench.faulty.charge(Work::kDecide);
    bench.faulty.write_decision(2, kDecision, 4);
    bench.faulty.notify(2);
  }),
            50ns + 100ns + 10ns + 70ns);
  ASSERT_EQ(bench.sound.written.size(), 1u);
  EXPECT_EQ(bench.sound.written[0], (std::pair{2, kDecision}));
  EXPECT_EQ(bench.sound.notified, std::vector{2});
}

TEST(FaultyRuntime, AHungAgentGoesOnInItsNextCallWhenTheHangIsOver) {
  FaultBench bench;
  bench.faulty.hang(bench.sim.now() + 20us);
  EXPECT_EQ(bench.time([&] { bench.faulty.charge(Work::kDecide); }), 20us + 100ns);
  EXPECT_EQ(bench.time([&] { bench.faulty.charge(Work::kDecide); }), 100ns);
}

TEST(FaultyRuntime, WhatAHungAgentWaitedForComesToItLate) {
  FaultBench bench;
  bench.sim.after(20ns, [&] { bench.faulty.hang(bench.sim.now() + 30us); });
  EXPECT_EQ(bench.time([&] {
    bench.nic0.sleep_until(bench.nic0.now() + 10ns);
    bench.faulty.poll(kNever);  // ends after 60 ns, when the agent hangs already
    bench.nic0.sync();
    bench.faulty.poll(kNever);
  }),
            30us + 20ns + 50ns);
}

TEST(FaultyRuntime, ASlowAgentComputesAndWritesSlowlyWhileItIsSlow) {
  FaultBench bench;
  bench.faulty.slow_down(2.5, bench.sim.now() + 1us);
  EXPECT_EQ(bench.time([&] { bench.faulty.charge(Work::kDecide); }), 250ns);
  EXPECT_EQ(bench.time([&] { bench.faulty.write_decision(0, kDecision, 4); }), 10ns);  // 1 ms later
}

TEST(FaultyRuntime, SpoilsTheGivenShareOfDecisionsInEveryWayAndOnlyMeanwhile) {
  FaultBench bench;
  bench.faulty.write_garbage(0.5, bench.sim.now() + 1ms);
  bench.time([&] {
    for (int i = 0; i < 2000; ++i) bench.faulty.write_decision(1, kDecision, 4);
  });
  const auto garbage = bench.faulty.garbage_written();
  EXPECT_NEAR(static_cast<double>(garbage), 1000, 100);
  ASSERT_EQ(bench.sound.written.size(), 2000u);
  std::set<std::string> ways;
  for (const auto& [slot, written] : bench.sound.written) {
    const Transaction t = scheduling::decode_transaction(written);
    if (slot != 1) ways.insert("slot");
    if (written[kFlagWord] != kDecision[kFlagWord]) ways.insert("flag");
    if (t.task_barrier != 9) ways.insert("barrier");
    if (t.run_flags != 0) ways.insert("flags");
    if (t.target != scheduling::make_gtid(7, 1)) ways.insert("target");
  }
  EXPECT_EQ(ways, (std::set<std::string>{"slot", "flag", "barrier", "flags", "target"}));
  ASSERT_FALSE(bench.sound.notified.empty());
  for (const int cpu : bench.sound.notified) EXPECT_GE(cpu, 4);  // there is no such CPU

  bench.sound.written.clear();
  bench.time([&] {
    for (int i = 0; i < 100; ++i) bench.faulty.write_decision(1, kDecision, 4);
  });
  EXPECT_EQ(bench.faulty.garbage_written(), garbage);
  for (const auto& [slot, written] : bench.sound.written) EXPECT_EQ(written, kDecision);
}

}  // namespace
}  // namespace wave
