// SPDX-License-Identifier: Apache-2.0
#include "experiments/regress/regress_errors.h"

#include <gtest/gtest.h>

namespace experiments {
namespace {

TargetResult prediction(const std::string& id, const std::string& tag,
                        std::optional<double> expected, double value,
                        const std::string& unit = "ns") {
  TargetResult r;
  r.target.id = id;
  r.target.tag = tag;
  r.target.unit = unit;
  r.target.role = "prediction";
  r.target.expected = expected;
  r.target.low = expected ? *expected * 0.9 : 90;
  r.target.high = expected ? *expected * 1.1 : 110;
  r.target.from = TargetSource{};
  r.value = sim::Estimate{.mean = value, .half_width = 0, .n = 1};
  return r;
}

RegressReport two_close_and_some_others() {
  RegressReport report;
  report.targets = {prediction("high", "S", 100, 104), prediction("low", "P", 200, 170),
                    prediction("range", "S", std::nullopt, 100),
                    prediction("yes", "S", 1, 0, "bool"), prediction("told", "R", 10, 10.5)};
  report.targets.push_back(prediction("calibrated", "S", 100, 150));
  report.targets.back().target.role = "input";
  report.targets.push_back(prediction("failed", "S", 100, 150));
  report.targets.back().value.reset();
  return report;
}

// 4 and 15 % of two numbers; a range and a yes or no have no error.
TEST(Errors, AreMeanAndWorstOfPredictionsThatStateANumber) {
  const ErrorSummary e = errors_of(two_close_and_some_others(), true);
  EXPECT_EQ(e.numbers, 2);
  EXPECT_EQ(e.numbers_inside, 1);
  EXPECT_NEAR(e.mean, 0.095, 1e-12);
  EXPECT_NEAR(e.worst, 0.15, 1e-12);
  EXPECT_EQ(e.worst_id, "low");
  EXPECT_EQ(e.others, 2);
  EXPECT_EQ(e.others_inside, 1);
}

TEST(Errors, OfRecalledNumbersAreApart) {
  const ErrorSummary e = errors_of(two_close_and_some_others(), false);
  EXPECT_EQ(e.numbers, 1);
  EXPECT_NEAR(e.mean, 0.05, 1e-12);
  EXPECT_EQ(e.worst_id, "told");
}

TEST(Errors, SayWhetherTheGoalsAreMet) {
  RegressReport report = two_close_and_some_others();
  EXPECT_EQ(
      error_goals(report),
      "goals for gated predictions: mean error at most 5 %: 9.5 %, missed; worst at most 10 %: "
      "15.0 %, missed\n");
  report.targets = {prediction("a", "S", 100, 96), prediction("b", "S", 100, 100)};
  EXPECT_EQ(error_goals(report),
            "goals for gated predictions: mean error at most 5 %: 2.0 %, met; worst at most 10 %: "
            "4.0 %, met\n");
  report.targets.clear();
  EXPECT_EQ(error_goals(report), "no gated prediction has a value\n");
}

TEST(Errors, AreBelowTheTableOfTargets) {
  const std::string text = as_markdown(two_close_and_some_others());
  EXPECT_NE(text.find("| gated (S, P) | 2 | 1 | 9.5 % | 15.0 % | low | 2 | 1 |"), std::string::npos)
      << text;
  EXPECT_NE(text.find("goals for gated predictions"), std::string::npos);
}

}  // namespace
}  // namespace experiments
