// SPDX-License-Identifier: Apache-2.0
#include "experiments/saturation.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <utility>

namespace experiments {
namespace {

/// A system that completes whatever comes up to a capacity.
struct Ideal {
  double capacity;
  int probes = 0;

  Saturation search(double overload) {
    return find_saturation(
        [this](double rate) {
          ++probes;
          return Probe{.arrived = rate, .completed = std::min(rate, capacity)};
        },
        overload);
  }
};

TEST(SaturationSearch, FindsACapacityToThreePerMilleAboveAndBelow) {
  for (const double capacity : {1e3, 258e3, 895e3, 1.31e6}) {
    Ideal system{capacity};
    const Saturation found = system.search(1.6e6);
    const double expected = capacity / (1 - kLeftOver);
    EXPECT_LE(found.rate, expected);
    EXPECT_GE(found.rate, expected / 1.003);
    EXPECT_GE(found.refused_rate, expected);
    EXPECT_EQ(found.probes, system.probes);
  }
}

/// Far too much, a little too much, and one on either side.
TEST(SaturationSearch, TakesFourProbes) {
  EXPECT_EQ(Ideal{895e3}.search(1.6e6).probes, 4);
}

/// Overload costs it, or does it good: what it completes then is a tenth off, and right only near
/// its limit.
TEST(SaturationSearch, LearnsFromWhatItRefuses) {
  for (const double per_overload : {-0.1, 0.1}) {
    const auto system = [=](double rate) {
      const double over = std::max(0.0, rate / 800e3 - 1);
      return Probe{.arrived = rate, .completed = std::min(rate, 800e3 * (1 + per_overload * over))};
    };
    const Saturation found = find_saturation(system, 1.6e6);
    EXPECT_NEAR(found.rate / 804e3, 0.9985, 0.003);
    EXPECT_LE(found.refused_rate, 1.003 * found.rate);
    EXPECT_LE(found.probes, 11);
  }
}

/// An SLO says that it is missed, not by how much.
TEST(SaturationSearch, HalvesWhenProbesSayNoMore) {
  const auto system = [](double rate) {
    return Probe{.arrived = rate, .completed = std::min(rate, 900e3), .in_time = rate < 700e3};
  };
  const Saturation found = find_saturation(system, 1.6e6);
  EXPECT_LT(found.rate, 700e3);
  EXPECT_GE(found.refused_rate, 700e3);
  EXPECT_LE(found.refused_rate, 1.003 * found.rate);
  EXPECT_LE(found.probes, 13);
}

/// A little under what it can do, the search is there in steps as small as what it may leave.
TEST(SaturationSearch, GoesDownInSmallStepsFromWhatIsJustTooMuch) {
  constexpr double kCapacity = 1e6;
  for (const auto& [objective, probes] : {std::pair{0.99, 2}, {0.97, 3}, {0.95, 5}}) {
    const auto system = [=, limit = objective * kCapacity](double rate) {
      return Probe{
          .arrived = rate, .completed = std::min(rate, kCapacity), .in_time = rate < limit};
    };
    const Saturation found = find_saturation(system, kCapacity, 0.02);
    EXPECT_LT(found.rate, objective * kCapacity);
    EXPECT_LE(found.refused_rate, 1.02 * found.rate);
    EXPECT_EQ(found.probes, probes) << objective;
  }
}

TEST(SaturationSearch, LooksHigherWhenTheOverloadWasNone) {
  const Saturation found = Ideal{2e6}.search(1.6e6);
  EXPECT_NEAR(found.rate / 2e6, 1.004, 0.002);
}

// It does less under overload than it could: the overload run points too low.
TEST(SaturationSearch, FindsTheCapacityOfASystemThatOverloadSlowsDown) {
  const Saturation found = find_saturation(
      [](double rate) { return Probe{.arrived = rate, .completed = rate <= 500e3 ? rate : 400e3}; },
      1e6);
  EXPECT_NEAR(found.rate / 500e3, 0.9985, 0.0015);
}

TEST(SaturationSearch, EndsWhenNothingIsEverCompleted) {
  const Saturation found =
      find_saturation([](double rate) { return Probe{.arrived = rate, .completed = 0}; }, 1e6);
  EXPECT_EQ(found.rate, 0);
  EXPECT_LE(found.probes, 40);
}

/// Offered x, a system does 1.2 - 0.2 x of its million a second: a tenth more than it does is 1.1 c
/// with c = 1.2 - 0.2 * 1.1 c, so c = 1.2 / 1.22.
TEST(Capacity, IsWhatIsDoneWhenATenthMoreIsOffered) {
  const auto slowed = [](double x) { return Probe{.arrived = x, .completed = 1.2e6 - 0.2 * x}; };
  EXPECT_NEAR(find_capacity(slowed, 2e6).rate, 1.2e6 / 1.22, 0.002e6);
  const Saturation rough = find_capacity(slowed, 2e6, 0.05);
  EXPECT_NEAR(rough.rate, 1.2e6 / 1.22, 0.02e6);
  EXPECT_LT(rough.probes, find_capacity(slowed, 2e6).probes);
}

TEST(Fewest, IsTheLeastThatIsEnough) {
  for (int least = 1; least <= 16; ++least)
    EXPECT_EQ(fewest(16, [least](int some) { return some >= least; }), least);
}

TEST(Fewest, AsksAboutHalves) {
  int asked = 0;
  fewest(16, [&](int some) { return ++asked, some >= 8; });
  EXPECT_EQ(asked, 4);
}

}  // namespace
}  // namespace experiments
