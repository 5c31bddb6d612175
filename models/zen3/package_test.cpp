// SPDX-License-Identifier: Apache-2.0
#include "models/zen3/package.h"

#include <deque>
#include <gtest/gtest.h>
#include <string>

#include "models/zen3/test_mhz.h"

namespace zen3 {
namespace {

using sim::operator""_ps;

using core::IdleState;
using sim::Duration;
using sim::Frequency;
using sim::Time;

/// A socket of four cores of two threads, with its knee at one core: 3.5, 3.375, 3.25 and 3.125 GHz
/// with one to four cores awake, and power for all of them.
struct Bench {
  static constexpr int kThreads = 8;

  Bench() {
    params.ccds = 1;
    params.cores_per_ccd = 4;
    params.threads_per_core = 2;
    params.power.boost_knee = 1;
    params.power.all_core_clock = mhz(3125);
    for (int t = 0; t < kThreads; ++t)
      threads.emplace_back(sim, "cpu" + std::to_string(t), domain, t, core::CoreParams{});
  }
  Package& make() {
    package = std::make_unique<Package>(sim, params, core::IdleParams{});
    return *package;
  }
  void attach_all() {
    for (core::Core& thread : threads) package->attach(thread);
  }
  void pass(Duration d) { sim.run_until(sim.now() + d); }
  /// What 100 ns of work takes a thread.
  Duration pace(int thread) const {
    return threads[static_cast<std::size_t>(thread)].scaled(100ns);
  }
  static Duration pace(Frequency clock, double share = 1) {
    return sim::from_seconds(100e-9 * 3.5e9 / (static_cast<double>(clock.hertz()) * share));
  }

  sim::Simulation sim;
  memory::Domain domain{
      "host", {}, kThreads, std::vector<Duration>(std::size_t{kThreads} * kThreads)};
  Zen3Params params;
  std::deque<core::Core> threads;
  std::unique_ptr<Package> package;
};

TEST(Package, BeginsWithEveryCorePowerGated) {
  Bench bench;
  Package& package = bench.make();
  bench.pass(10us);
  EXPECT_EQ(package.stats().gated, 40us);
  EXPECT_DOUBLE_EQ(package.stats().joules, 50 * 10e-6);
}

TEST(Package, SlowsBothThreadsOfACoreWhileBothAreBusy) {
  Bench bench;
  Package& package = bench.make();
  package.attach(bench.threads[0]);
  EXPECT_EQ(bench.pace(0), Bench::pace(mhz(3500)));
  package.attach(bench.threads[1]);
  EXPECT_EQ(bench.pace(0), Bench::pace(mhz(3500), 0.63));
  EXPECT_EQ(bench.pace(1), Bench::pace(mhz(3500), 0.63));
  package.halted(1, IdleState::kC1);
  EXPECT_EQ(bench.pace(0), Bench::pace(mhz(3500)));
}

TEST(Package, TakesAPollingThreadForABusyOne) {
  Bench bench;
  Package& package = bench.make();
  package.attach(bench.threads[0]);
  package.attach(bench.threads[1]);
  package.halted(1, IdleState::kPoll);
  EXPECT_EQ(bench.pace(0), Bench::pace(mhz(3500), 0.63));
  package.resumed(1);
  bench.pass(1us);
  EXPECT_EQ(package.stats().two_threads, 1us);
}

TEST(Package, LeavesTheSpeedOfAnOccupiedThreadAloneButCountsIt) {
  Bench bench;
  Package& package = bench.make();
  package.attach(bench.threads[0]);
  package.occupy(1);
  EXPECT_EQ(bench.pace(0), Bench::pace(mhz(3500), 0.63));
  bench.pass(1us);
  EXPECT_EQ(package.stats().two_threads, 1us);
}

TEST(Package, GatesACoreWhenBothItsThreadsHaveBeenInC2ForLongEnough) {
  Bench bench;
  Package& package = bench.make();
  package.attach(bench.threads[0]);
  package.attach(bench.threads[1]);
  package.halted(0, IdleState::kC2);
  bench.pass(10us);
  package.halted(1, IdleState::kC2);
  bench.pass(60us);
  EXPECT_EQ(package.stats().gated, 3 * 70us);
  EXPECT_EQ(package.stats().halted, 60us);
  EXPECT_TRUE(package.gated(0));
  bench.pass(1us);
  EXPECT_EQ(package.stats().gated, 3 * 71us + 1us);
}

TEST(Package, DoesNotGateACoreThatWakesInTimeOrWhoseOtherThreadIsInC1) {
  Bench bench;
  Package& package = bench.make();
  package.attach(bench.threads[0]);
  package.attach(bench.threads[1]);
  package.halted(0, IdleState::kC2);
  package.halted(1, IdleState::kC2);
  bench.pass(60us - 1_ps);
  package.resumed(0);
  bench.pass(1us);
  package.halted(0, IdleState::kC1);
  bench.pass(1ms);
  EXPECT_EQ(package.stats().gated, 3 * package.stats().elapsed);
  EXPECT_FALSE(package.gated(1));
}

TEST(Package, ChangesTheClockOnlyAtTheEndOfAPeriod) {
  Bench bench;
  Package& package = bench.make();
  bench.attach_all();
  EXPECT_EQ(package.clock(), mhz(3500));
  bench.pass(1ms - 1_ps);
  EXPECT_EQ(package.clock(), mhz(3500));
  bench.pass(1_ps);
  EXPECT_EQ(package.clock(), mhz(3125));
  EXPECT_EQ(bench.pace(0), Bench::pace(mhz(3125), 0.63));
}

TEST(Package, BoostsWhenOtherCoresArePowerGatedButNotWhenTheyOnlyHalt) {
  for (const IdleState state : {IdleState::kC1, IdleState::kC2}) {
    Bench bench;
    Package& package = bench.make();
    bench.attach_all();
    for (int t = 2; t < Bench::kThreads; ++t) package.halted(t, state);
    bench.pass(3ms);
    EXPECT_EQ(package.clock(), state == IdleState::kC2 ? mhz(3500) : mhz(3125));
  }
}

/// The limit is one of current, which a core that wakes up draws at once.
TEST(Package, TakesTheMostCoresThatWereAwakeAtOnceInAPeriod) {
  Bench bench;
  Package& package = bench.make();
  package.attach(bench.threads[0]);
  bench.pass(1ms + 1us);
  for (int core = 1; core <= 2; ++core) package.attach(bench.threads[2 * std::size_t(core)]);
  bench.pass(1us);
  for (int core = 1; core <= 2; ++core) package.halted(2 * core, IdleState::kC2);
  bench.pass(1ms - 2us);
  EXPECT_EQ(package.clock(), mhz(3250)) << "three, for a microsecond";
  bench.pass(1ms);
  EXPECT_EQ(package.clock(), mhz(3500));
}

/// With 104 W, three cores cannot pay for 3.25 GHz (110.6 W), but half of one can.
TEST(Package, HoldsTheBudgetOnAverageOverAPeriod) {
  Bench bench;
  bench.params.power.budget = Power::of_watts(104);
  Package& package = bench.make();
  for (int core = 0; core < 3; ++core) package.attach(bench.threads[2 * std::size_t(core)]);
  bench.pass(1ms);
  const double all = core_watts(bench.params.power, package.clock());
  EXPECT_LE(100 + 3 * all, 104);
  EXPECT_GT(100 + 3 * core_watts(bench.params.power,
                                 Frequency::hertz(package.clock().hertz() + 25'000'000)),
            104);
  for (int core = 0; core < 3; ++core) package.halted(2 * core, IdleState::kC1);
  bench.pass(833us);
  for (int core = 0; core < 3; ++core) package.resumed(2 * core);
  bench.pass(167us);
  EXPECT_EQ(package.clock(), mhz(3250));
}

TEST(Package, AddsUpEnergyAndClockPeriods) {
  Bench bench;
  Package& package = bench.make();
  bench.attach_all();
  bench.pass(1ms);
  package.halted(7, IdleState::kC1);
  bench.pass(1ms);
  const PackageStats stats = package.stats();
  const double two = 1.15 * core_watts(bench.params.power, mhz(3500));
  const double slow = core_watts(bench.params.power, mhz(3125));
  EXPECT_NEAR(stats.joules, 1e-3 * (100 + 4 * two) + 1e-3 * (100 + (3 * 1.15 + 1) * slow), 1e-9);
  EXPECT_NEAR(stats.cycles, 3.5e6 + 3.125e6, 1);
  EXPECT_EQ(stats.two_threads, 7ms);
  EXPECT_EQ(stats.one_thread, 1ms);
}

TEST(Package, AccountsForAllOfItsCoreTime) {
  Bench bench;
  Package& package = bench.make();
  bench.attach_all();
  for (int i = 0; i < 500; ++i) {
    bench.pass(i * 7 % 13 * 10us);
    const int thread = i * 5 % Bench::kThreads;
    if (i / Bench::kThreads % 2 == 0)
      package.halted(thread, i % 3 == 0 ? IdleState::kC1 : IdleState::kC2);
    else
      package.resumed(thread);
  }
  const PackageStats s = package.stats();
  EXPECT_GT(s.gated, Duration{0});
  EXPECT_EQ(s.one_thread + s.two_threads + s.halted + s.gated, 4 * s.elapsed);
}

}  // namespace
}  // namespace zen3
