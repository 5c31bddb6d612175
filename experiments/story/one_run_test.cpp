// SPDX-License-Identifier: Apache-2.0
#include "experiments/story/one_run.h"

#include <gtest/gtest.h>

#include "experiments/measure/server_search.h"
#include "experiments/points/experiment_file.h"
#include "sim/quantity.h"

namespace story {
namespace {

using namespace std::chrono_literals;
using experiments::ExperimentParams;
using experiments::Measure;

ExperimentParams four_workers(Measure measure) {
  ExperimentParams p;
  p.run.measure = measure;
  p.run.warm_up = 500us;
  p.run.length = 2ms;
  p.system.workers = 4;
  p.workload.threads = 40;
  p.faults.emplace_back();
  return p;
}

TEST(OneRun, OfASearchIsTheRunAtTheLoadThatIsFound) {
  for (const Measure measure : {Measure::kSaturation, Measure::kCapacity}) {
    const ExperimentParams params = four_workers(measure);
    const OneRun one = one_run_of_search(params, 1);
    const double offered = measure == Measure::kSaturation
                               ? experiments::find_saturation(params, 1).offered
                               : experiments::kOffered * experiments::find_capacity(params, 1).rate;
    EXPECT_GT(offered, 0);
    EXPECT_EQ(one.params.workload.arrivals.rate.per_second, offered);
    EXPECT_EQ(one.params.run.measure, Measure::kLoad);
    EXPECT_TRUE(one.params.faults.empty()) << "a search has none";
    EXPECT_EQ(one.settings, "--set run.measure=load --set workload.arrivals.rate='" +
                                sim::to_text(sim::Rate{offered}) + "'");
  }
}

// The settings that are shown read back as what was run.
TEST(OneRun, SaysHowToHaveItWithoutTheSearch) {
  const OneRun one = one_run_of_search(four_workers(Measure::kSaturation), 1);
  const auto points = experiments::expand(
      sim::Document::parse("{}", "e.json"),
      {"workload.arrivals.rate=" + sim::to_text(one.params.workload.arrivals.rate)});
  EXPECT_EQ(points[0].params.workload.arrivals.rate.per_second,
            one.params.workload.arrivals.rate.per_second);
}

TEST(OneRun, OfCoresHasAsFewAsAreEnough) {
  ExperimentParams params = four_workers(Measure::kStackCores);
  params.rpc.emplace();
  params.rpc->cores = 4;
  const experiments::StackCores found = experiments::find_stack_cores(params, 1);
  const OneRun one = one_run_of_search(params, 1);
  EXPECT_EQ(one.params.rpc->cores, found.cores);
  EXPECT_EQ(one.params.workload.arrivals.rate.per_second,
            (1 - experiments::kSpared) * found.saturation.offered);
  EXPECT_NE(one.settings.find(" --set rpc.cores=" + std::to_string(found.cores)),
            std::string::npos);
}

TEST(OneRun, IsWhatEverythingElseIsAlready) {
  for (const Measure measure : {Measure::kLoad, Measure::kVm, Measure::kMemory, Measure::kHardware})
    EXPECT_FALSE(searches(measure));
  for (const Measure measure :
       {Measure::kSaturation, Measure::kObjective, Measure::kCapacity, Measure::kStackCores})
    EXPECT_TRUE(searches(measure));
}

}  // namespace
}  // namespace story
