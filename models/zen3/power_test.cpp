// SPDX-License-Identifier: Apache-2.0
#include "models/zen3/power.h"

#include <algorithm>
#include <gtest/gtest.h>

#include "models/zen3/test_mhz.h"
#include "sim/parameters.h"

namespace zen3 {
namespace {

using sim::Frequency;

constexpr int kCores = 64;

TEST(Power, OfACoreIsThatOfTheTwoPublishedPoints) {
  const PowerParams params;
  EXPECT_DOUBLE_EQ(core_watts(params, mhz(3500)), 5.5);
  EXPECT_NEAR(core_watts(params, mhz(3100)), 2.8, 0.01);
}

TEST(Power, OfACoreFallsInProportionToTheClockOnceTheVoltageCannot) {
  const PowerParams params;  // 834 mV - 700 mV at 0.665 mV/MHz: 201.5 MHz below 3.1 GHz
  EXPECT_DOUBLE_EQ(core_watts(params, mhz(1500)) / core_watts(params, mhz(2800)), 1500.0 / 2800);
  EXPECT_DOUBLE_EQ(core_watts(params, mhz(2898)) / core_watts(params, mhz(2800)), 2898.0 / 2800);
  EXPECT_GT(core_watts(params, mhz(2900)) / core_watts(params, mhz(2800)), 2900.0 / 2800);
  EXPECT_NEAR(core_watts(params, mhz(2898)), 5.5 * 2898 / 3500 * (0.7 / 1.1) * (0.7 / 1.1), 1e-9);
}

TEST(Power, OfASocketIsTheSumOfItsParts) {
  const PowerParams params;
  const Activity activity{.one_thread = 10, .two_threads = 20, .halted = 4};
  EXPECT_DOUBLE_EQ(socket_watts(params, mhz(3500), activity),
                   100 + 10 * 5.5 + 20 * 1.15 * 5.5 + 4 * 0.45);
}

TEST(Power, FallsToThatOfASleepingIoDieOnlyWhenNoCoreIsAwake) {
  const PowerParams params;
  EXPECT_DOUBLE_EQ(socket_watts(params, mhz(3500), {}), 50);
  EXPECT_DOUBLE_EQ(socket_watts(params, mhz(3500), {.halted = 1}), 100.45);
}

TEST(Power, IsReadAndWrittenInWattsAndVolts) {
  EXPECT_EQ(sim::parse<Power>("5.5 W"), Power{5500});
  EXPECT_EQ(sim::to_text(Power{450}), "450 mW");
  EXPECT_EQ(sim::parse<Voltage>("0.834 V"), Voltage{834});
  EXPECT_EQ(sim::to_text(Voltage{1100}), "1.1 V");
}

TEST(BoostLimit, IsTheHighestClockUpToTheKneeAndFallsToThatOfAllCores) {
  const PowerParams params;
  EXPECT_EQ(boost_limit(params, 0, kCores), mhz(3500));
  EXPECT_EQ(boost_limit(params, 30, kCores), mhz(3500));
  EXPECT_LT(boost_limit(params, 31, kCores), mhz(3500));
  EXPECT_EQ(boost_limit(params, 47, kCores), mhz(3325));  // half way
  EXPECT_EQ(boost_limit(params, 64, kCores), mhz(3150));
}

TEST(ChooseClock, StaysBelowTheLimitByLessThanAStep) {
  const PowerParams params;
  const Activity one{.one_thread = 1};
  EXPECT_EQ(choose_clock(params, one, 30, kCores), mhz(3500));
  EXPECT_EQ(choose_clock(params, one, 31, kCores), mhz(3475));  // 3489.7
  EXPECT_EQ(choose_clock(params, one, 64, kCores), mhz(3150));
}

/// 64 cores at 3.1 GHz draw 100 + 64 * 2.80 = 279.2 W, at 3.125 GHz 288.1 W.
TEST(ChooseClock, IsTheHighestThatTheBudgetPays) {
  PowerParams params;
  const Activity all{.one_thread = kCores};
  EXPECT_EQ(choose_clock(params, all, kCores, kCores), mhz(3100));
  EXPECT_LE(socket_watts(params, mhz(3100), all), 280);
  EXPECT_GT(socket_watts(params, mhz(3125), all), 280);

  params.budget = Power::of_watts(socket_watts(params, mhz(3125), all) + 0.001);
  EXPECT_EQ(choose_clock(params, all, kCores, kCores), mhz(3125));
  params.budget = Power::of_watts(socket_watts(params, mhz(3125), all) - 0.001);
  EXPECT_EQ(choose_clock(params, all, kCores, kCores), mhz(3100));
}

/// Watts and volts are no units of the simulator's own.
TEST(PowerParams, AreNumbersInMilliwattsAndMillivolts) {
  PowerParams params;
  params.budget = Power::of_watts(280);
  int powers = 0;
  sim::for_each_parameter(params, [&](const sim::Parameter& p) {
    if (p.address() != &params.budget) return;
    ++powers;
    EXPECT_EQ(p.number(), 280'000);
    p.set_number(225'500.4);
  });
  EXPECT_EQ(powers, 1);
  EXPECT_EQ(params.budget.milliwatts, 225'500);
}

TEST(ChooseClock, PaysForSecondThreadsAndForHaltedCores) {
  PowerParams params;
  const auto clock = [&](const Activity& a) { return choose_clock(params, a, kCores, kCores); };
  EXPECT_EQ(clock({.two_threads = kCores}), mhz(3025));
  params.uncore = Power::of_watts(250);
  EXPECT_LT(clock({.one_thread = 8, .halted = 56}), clock({.one_thread = 8}));
}

TEST(ChooseClock, NeverRisesWithMoreActivityNorWithMoreCoresAwake) {
  const PowerParams params;
  for (int awake = 1; awake <= kCores; ++awake) {
    const Activity busy{.one_thread = static_cast<double>(awake)};
    Activity more = busy;
    ++more.two_threads;
    EXPECT_LE(choose_clock(params, more, awake, kCores), choose_clock(params, busy, awake, kCores));
    EXPECT_LE(choose_clock(params, busy, std::min(awake + 1, kCores), kCores),
              choose_clock(params, busy, awake, kCores));
  }
}

TEST(ChooseClock, StopsAtTheLowestClockHoweverLittleTheBudgetPays) {
  PowerParams params;
  params.budget = Power::of_watts(1);
  EXPECT_EQ(choose_clock(params, {.one_thread = 1}, 1, kCores), mhz(1500));
}

}  // namespace
}  // namespace zen3
