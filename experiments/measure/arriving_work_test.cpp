// SPDX-License-Identifier: Apache-2.0
#include "experiments/measure/arriving_work.h"

#include <gtest/gtest.h>

#include "experiments/measure/warm_server.h"
#include "experiments/system/server_bench.h"

namespace experiments {
namespace {

using namespace bench;

/// Four workers, and requests of 5 us for one of them.
ExperimentParams some_experiment() {
  ExperimentParams e;
  e.run.warm_up = 3ms;
  e.run.length = 10ms;
  e.system.workers = 4;
  e.workload = some_load(200e3);
  return e;
}

/// In requests a second, as it came.
double simulated(const ExperimentParams& e, std::uint64_t seed) {
  WarmServer warm(e, seed);
  warm.server().run_until(warm.begin() + e.run.length);
  return sim::to_seconds(warm.counted().requests.work) / 5e-6 / sim::to_seconds(e.run.length);
}

/// Calls of an open loop come at the instants that are drawn.
TEST(ArrivingWork, IsWhatARemoteServerCounts) {
  ExperimentParams e = some_experiment();
  e.rpc.emplace();
  e.rpc->cores = 3;
  e.rpc->clients.fan_out = 2;
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    ArrivingWork work(e, seed);
    for (const double rate : {100e3, 250e3, 180e3}) {
      e.workload.arrivals.rate.per_second = rate;
      EXPECT_DOUBLE_EQ(work.at(rate), simulated(e, seed)) << rate << ", seed " << seed;
    }
  }
}

/// A generator may be a request late with what it sees.
TEST(ArrivingWork, IsWhatALocalServerCountsButForARequestOrTwo) {
  const ExperimentParams e = some_experiment();
  ArrivingWork work(e, 1);
  EXPECT_NEAR(work.at(200e3), simulated(e, 1), 10 / 10e-3);
}

/// Requests of 5 us, every 100 us; of the first 30 nothing counts.
TEST(ArrivingWork, CountsWhatComesAfterTheWarmUpUpToTheEnd) {
  ExperimentParams e = some_experiment();
  e.workload.arrivals.kind = workloads::ArrivalKind::kDeterministic;
  e.workload.service.kind = workloads::ServiceKind::kConstant;
  EXPECT_DOUBLE_EQ(ArrivingWork(e, 1).at(10e3), 10e3);
}

/// Requests of 5 us, of which the first comes after 100 us, and then one every 100 us: a server
/// that takes 98 us for each has nothing to do for 2 us of every 100, one that takes 102 us always
/// has. That one would serve 9.8 thousand a second.
TEST(ArrivingWork, IsEnoughWhereAServerNeverRunsOut) {
  ExperimentParams e = some_experiment();
  e.workload.arrivals.kind = workloads::ArrivalKind::kDeterministic;
  e.workload.service.kind = workloads::ServiceKind::kConstant;
  EXPECT_FALSE(ArrivingWork(e, 1).is_enough(10e3, 1 / 98e-6));
  EXPECT_TRUE(ArrivingWork(e, 1).is_enough(10e3, 1 / 102e-6));
}

/// At the beginning a server has nothing to do; it matters only if that is in the window.
TEST(ArrivingWork, IsNotEnoughForAWindowWithoutAWarmUp) {
  ExperimentParams e = some_experiment();
  EXPECT_TRUE(ArrivingWork(e, 1).is_enough(200e3, 100e3));
  e.run.warm_up = sim::Duration{};
  EXPECT_FALSE(ArrivingWork(e, 1).is_enough(200e3, 100e3));
}

}  // namespace
}  // namespace experiments
