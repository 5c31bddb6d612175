// SPDX-License-Identifier: Apache-2.0
#include "experiments/measure/objectives.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>

#include "experiments/system/server_bench.h"

namespace experiments {
namespace {

constexpr sim::Duration kWindow = 100ms;
constexpr sim::Duration kSlice = 5ms;

/// One worker on a machine that costs nothing, with 5 us a request: M/M/1.
ExperimentParams mm1(double per_second) {
  ExperimentParams e;
  e.machine = bench::free_of_charge();
  e.system = bench::free_agent(1);
  e.system.policy.classes = {{100us}};
  e.workload = bench::some_load(per_second, 64, 1);
  bench::make_free(e.workload);
  return e;
}

struct Verdicts {
  bool met = false;
  std::optional<sim::Duration> missed_after = {};  // when it was first plain
};

/// Both, of one run from an empty system on.
Verdicts judge(const ExperimentParams& e, std::uint64_t seed) {
  Server server(e.machine, e.system, e.workload, seed);
  const Objectives objectives(e);
  Verdicts verdicts;
  ServerStats stats;
  for (sim::Duration elapsed = kSlice; elapsed <= kWindow; elapsed += kSlice) {
    server.run_until(sim::Time{elapsed});
    stats = server.stats();
    if (!verdicts.missed_after &&
        objectives.missed_already(server, {.requests = stats.requests}, kWindow - elapsed))
      verdicts.missed_after = elapsed;
  }
  verdicts.met = objectives.met(server, {.requests = stats.requests});
  return verdicts;
}

/// 99 % are done within 100 us below 154 thousand a second.
TEST(Objectives, ThatWillBeMissedAreNeverMetInTheEnd) {
  int early = 0;
  for (const double rate : {140e3, 150e3, 154e3, 158e3, 170e3})
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
      const Verdicts verdicts = judge(mm1(rate), seed);
      if (!verdicts.missed_after) continue;
      EXPECT_FALSE(verdicts.met) << rate << ", seed " << seed;
      ++early;
    }
  EXPECT_GE(early, 4);
}

TEST(Objectives, AreSoonMissedUnderOverload) {
  const Verdicts verdicts = judge(mm1(400e3), 1);
  ASSERT_TRUE(verdicts.missed_after);
  EXPECT_LE(*verdicts.missed_after, 2 * kSlice);
}

TEST(Objectives, AreMetUnderALightLoad) {
  const Verdicts verdicts = judge(mm1(50e3), 1);
  EXPECT_TRUE(verdicts.met);
  EXPECT_FALSE(verdicts.missed_after);
}

/// One in e^((mu - lambda) 100 us) is later than 100 us, where one in a hundred may be.
TEST(Objectives, LatenessIsTheShareOfLateRequestsOverTheOneThatMayBe) {
  ExperimentParams e = mm1(160e3);
  Server server(e.machine, e.system, e.workload, 1);
  server.run_until(sim::Time{1s});
  const ServerStats stats = server.stats();
  EXPECT_NEAR(Objectives(e).lateness(server, {.requests = stats.requests}), 100 * std::exp(-4),
              0.15);
}

TEST(Objectives, LatenessIsInfiniteWhenNothingWasAnswered) {
  const ExperimentParams e = mm1(160e3);
  Server server(e.machine, e.system, e.workload, 1);
  const ServerStats none;
  EXPECT_EQ(Objectives(e).lateness(server, {.requests = none.requests}),
            std::numeric_limits<double>::infinity());
}

/// Nobody knows how much a burst will bring.
TEST(Objectives, AreNotGivenUpBeforeTheEndOfALoadThatComesInBursts) {
  ExperimentParams e = mm1(400e3);
  e.workload.arrivals.kind = workloads::ArrivalKind::kBursts;
  const Verdicts verdicts = judge(e, 1);
  EXPECT_FALSE(verdicts.met);
  EXPECT_EQ(verdicts.missed_after.value_or(kWindow), kWindow);
}

}  // namespace
}  // namespace experiments
