// SPDX-License-Identifier: Apache-2.0
#include "experiments/measure/memory_run.h"

#include <gtest/gtest.h>
#include <map>

namespace experiments {
namespace {

using namespace std::chrono_literals;
using sim::operator""_GiB;
using Named = std::map<std::string, double>;

RunResult run_one_gib(sim::Duration warm_up, sim::Duration length) {
  ExperimentParams experiment;
  experiment.run.measure = Measure::kMemory;
  experiment.run.warm_up = warm_up;
  experiment.run.length = length;
  experiment.system.placement = Placement::kNic;
  experiment.memory.tiering.memory = 1_GiB;
  experiment.memory.tiering.threads = 4;
  experiment.memory.load.requests = sim::Rate{1e4};
  return run_memory(experiment, 1);
}

Named named(const std::vector<std::pair<std::string, double>>& values) {
  return {values.begin(), values.end()};
}

TEST(MemoryRun, TellsEachEpochAndWhatThereWasOfTheLast) {
  const RunResult result = run_one_gib(0s, 100s);
  ASSERT_EQ(result.series.size(), 3U);
  double moved = 0;
  std::vector<double> until;
  for (const auto& span : result.series) {
    moved += named(span).at("moved_gib");
    until.push_back(named(span).at("until_s"));
  }
  EXPECT_EQ(until, (std::vector<double>{38.4, 76.8, 100}));
  EXPECT_NEAR(moved, named(result.values).at("moved_gib"), 1e-12);
  EXPECT_EQ(named(result.series[0]).at("footprint_gib"), 1);
  EXPECT_LT(named(result.series[1]).at("footprint_gib"), 0.5);
}

TEST(MemoryRun, BeginsItsSeriesWithTheRunAndItsValuesAfterTheWarmUp) {
  const RunResult result = run_one_gib(80s, 20s);
  ASSERT_EQ(result.series.size(), 3U);
  EXPECT_GT(named(result.series[1]).at("moved_gib"), 0.5);
  EXPECT_LT(named(result.values).at("moved_gib"), 0.1);
}

TEST(MemoryRun, SplitsAnIterationIntoParts) {
  const Named v = named(run_one_gib(0s, 100s).values);
  // What the first answers took to apply is not an iteration's.
  EXPECT_NEAR(v.at("whole_iteration_s"), v.at("scan_s") + v.at("await_s") + v.at("apply_s"),
              v.at("apply_s"));
  EXPECT_GT(v.at("await_s"), 0);
  EXPECT_LT(v.at("dma_s"), v.at("scan_s"));
  double shares = 0;
  for (const auto& [name, value] : v)
    if (name.starts_with("every_")) shares += value;
  EXPECT_NEAR(shares, 1, 1e-9);
  EXPECT_EQ(v.at("host_cores_recovered"), 4);
}

/// Two ways to the same means: expected numbers of all accesses, and some requests of four each.
TEST(MemoryRun, DelaysSampledRequestsAsItDelaysAllAccesses) {
  const Named v = named(run_one_gib(40s, 60s).values);
  EXPECT_NEAR(v.at("request_slow_ns"), 4 * v.at("slow_access_ns"), 0.05 * v.at("request_slow_ns"));
  EXPECT_NEAR(v.at("request_setting_ns"), 4 * v.at("retouch_ns"),
              0.05 * v.at("request_setting_ns"));
  EXPECT_GT(v.at("request_p99_ns"), v.at("request_p50_ns"));
}

}  // namespace
}  // namespace experiments
