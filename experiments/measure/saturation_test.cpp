// SPDX-License-Identifier: Apache-2.0
#include "experiments/measure/saturation.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <vector>

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

/// Nothing is learnt from a little more than a little too much.
TEST(SaturationSearch, TakesThreeProbesFromALittleTooMuch) {
  Ideal system{895e3};
  const Saturation found = system.search(1.02 * 895e3);
  EXPECT_EQ(found.probes, 3);
  EXPECT_NEAR(found.rate / 895e3, 1.0035, 0.0015);
}

/// Offered x, a system does 1.2 - 0.2 x of its million a second: a tenth more than it does is 1.1 c
/// with c = 1.2 - 0.2 * 1.1 c, so c = 1.2 / 1.22. With 1 % too much it is 0.2 * 0.01 * 1.1 c less.
TEST(Capacity, IsWhatIsDoneWhenATenthMoreIsOffered) {
  const auto slowed = [](double x) { return Probe{.arrived = x, .completed = 1.2e6 - 0.2 * x}; };
  constexpr double kExpected = 1.2e6 / 1.22;
  for (const double first : {0.5e6, 1.0e6, 1.05 * kExpected, 2e6}) {
    const Saturation found = find_capacity(slowed, first);
    EXPECT_NEAR(found.rate, kExpected, 0.0022 * kExpected) << first;
    EXPECT_NEAR(found.refused_rate, kOffered * found.rate, 0.01 * kOffered * found.rate);
    EXPECT_LE(found.probes, 5);
  }
  EXPECT_EQ(find_capacity(slowed, kOffered * kExpected).probes, 1);
  EXPECT_EQ(find_capacity(slowed, 1.03 * kOffered * kExpected, 0.05).probes, 1);
}

TEST(Capacity, OfASystemThatDoesNothingIsNone) {
  const Saturation found = find_capacity([](double) { return Probe{.arrived = 1e6}; }, 1e6);
  EXPECT_EQ(found.rate, 0);
  EXPECT_EQ(found.probes, 1);
}

TEST(Fewest, IsTheLeastThatIsEnough) {
  for (int least = 1; least <= 16; ++least) {
    const auto whole = [least](int some) { return some >= least ? 1.0 : 0.0; };
    EXPECT_EQ(fewest(16, whole), least) << "where too few say nothing";
    EXPECT_EQ(fewest(16, [least](int some) { return 1.0 * some / least; }), least);
    EXPECT_EQ(fewest(16, [least](int some) { return some < least ? 0.999 : 1.0; }), least)
        << "where they say too little";
  }
}

TEST(Fewest, TriesWhatTooFewSay) {
  std::vector<int> tried;
  fewest(15, [&](int some) {
    tried.push_back(some);
    return some / 11.8;
  });
  EXPECT_EQ(tried, (std::vector{7, 12, 11}));
}

}  // namespace
}  // namespace experiments
