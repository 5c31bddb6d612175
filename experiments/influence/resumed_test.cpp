// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <gtest/gtest.h>
#include <string>
#include <unistd.h>

#include "experiments/influence/flip.h"
#include "experiments/influence/morris.h"
#include "experiments/influence/sobol.h"
#include "experiments/influence/survival.h"
#include "experiments/influence/tornado.h"
#include "experiments/store/documents.h"
#include "experiments/store/kept_runs.h"
#include "experiments/store/store_bench.h"
#include "sim/config_error.h"

namespace influence {
namespace {

using experiments::Point;
using experiments::RunnerOptions;

constexpr const char* kValue = "nic/host mean_us";
constexpr const char* kClaim = "nic/host mean_us < 1.2";

std::vector<Point> two_systems(const std::string& precision = "null") {
  return experiments::expand(sim::Document::parse(
      R"({"run": {"warm_up": "200 us", "length": "1 ms", "replications": 2, "precision": )" +
          precision + R"(},
          "system": {"workers": 2},
          "workload": {"threads": 20, "generators": 1, "arrivals": {"rate": "20 k/s"}},
          "variants": {"host": {"system": {"placement": "host"}}, "nic": {}}})",
      "e.json"));
}

std::vector<Factor> three_factors() {
  return factors_of(two_systems(), {"machine.pcie.link.flight", "machine.pcie.msix.delivery",
                                    "system.agent.decide"});
}

Simulated simulated(const Conclusion& conclusion, const RunnerOptions& runner) {
  return {conclusion, points_for(conclusion, two_systems()), three_factors(), runner};
}

std::string of_a_tornado(const RunnerOptions& runner) {
  const Conclusion value = read_value(kValue);
  return as_json(tornado(three_factors(), simulated(value, runner)), value);
}

std::string of_a_screening(const RunnerOptions& runner) {
  const Conclusion value = read_value(kValue);
  return as_json(screen(three_factors(), simulated(value, runner), 2, 1), value);
}

std::string of_indices(const RunnerOptions& runner) {
  const Conclusion value = read_value(kValue);
  return as_json(decompose(three_factors(), simulated(value, runner), 3, 1), value);
}

std::string of_flips(const RunnerOptions& runner) {
  const Conclusion claim = read_claim(kClaim);
  const auto model = simulated(claim, runner);
  return as_json(find_flips(three_factors(), model, {.halvings = 2}), claim, two_systems().front());
}

std::string of_conclusions(const RunnerOptions& runner) {
  const FindingStudy study{
      .experiment = "e", .how = "", .findings = {{.name = "near", .claims = {kClaim}}}};
  return as_json({try_study(study, two_systems(),
                            {"machine.pcie.link.flight", "machine.pcie.msix.delivery"}, runner)});
}

struct Asked {
  std::string answer;  // none: it was interrupted
  std::size_t runs = 0;
};

class Resumed : public testing::TestWithParam<std::string (*)(const RunnerOptions&)> {
 protected:
  ~Resumed() override { std::filesystem::remove(path_); }

  /// As if Ctrl-C came after so many runs.
  Asked ask(int jobs, std::size_t most_runs = 1'000'000) const {
    store::KeptRuns kept(path_, "sensitivity of e.json");
    std::atomic<bool> stop = false;
    RunnerOptions runner = kept.keeping({.jobs = jobs});
    runner.stop = &stop;
    runner.progress = [&](const experiments::Progress&) { stop = kept.added() >= most_runs; };
    Asked asked;
    try {
      asked.answer = GetParam()(runner);
    } catch (const sim::ConfigError&) {
      EXPECT_TRUE(stop) << "values are missing because runs are";
    }
    if (stop) asked.answer.clear();
    return {.answer = asked.answer, .runs = kept.added()};
  }

  const std::string path_ = testing::TempDir() + "resumed_" + std::to_string(getpid()) + ".db";
};

TEST_P(Resumed, SaysWhatItWouldHaveSaidAndRunsNothingTwice) {
  std::filesystem::remove(path_);
  const Asked undisturbed = ask(1);
  EXPECT_EQ(undisturbed.answer, GetParam()({})) << "with a store and without one";
  std::filesystem::remove(path_);
  const Asked first = ask(2, undisturbed.runs / 2);
  EXPECT_EQ(first.answer, "");
  const Asked second = ask(2);
  EXPECT_EQ(second.answer, undisturbed.answer);
  EXPECT_EQ(first.runs + second.runs, undisturbed.runs);
  const Asked again = ask(1);
  EXPECT_EQ(again.answer, undisturbed.answer);
  EXPECT_EQ(again.runs, 0u);
}

TEST_P(Resumed, LeavesNothingThatAListingShows) {
  std::filesystem::remove(path_);
  EXPECT_GT(ask(2, 2).runs, 0u);
  EXPECT_TRUE(store::documents_in(path_).empty());
}

INSTANTIATE_TEST_SUITE_P(Studies, Resumed,
                         testing::Values(of_a_tornado, of_a_screening, of_indices, of_flips,
                                         of_conclusions));

std::size_t runs_of(const std::vector<Places>& places) {
  std::size_t runs = 0;
  RunnerOptions runner{.jobs = 1};
  runner.ran = [&](const experiments::Replication&) { ++runs; };
  simulated(read_value("nic mean_us"), runner)(places);
  return runs;
}

TEST(Simulated, RunsPlacesThatAreTheSameExperimentOnce) {
  const Places ends{0, 1, 0.5};
  EXPECT_EQ(runs_of({ends}), 2u);
  EXPECT_EQ(runs_of({ends, ends, Places(3), ends}), 4u);
}

TEST(Simulated, AddsNoReplicationsForAPrecision) {
  const auto points = two_systems(R"({"value": "mean_us", "half_width": 0.000001, "most": 9})");
  const Conclusion value = read_value(kValue);
  const Simulated model(value, points_for(value, points), three_factors(), {});
  EXPECT_EQ(model({Places(3)}).front()->count(), 2u);
}

}  // namespace
}  // namespace influence
