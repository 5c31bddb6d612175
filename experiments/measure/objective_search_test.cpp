// SPDX-License-Identifier: Apache-2.0
#include "experiments/measure/objective_search.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <vector>

namespace experiments {
namespace {

constexpr double kTwoPercent = 0.02;

/// Of its requests so many are late as may be at `objective`, and e times as many at loads
/// 1 / `steepness` above.
struct System {
  double objective = 0;
  double steepness = 50;
  double by_chance = 1;  // what arrives, of what is offered
  std::vector<double> probed = {};

  Saturation search(double capacity) {
    return search_objective({.probe =
                                 [this](double rate) {
                                   probed.push_back(rate);
                                   return SloProbe{
                                       .arrived = by_chance * rate,
                                       .late = std::pow(by_chance * rate / objective, steepness)};
                                 },
                             .arriving = [this](double rate) { return by_chance * rate; }},
                            capacity, kTwoPercent);
  }
};

TEST(ObjectiveSearch, FindsTheHighestLoadThatMeetsSlosToTwoPercent) {
  for (const double objective : {0.99, 0.95, 0.8, 0.5, 0.1})
    for (const double steepness : {10.0, 50.0, 200.0}) {
      System system{.objective = objective * 1e6, .steepness = steepness};
      const Saturation found = system.search(1e6);
      EXPECT_LE(found.rate, system.objective);
      EXPECT_GE(found.refused_rate, system.objective);
      EXPECT_LE(found.refused_rate, 1.02 * found.offered);
      EXPECT_EQ(found.probes, system.probed.size());
      EXPECT_LE(found.probes, 14) << objective << ", " << steepness;
    }
}

/// Where the share of late requests rises as steeply as is supposed, it points there.
TEST(ObjectiveSearch, TakesThreeProbesNearTheCapacity) {
  for (const double objective : {0.985, 0.96, 0.93}) {
    System system{.objective = objective * 1e6};
    EXPECT_LE(system.search(1e6).probes, 3) << objective;
  }
}

TEST(ObjectiveSearch, TakesOneProbeWhereOnlyTheCapacityLimits) {
  System system{.objective = 2e6};
  const Saturation found = system.search(1e6);
  EXPECT_EQ(found.probes, 1);
  EXPECT_LE(found.rate, 1e6);
  EXPECT_GT(found.refused_rate, 1e6);
  EXPECT_LE(found.refused_rate, 1.02 * found.rate);
}

/// By chance more comes in a window than is offered, or less: no probe is lost on that.
TEST(ObjectiveSearch, KnowsHowMuchArrives) {
  for (const double by_chance : {0.8, 1.25}) {
    System system{.objective = 2e6, .by_chance = by_chance};
    const Saturation found = system.search(1e6);
    EXPECT_EQ(found.probes, 1);
    EXPECT_LE(found.rate, 1e6);
    EXPECT_GT(by_chance * found.refused_rate, 1e6);
  }
}

/// All or nothing is late: what probes say of the way is wrong, and halving ends it.
TEST(ObjectiveSearch, EndsWhereLatenessSaysNothing) {
  const auto late = [](double rate) { return rate < 700e3 ? 0 : 100.0; };
  const Saturation found = search_objective(
      {.probe = [&](double rate) { return SloProbe{.arrived = rate, .late = late(rate)}; },
       .arriving = [](double rate) { return rate; }},
      1e6, kTwoPercent);
  EXPECT_LT(found.rate, 700e3);
  EXPECT_GE(found.refused_rate, 700e3);
  EXPECT_LE(found.refused_rate, 1.02 * found.rate);
  EXPECT_LE(found.probes, 14);
}

TEST(ObjectiveSearch, OfASystemThatIsAlwaysLateFindsNothing) {
  const Saturation found = search_objective(
      {.probe =
           [](double rate) {
             return SloProbe{.arrived = rate, .late = std::numeric_limits<double>::infinity()};
           },
       .arriving = [](double rate) { return rate; }},
      1e6, kTwoPercent);
  EXPECT_EQ(found.rate, 0);
  EXPECT_LE(found.probes, 40);
}

}  // namespace
}  // namespace experiments
