// SPDX-License-Identifier: Apache-2.0
#include "experiments/points/sweep_grammar.h"

#include <gtest/gtest.h>

#include "experiments/points/experiment_file.h"
#include "sim/config_error.h"

namespace experiments {
namespace {

/// Each point's swept values, in one line.
std::string points_of_sweep(const std::string& sweep,
                            const std::vector<std::string>& settings = {}) {
  const auto document = sim::Document::parse(R"({"sweep": )" + sweep + "}", "e.json");
  std::string line;
  for (const Point& point : expand(document, settings)) {
    for (const auto& [path, value] : point.swept) line += value + ' ';
    line += "| ";
  }
  return line;
}

std::string refusal_of(const std::string& sweep) try {
  return points_of_sweep(sweep);
} catch (const sim::ConfigError& error) {
  return error.what();
}

TEST(SweepGrammar, ZipsPathsThatAdvanceTogetherAndMultipliesThemWithTheRest) {
  EXPECT_EQ(points_of_sweep(R"({"run.seed": [1, 2],
                                "zip": {"system.workers": [4, 8], "workload.threads": [40, 80]}})"),
            "1 4 40 | 1 8 80 | 2 4 40 | 2 8 80 | ");
}

TEST(SweepGrammar, TakesTheMembersInTheOrderInWhichTheyAreWritten) {
  EXPECT_EQ(points_of_sweep(R"({"zip": {"system.workers": [4, 8], "workload.threads": [40, 80]},
                                "run.seed": [1, 2]})"),
            "4 40 1 | 4 40 2 | 8 80 1 | 8 80 2 | ");
}

TEST(SweepGrammar, NestsProductsInZipsAndZipsInProducts) {
  EXPECT_EQ(points_of_sweep(R"({"zip": {"product": {"run.seed": [1, 2], "system.workers": [4, 8]},
                                        "workload.threads": [30, 40, 50, 60]}})"),
            "1 4 30 | 1 8 40 | 2 4 50 | 2 8 60 | ");
  EXPECT_EQ(points_of_sweep(R"({"zip": [{"run.seed": [1, 2], "system.workers": [4, 8]},
                                        {"workload.threads": [30, 40]}]})"),
            "1 4 30 | 1 4 40 | 2 8 30 | 2 8 40 | ");
}

TEST(SweepGrammar, TakesListsOfPoints) {
  EXPECT_EQ(points_of_sweep(R"({"points": [{"run.seed": 1, "system.workers": 8},
                                           {"about": "", "system.workers": 4, "run.seed": 2}],
                                "workload.threads": [30, 40]})"),
            "1 8 30 | 1 8 40 | 2 4 30 | 2 4 40 | ");
}

TEST(SweepGrammar, CountsFromEndToEndByStepsAndFactors) {
  EXPECT_EQ(points_of_sweep(R"({"run.seed": {"from": 1, "to": 7, "step": 3}})"), "1 | 4 | 7 | ");
  EXPECT_EQ(points_of_sweep(R"({"run.seed": {"from": 1, "to": 6, "step": 3}})"), "1 | 4 | ");
  EXPECT_EQ(points_of_sweep(R"({"run.seed": {"from": 3, "to": 1, "step": -1}})"), "3 | 2 | 1 | ");
  EXPECT_EQ(points_of_sweep(R"({"run.seed": {"from": 1, "to": 8, "factor": 2}})"),
            "1 | 2 | 4 | 8 | ");
  EXPECT_EQ(points_of_sweep(R"({"run.length": {"from": "8 ms", "to": "2 ms", "factor": 0.5}})"),
            "8 ms | 4 ms | 2 ms | ");
  EXPECT_EQ(
      points_of_sweep(R"({"workload.service.long_share": {"from": 0.1, "to": 0.3, "step": 0.1}})"),
      "0.1 | 0.2 | 0.3 | ");
  EXPECT_EQ(points_of_sweep(R"({"run.seed": {"from": 5, "to": 5, "step": 1}})"), "5 | ");
}

TEST(SweepGrammar, IsChangedByTheCommandLine) {
  const char* sweep = R"({"zip": {"run.seed": [1, 2], "system.workers": [4, 8]}})";
  EXPECT_EQ(points_of_sweep(sweep, {"sweep.zip.system.workers=[5, 6]"}), "1 5 | 2 6 | ");
  EXPECT_EQ(points_of_sweep("{}", {R"(sweep.points=[{"run.seed": 3}])"}), "3 | ");
}

TEST(SweepGrammar, RefusesWhatDoesNotFitTogether) {
  EXPECT_EQ(refusal_of(R"({"zip": {"run.seed": [1, 2], "system.workers": [4]}})"),
            "e.json:1:58: sweep.zip.system.workers: advances together with 2 values and has 1; "
            "give each as many");
  EXPECT_EQ(refusal_of(R"({"run.seed": [1], "zip": {"run.seed": [2]}})"),
            "e.json:1:36: sweep.zip: sweeps run.seed a second time; sweep each path once");
  EXPECT_EQ(refusal_of(R"({"points": [{"run.seed": 1}, {"system.workers": 1}]})"),
            "e.json:1:40: sweep.points.1: has other paths than the first point; give each a value "
            "for each path");
}

TEST(SweepGrammar, RefusesOneParameterByTwoPaths) {
  EXPECT_EQ(
      refusal_of(R"({"system": [{"prestage": true}, {"workers": 2}], "system.workers": [3]})"),
      "e.json:1:78: sweep.system.workers: sweeps system.workers, which system sets as well; "
      "sweep each parameter once");
  EXPECT_EQ(refusal_of(R"({"zip": {"system.workers": [3], "system": [{"prestage": true}]}})"),
            "e.json:1:53: sweep.zip.system: sweeps system, and so undoes system.workers; sweep "
            "each parameter once, and system first");
  EXPECT_EQ(refusal_of(R"({"points": [{"system.workers": 3, "system": {"workers": 2}}]})"),
            "e.json:1:23: sweep.points.0: sweeps system.workers, which system sets as well; sweep "
            "each parameter once");
  EXPECT_EQ(refusal_of(R"({"run.precision": [null], "run.precision.half_width": [0.1]})"),
            "e.json:1:65: sweep.run.precision.half_width: sweeps run.precision.half_width, which "
            "run.precision sets as well; sweep each parameter once");
}

TEST(SweepGrammar, LetsAPathRefineWhatAnotherLeavesOpen) {
  EXPECT_EQ(points_of_sweep(R"({"system": [{"prestage": true}, {}], "system.workers": [3, 4]})"),
            "{\"prestage\":true} 3 | {\"prestage\":true} 4 | {} 3 | {} 4 | ");
}

TEST(SweepGrammar, RefusesWordsOfTheWrongKind) {
  EXPECT_EQ(refusal_of(R"({"zip": 5})"),
            "e.json:1:19: sweep.zip: is not an object; write paths and values, as in "
            "{\"system.workers\": [8, 16]}");
  EXPECT_EQ(refusal_of(R"({"points": {}})"),
            "e.json:1:22: sweep.points: is not a list of points; write some, as in "
            "[{\"system.workers\": 8}, {\"system.workers\": 16}]");
  EXPECT_EQ(refusal_of(R"({"points": [7]})"),
            "e.json:1:23: sweep.points.0: is no point; write a value for each path, as in "
            "{\"system.workers\": 8}");
}

TEST(SweepGrammar, RefusesRangesThatAreNone) {
  const auto refusal = [](const std::string& range) {
    return refusal_of(R"({"run.length": )" + range + "}").substr(9);
  };
  EXPECT_EQ(refusal(R"({"from": "1 ms", "to": "3 s", "step": "1 ms"})"),
            "26: sweep.run.length: has numbers of different units; write all with one");
  EXPECT_EQ(refusal(R"({"from": "1 ms", "to": "3 ms", "factor": "2 ms"})"),
            "26: sweep.run.length: has numbers of different units; write both ends with one, and a "
            "plain factor");
  EXPECT_EQ(refusal(R"({"from": "1 ms", "to": "3 ms", "step": "0 ms"})"),
            "26: sweep.run.length: is a range that never gets from its beginning to its end; give "
            "a step towards `to`");
  EXPECT_EQ(refusal(R"({"from": 1, "to": 3})"),
            "26: sweep.run.length: is a range with neither step nor factor, or with both; give one "
            "of them");
  EXPECT_EQ(refusal(R"({"from": 1, "to": 3, "stop": 3})"),
            "47: sweep.run.length: is no part of a range; write from, to, and step or factor");
  EXPECT_EQ(refusal(R"({"from": true, "to": 3, "step": 3})"),
            "35: sweep.run.length.from: is no number, with or without a unit; write 8 or \"100 "
            "k/s\"");
  EXPECT_EQ(refusal(R"({"from": 0, "to": 1e9, "step": 1})"),
            "26: sweep.run.length: asks for more than 100000 points; sweep fewer values");
}

}  // namespace
}  // namespace experiments
