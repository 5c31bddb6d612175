// SPDX-License-Identifier: Apache-2.0
#include "experiments/measure/server_search.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>

#include "experiments/system/server_bench.h"

namespace experiments {
namespace {

ExperimentParams long_services() {
  ExperimentParams e;
  e.run.measure = Measure::kSaturation;
  e.run.warm_up = 5ms;
  e.run.length = 40ms;
  e.system.workers = 4;
  e.workload.service.kind = workloads::ServiceKind::kConstant;
  e.workload.service.mean = 100us;
  return e;
}

// Four workers with services of 100 us and at most 10 us around each.
TEST(Saturation, OfAServerLiesBetweenItsWorkersBoundAndThatLessTheOverheads) {
  const Saturation found = find_saturation(long_services(), 1);
  EXPECT_LE(found.rate, 4 / 100e-6 / (1 - kLeftOver));
  EXPECT_GE(found.rate, 4 / 110e-6);
}

TEST(Saturation, InAWindowThatIsTooShortIsThatOfALongerOne) {
  ExperimentParams e = long_services();
  e.run.length = 1us;
  EXPECT_GE(find_saturation(e, 1).rate, 4 / 110e-6);
  EXPECT_LT(find_saturation(e, 1).refused_rate, 4 / 100e-6 * 1.1);
}

/// The two definitions agree where chance is small.
TEST(Capacity, OfAServerIsNearTheHighestLoadThatItKeepsUpWith) {
  const double kept_up_with = find_saturation(long_services(), 1).rate;
  const Saturation capacity = find_capacity(long_services(), 1);
  EXPECT_NEAR(capacity.rate, kept_up_with, 0.02 * kept_up_with);
  EXPECT_LE(capacity.probes, 4);
}

/// M/M/1, on a machine that costs nothing: 99 % of the requests are done within 100 us while
/// (mu - lambda) 100 us >= ln 100.
TEST(Objective, IsTheLoadAtWhichThePercentileMeetsTheSlo) {
  ExperimentParams e;
  e.run.warm_up = 20ms;
  e.run.length = 500ms;
  e.machine = bench::free_of_charge();
  e.system = bench::free_agent(1);
  e.system.policy.classes = {{100us}};
  e.workload = bench::some_load(100e3, 64, 1);
  bench::make_free(e.workload);
  const double expected = 1 / 5e-6 - std::log(100) / 100e-6;
  EXPECT_NEAR(find_objective(e, 1).rate, expected, 0.03 * expected);
}

/// Of a mix, each kind has its own: the long ones' is what limits here, whatever the short ones do.
TEST(Objective, IsMetByEveryClass) {
  ExperimentParams e = long_services();
  e.workload.service.kind = workloads::ServiceKind::kBimodal;
  e.workload.service.mean = 20us;
  e.workload.service.long_mean = 200us;
  e.workload.service.long_share = 0.1;
  e.system.policy.classes = {{10ms}, {300us}};
  const double by_long_ones = find_objective(e, 1).rate;
  e.system.policy.classes = {{100us}, {10ms}};
  const double by_short_ones = find_objective(e, 1).rate;
  e.system.policy.classes = {{100us}, {300us}};
  const double limit = std::min(by_long_ones, by_short_ones);
  EXPECT_NEAR(find_objective(e, 1).rate, limit, 0.06 * limit) << "chance decides between 2 %";
  e.system.policy.classes = {{10ms}, {10ms}};
  EXPECT_GT(find_objective(e, 1).rate, std::max(by_long_ones, by_short_ones));
}

/// With a tenth too much to do it is 100 ms before requests wait for 10 ms: the window is over
/// then.
TEST(Objective, IsNeverMoreThanTheSystemCanDo) {
  ExperimentParams e = long_services();
  e.run.length = 40ms;
  e.system.policy.classes = {{10ms}};
  const double capacity = find_capacity(e, 1).rate;
  const double found = find_objective(e, 1).rate;
  EXPECT_LE(found, 1.01 * capacity);
  EXPECT_GT(found, 0.95 * capacity);
}

TEST(Objective, ThatNoLoadMeetsIsNone) {
  ExperimentParams e = long_services();
  e.system.policy.classes = {{99us}};
  EXPECT_EQ(find_objective(e, 1).rate, 0);
}

/// 99 % of exponential services of 10 us end within 46 us at best. In a short window hardly any
/// request comes under a light load, and none of them may be late.
TEST(Objective, IsNotMetByAHandfulOfRequests) {
  ExperimentParams e = long_services();
  e.workload.service.kind = workloads::ServiceKind::kExponential;
  e.workload.service.mean = 10us;
  e.run.length = 20ms;
  for (const sim::Duration slo : {20us, 30us, 40us}) {
    e.system.policy.classes = {{slo}};
    for (std::uint64_t seed = 1; seed <= 3; ++seed) EXPECT_EQ(find_objective(e, seed).rate, 0);
  }
}

/// Cores that are five times as fast do about that much more.
TEST(Capacity, IsFoundHoweverFastTheCoresAre) {
  ExperimentParams e = long_services();
  const double before = find_capacity(e, 1).rate;
  e.machine.host.core.relative_ipc = 5;
  const Saturation found = find_capacity(e, 1);
  EXPECT_GT(found.rate, 4 * before);
  EXPECT_NEAR(found.rate, find_saturation(e, 1).rate, 0.03 * found.rate);
  EXPECT_LE(found.probes, 5);
}

/// Each user request asks the server four times, at once: somewhat less than one by one.
TEST(Saturation, OfAServerThatIsCalledInFansIsInCalls) {
  ExperimentParams e = long_services();
  e.workload.service.mean = 20us;
  e.rpc = RpcParams{};
  e.rpc->cores = 4;
  const Saturation alone = find_saturation(e, 1);
  e.rpc->clients.fan_out = 4;
  const Saturation fans = find_saturation(e, 1);
  EXPECT_NEAR(fans.rate, alone.rate, 0.15 * alone.rate);
  EXPECT_NEAR(fans.refused_rate, alone.refused_rate, 0.15 * alone.refused_rate);
  EXPECT_NEAR(fans.offered, alone.offered / 4, 0.15 * alone.offered / 4);
}

TEST(Saturation, IsTheSameForTheSameSeed) {
  const Saturation once = find_saturation(long_services(), 7);
  const Saturation again = find_saturation(long_services(), 7);
  EXPECT_EQ(once.rate, again.rate);
  EXPECT_EQ(once.trace_hash, again.trace_hash);
  EXPECT_EQ(once.events, again.events);
}

}  // namespace
}  // namespace experiments
