// SPDX-License-Identifier: Apache-2.0
#include "experiments/regress/regress.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "sim/json.h"

namespace experiments {
namespace {

PointResult result_with(const std::string& variant, const std::vector<double>& values) {
  PointResult result;
  result.point.variant = variant;
  for (const double value : values) {
    RunResult& run = result.runs.emplace_back();
    run.values = {{"saturation_krps", value}};
  }
  return result;
}

Target gain(const char* tag, double low, double high) {
  Target target;
  target.id = "gain";
  target.tag = tag;
  target.role = "prediction";
  target.low = low;
  target.high = high;
  target.from = TargetSource{
      .experiment = "e", .value = "saturation_krps", .variant = "with", .over = "without"};
  return target;
}

RegressReport report_on(const Target& target, const std::vector<double>& with,
                        const std::vector<double>& without) {
  RegressReport report;
  report.targets =
      evaluate({target}, {{"e", {result_with("with", with), result_with("without", without)}}});
  return report;
}

// 1.2, 1.3 and 1.4, although the two vary by a factor of four from run to run.
TEST(Regress, DividesReplicationByReplication) {
  const auto report = report_on(gain("S", 1.25, 1.35), {120, 260, 560}, {100, 200, 400});
  ASSERT_TRUE(report.targets[0].value);
  EXPECT_NEAR(report.targets[0].value->mean, 1.3, 1e-12);
  EXPECT_NEAR(report.targets[0].value->half_width, 4.302652729 * 0.1 / std::sqrt(3.0), 1e-6);
  EXPECT_TRUE(report.targets[0].pass());
  EXPECT_FALSE(report.failed(false));
}

TEST(Regress, GapIsWhatAVariantFallsShortOfAnother) {
  Target target = gain("R", 0, 0.05);
  target.from->over.clear();
  target.from->short_of = "without";
  const auto report = report_on(target, {97, 196}, {100, 200});
  EXPECT_NEAR(report.targets[0].value->mean, 0.025, 1e-12);
}

TEST(Regress, TrendHoldsOnlyIfEveryStepGoesDownInEveryReplication) {
  Target target = gain("R", 1, 1);
  target.from->over.clear();
  target.from->falls_along = {"second", "third"};
  const auto trend = [&](const std::vector<double>& second, const std::vector<double>& third) {
    return evaluate({target}, {{"e",
                                {result_with("with", {30, 33}), result_with("second", second),
                                 result_with("third", third)}}})
        .front();
  };
  EXPECT_TRUE(trend({20, 22}, {10, 11}).pass());
  EXPECT_FALSE(trend({20, 22}, {10, 22}).pass()) << "level in one of two";
  EXPECT_DOUBLE_EQ(trend({20, 22}, {10, 22}).value->mean, 0.5);
  EXPECT_FALSE(trend({31, 34}, {10, 11}).pass());
  EXPECT_NE(trend({20}, {10, 11}).problem.find("replication is missing"), std::string::npos);
}

/// A sweep of `with` over `without`: one vector of replications for each point.
RegressReport report_on_sweep(Across across, const std::vector<std::vector<double>>& gains) {
  std::vector<PointResult> results;
  for (const std::string variant : {"without", "with"})
    for (std::size_t i = 0; i < gains.size(); ++i) {
      // The order of the points below must not matter, only their swept values.
      const std::size_t at = variant == "with" ? i : gains.size() - 1 - i;
      std::vector<double> values = gains[at];
      for (double& value : values)
        value = variant == "with" ? value * double(at + 1) : double(at + 1);
      results.push_back(result_with(variant, values));
      results.back().point.swept = {{"vm.busy", std::to_string(at)}};
    }
  Target target = gain("S", 0, 10);
  target.from->across = across;
  RegressReport report;
  report.targets = evaluate({target}, {{"e", results}});
  return report;
}

double found_across(Across across, const std::vector<std::vector<double>>& gains) {
  const auto report = report_on_sweep(across, gains);
  return report.targets[0].value ? report.targets[0].value->mean : -1;
}

TEST(Regress, FindsTheLargestAndTheSmallestRatioOfASweep) {
  const std::vector<std::vector<double>> gains{{1.1, 1.1}, {1.3, 1.1}, {1.0, 1.02}};
  EXPECT_NEAR(found_across(Across::kMost, gains), 1.2, 1e-12);
  EXPECT_NEAR(found_across(Across::kLeast, gains), 1.01, 1e-12);
  EXPECT_EQ(found_across(Across::kOne, gains), -1) << "which one is not said";
  EXPECT_NEAR(found_across(Across::kOne, {{1.1, 1.1}}), 1.1, 1e-12);
}

TEST(Regress, SaysWhetherASweepFallsWithinConfidence) {
  EXPECT_EQ(found_across(Across::kNeverRises, {{1.2, 1.2}, {1.1, 1.1}, {1.1, 1.1}}), 1);
  EXPECT_EQ(found_across(Across::kNeverRises, {{1.2, 1.2}, {1.1, 1.1}, {1.15, 1.1501}}), 0);
  EXPECT_EQ(found_across(Across::kNeverRises, {{1.1, 1.1}, {1.0, 1.3}}), 1) << "may be chance";
  EXPECT_EQ(found_across(Across::kNeverRises, {{1.1}, {1.1001}}), 0) << "nothing says that it is";
}

// As with run.precision, which ends each point when it is precise enough.
TEST(Regress, HasNoValueForASweepWhosePointsHaveDifferentReplications) {
  for (const auto& gains : {std::vector<std::vector<double>>{{1.2, 1.2}, {1.1}},
                            std::vector<std::vector<double>>{{1.2}, {1.1, 1.1}}}) {
    const auto report = report_on_sweep(Across::kNeverRises, gains);
    EXPECT_FALSE(report.targets[0].value);
    EXPECT_EQ(report.targets[0].problem, "a replication is missing along the sweep");
  }
}

TEST(Regress, HasNoValueForASweepWhosePointHasNothingBelow) {
  auto results = std::vector{result_with("with", {1, 1}), result_with("without", {1, 1})};
  results[0].point.swept = {{"vm.busy", "8"}};
  RegressReport report;
  report.targets = evaluate({gain("S", 0, 10)}, {{"e", results}});
  EXPECT_FALSE(report.targets[0].value);
  EXPECT_EQ(report.targets[0].problem, "e has nothing to divide a point by");
}

TEST(Regress, ShowsAMissAndFailsForItOnlyWithoutABaseline) {
  auto report = report_on(gain("S", 1.4, 1.5), {130, 130, 130}, {100, 100, 100});
  EXPECT_TRUE(report.targets[0].missed());
  EXPECT_TRUE(report.failed(false));
  report.targets[0].accepted = Accepted{.value = 1.3};
  EXPECT_FALSE(report.failed(true));
  EXPECT_NE(as_text(report).find("MISS"), std::string::npos);
  EXPECT_NE(as_text(report).find("0 passed, 1 missed"), std::string::npos);
  EXPECT_NE(as_markdown(report).find("| -7.1 % | MISS |"), std::string::npos);
}

TEST(Regress, NeverFailsForARecalledNumber) {
  const auto report = report_on(gain("R", 1.4, 1.5), {130, 130, 130}, {100, 100, 100});
  EXPECT_FALSE(report.failed(false));
  EXPECT_NE(as_text(report).find("outside"), std::string::npos);
}

TEST(Regress, FailsWhenAValueMovedByMoreThanTheConfidenceOfTheTwo) {
  auto report = report_on(gain("S", 1.2, 1.5), {130, 130, 130}, {100, 100, 100});
  report.targets[0].accepted = Accepted{.value = 1.32, .half_width = 0.01};
  EXPECT_TRUE(report.targets[0].pass());
  EXPECT_TRUE(report.failed(true));
  EXPECT_NE(as_text(report).find("pass, MOVED from 1.32"), std::string::npos);
  report.targets[0].accepted = Accepted{.value = 1.32, .half_width = 0.02};
  EXPECT_FALSE(report.failed(true));
}

TEST(Regress, FailsWhenAnAcceptedValueIsNoLongerFound) {
  auto report = report_on(gain("R", 1.2, 1.5), {}, {});
  report.targets[0].accepted = Accepted{.value = 1.3, .half_width = 9};
  EXPECT_TRUE(report.failed(true));
  EXPECT_NE(as_text(report).find("NO VALUE: e found no saturation_krps"), std::string::npos);
}

TEST(Regress, CountsWhatIsNotModelledNeitherAsPassNorAsMiss) {
  Target later = gain("S", 1, 2);
  later.from.reset();
  RegressReport report;
  report.targets = evaluate({later}, {});
  EXPECT_FALSE(report.targets[0].pass());
  EXPECT_FALSE(report.failed(false));
  EXPECT_NE(as_text(report).find("not modelled yet"), std::string::npos);
  EXPECT_NE(as_text(report).find("0 passed, 0 missed"), std::string::npos);
}

TEST(Regress, WritesOneObjectForEachTarget) {
  const auto report = report_on(gain("S", 1.2, 1.5), {130, 130, 130}, {100, 100, 100});
  const auto json = sim::Json::parse(as_json(report));
  for (const char* name : {"id", "what", "unit", "tag", "role", "expected", "low", "high", "value",
                           "half_width", "error", "pass"})
    EXPECT_TRUE(json.contains(name)) << name;
  EXPECT_EQ(json.at("value"), 1.3);
  EXPECT_EQ(json.at("pass"), true);
  EXPECT_TRUE(json.at("expected").is_null());
}

class InAFolder : public testing::Test {
 protected:
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ + name) << text;
  }
  RegressReport run(const std::string& baseline = {}) const {
    return regress({.folder = folder_, .baseline = baseline});
  }

  InAFolder() { std::filesystem::create_directories(folder_); }
  ~InAFolder() override { std::filesystem::remove_all(folder_); }

  // Tests run side by side, in processes of their own.
  const std::string folder_ =
      testing::TempDir() + "wavesim_regress_" + std::to_string(getpid()) + "/";
};

TEST_F(InAFolder, AnAcceptedReportIsItsOwnBaseline) {
  write("targets.json", R"({"targets": [{"id": "load", "tag": "R", "low": 749, "high": 751,
      "from": {"experiment": "machine", "value": "mmio_read_uc_ns", "variant": ""}}]})");
  write("machine.json", R"({"run": {"measure": "hardware", "replications": 1}})");
  write("accepted.json", as_accepted(run()));
  RegressReport report = run(folder_ + "accepted.json");
  EXPECT_TRUE(report.targets[0].pass());
  ASSERT_TRUE(report.targets[0].accepted);
  EXPECT_FALSE(report.failed(true));

  write("machine.json", R"({"run": {"measure": "hardware", "replications": 1},
                            "machine": {"pcie": {"link": {"flight": "160 ns"}}}})");
  EXPECT_TRUE(run(folder_ + "accepted.json").failed(true));
}

TEST_F(InAFolder, RunsWhatTargetsNeedAndNothingElse) {
  const auto target = [](const std::string& id, const std::string& variant) {
    return R"({"id": ")" + id + R"(", "tag": "R", "low": 1, "high": 2,
        "from": {"experiment": "machine", "value": "mmio_read_uc_ns", "variant": ")" +
           variant + R"("}})";
  };
  write("targets.json",
        R"({"targets": [)" + target("a", "asked") + ", " + target("b", "absent") + "]}");
  write("machine.json", R"({"run": {"measure": "hardware", "replications": 1},
                            "variants": {"asked": {}, "unasked": {"run": {"seed": 2}}}})");
  std::vector<std::string> ran;
  RunnerOptions runner;
  runner.finished = [&](const PointResult& result) { ran.push_back(result.point.variant); };
  const RegressReport report = regress({.folder = folder_, .runner = runner});
  EXPECT_EQ(ran, std::vector<std::string>{"asked"});
  EXPECT_TRUE(report.targets[0].value);
  EXPECT_EQ(report.targets[1].problem, "machine has no result for \"absent\"");
}

TEST_F(InAFolder, RunsAPointAsOftenAsItsOwnFileSays) {
  write("targets.json", R"({"targets": [
      {"id": "a", "tag": "R", "low": 1, "high": 2,
       "from": {"experiment": "once", "value": "throughput_krps", "variant": ""}},
      {"id": "b", "tag": "R", "low": 1, "high": 2,
       "from": {"experiment": "thrice", "value": "throughput_krps", "variant": ""}}]})");
  const auto experiment = [](const std::string& replications) {
    return R"({"run": {"warm_up": "200 us", "length": "1 ms", "replications": )" + replications +
           "}}";
  };
  write("once.json", experiment("1"));
  write("thrice.json", experiment("3"));
  const RegressReport report = run();
  EXPECT_EQ(report.targets[0].value->n, 1u);
  EXPECT_EQ(report.targets[1].value->n, 3u);
}

// E2's switch without prestaging, of which two more lines of a thread's context are 2.2 %.
TEST_F(InAFolder, SeesTwoPercentAndNoOtherSeeds) {
  write("targets.json", R"({"targets": [{"id": "switch", "tag": "R", "low": 6, "high": 7,
      "from": {"experiment": "e2", "value": "handover_us", "variant": "wave_host_ptes"}}]})");
  std::filesystem::copy(std::string(PAPER_FOLDER) + "/e2.json", folder_ + "e2.json");
  write("accepted.json", as_accepted(run()));
  const auto with = [&](const std::string& setting) {
    return regress(
        {.folder = folder_, .baseline = folder_ + "accepted.json", .settings = {setting}});
  };
  const RegressReport same = with("run.seed=1");
  EXPECT_EQ(same.targets[0].judgement->finding, Finding::kEqual);
  EXPECT_FALSE(with("run.seed=100").failed(true));
  const RegressReport changed = with("machine.linux.context_lines=26");
  ASSERT_TRUE(changed.targets[0].judgement);
  EXPECT_NEAR(changed.targets[0].judgement->change(), 0.022, 0.006);
  EXPECT_TRUE(changed.failed(true));
  EXPECT_EQ(changed.targets[0].runs.size(),
            5u * (changed.targets[0].judgement->again ? kAgain : 1));
}

TEST_F(InAFolder, RefusesABaselineWhoseSeedsAreNone) {
  write("targets.json", R"({"targets": [{"id": "a", "tag": "S", "low": 1, "high": 2}]})");
  write("accepted.json", R"({"accepted": {"a": {"value": 1, "runs": {"one": 1}}}})");
  try {
    run(folder_ + "accepted.json");
    FAIL() << "was taken";
  } catch (const sim::ConfigError& error) {
    EXPECT_EQ(std::string(error.what()).substr(folder_.size()),
              "accepted.json:1:42: accepted.a.runs.one: \"one\" is no seed; write the file with "
              "wavesim regress --accept");
  }
}

TEST_F(InAFolder, TakesABaselineOfAnySeedThereIs) {
  write("targets.json", R"({"targets": [{"id": "a", "tag": "S", "low": 1, "high": 2}]})");
  write("accepted.json",
        R"({"accepted": {"a": {"value": 1, "runs": {"18446744073709551615": 1}}}})");
  EXPECT_NO_THROW(run(folder_ + "accepted.json"));
}

class Targets : public InAFolder {
 protected:
  void expect_error(const std::string& targets, const std::string& message) const {
    write("targets.json", R"({"targets": [)" + targets + "]}");
    try {
      run();
      ADD_FAILURE() << "was taken: " << targets;
    } catch (const sim::ConfigError& error) {
      EXPECT_EQ(std::string(error.what()).substr(folder_.size()), "/targets.json:1:" + message);
    }
  }
};

TEST_F(Targets, AreRefusedIfTwoHaveOneId) {
  expect_error(R"({"id": "a", "tag": "R"}, {"id": "a", "tag": "S"})",
               "46: targets.1.id: \"a\" is another target's, too; give each target a name of its "
               "own");
}

TEST_F(Targets, AreRefusedWithAnUnknownTag) {
  expect_error(R"({"id": "a", "tag": "s"})", "33: targets.0.tag: \"s\" is no tag; write S, P or R");
}

TEST_F(Targets, AreRefusedIfTheyCompareInTwoWays) {
  for (const char* other : {R"("short_of": "c")", R"("falls_along": ["c"])"})
    expect_error(
        R"({"id": "a", "tag": "R", "from": {"experiment": "e", "variant": "a", "over": "b", )" +
            std::string(other) + "}}",
        "46: targets.0.from: compares in two ways; keep one of over, short_of and falls_along");
}

TEST_F(Targets, AreRefusedIfTheyAreAboutOnePointOfSeveral) {
  write("e.json", R"({"run": {"measure": "hardware", "replications": 1},
                      "sweep": {"run.seed": [1, 2]}, "variants": {"a": {}, "b": {}}})");
  const std::string from =
      R"({"id": "a", "tag": "R", "from": {"experiment": "e", "value": "mmio_read_uc_ns", )"
      R"("variant": "a")";
  expect_error(from + "}}",
               "46: targets.0.from: is about one point, and the experiment sweeps several; say "
               "most, least or never_rises in across");
  expect_error(from + R"(, "falls_along": ["b"], "across": "most"}})",
               "46: targets.0.from: falls along more than one point of a variant; name an "
               "experiment without a sweep");
}

TEST(TargetsOfTheProject, AreNotRefused) {
  const std::atomic<bool> stop{true};  // before anything is run
  for (const std::string folder : {PAPER_FOLDER, PAPER_FOLDER "/../measured"})
    EXPECT_NO_THROW(regress({.folder = folder, .runner = {.stop = &stop}})) << folder;
}

TEST_F(InAFolder, FailsForAnAcceptedValueWithoutATargetAndATargetWithoutAValue) {
  const auto target = [](const std::string& id, const std::string& value) {
    return R"({"tag": "R", "low": 749, "high": 751, "id": ")" + id +
           R"(", "from": {"experiment": "machine", "variant": "", "value": ")" + value + "\"}}";
  };
  const std::string found = target("load", "mmio_read_uc_ns");
  write("machine.json", R"({"run": {"measure": "hardware", "replications": 1}})");
  write("targets.json", R"({"targets": [)" + found + "]}");
  write("accepted.json", R"({"accepted": {"gone": {"value": 7}}})");
  const RegressReport gone = run(folder_ + "accepted.json");
  EXPECT_TRUE(gone.failed(true));
  EXPECT_NE(changes_as_markdown(gone).find("GONE: accepted, and no target any more"),
            std::string::npos);
  EXPECT_NE(as_text(gone).find("NO VALUE: accepted, and no target any more"), std::string::npos);
  EXPECT_NE(as_text(gone).find("0 not modelled yet"), std::string::npos);

  write("accepted.json", R"({"accepted": {"load": {"value": 749.331}}})");
  EXPECT_FALSE(run(folder_ + "accepted.json").failed(true));
  write("targets.json",
        R"({"targets": [)" + found + ", " + target("other", "no_such_value") + "]}");
  const RegressReport without_value = run(folder_ + "accepted.json");
  EXPECT_TRUE(without_value.failed(true));
  EXPECT_NE(changes_as_markdown(without_value).find("NO VALUE: machine found no no_such_value"),
            std::string::npos);
}

RegressReport compared(const std::vector<double>& before, const std::vector<double>& after) {
  auto report = report_on(gain("S", 1.2, 1.5), after, std::vector<double>(after.size(), 100));
  Accepted accepted{.value = before.front() / 100};
  for (std::size_t i = 0; i < before.size(); ++i)
    accepted.runs[std::to_string(1 + i)] = before[i] / 100;
  report.targets[0].accepted = accepted;
  compare(report.targets);
  return report;
}

TEST(Regress, PullRequestsSeeWhatMovedFirst) {
  RegressReport report = compared({130, 130, 130}, {130, 130, 130});
  report.targets[0].target.id = "still";
  report.targets.push_back(compared({130, 130, 130}, {132.6, 132.6, 132.6}).targets[0]);
  const std::string table = changes_as_markdown(report);
  EXPECT_NE(table.find("**1 of 2 values moved.**"), std::string::npos) << table;
  const auto moved = table.find("| gain |  | 1.3 | 1.326 | +2.00 % | MOVED | < 0.0001 | ");
  const auto still = table.find("| still |  | 1.3 | 1.3 | 0 | equal | - | - | pass |");
  EXPECT_NE(moved, std::string::npos) << table;
  EXPECT_NE(still, std::string::npos) << table;
  EXPECT_LT(moved, still);
}

TEST(Regress, SaysThatOneReplicationHasNoConfidence) {
  const RegressReport report = compared({130}, {130.1});
  EXPECT_FALSE(report.failed(true));
  EXPECT_NE(changes_as_markdown(report).find("| one replication |"), std::string::npos);
  EXPECT_NE(changes_as_markdown(compared({130}, {132}))
                .find("| MOVED (one replication, taken as exact) |"),
            std::string::npos);
}

TEST(PaperTargets, NameExperimentsVariantsAndOnlyGateWithStatedOrPublishedNumbers) {
  const std::string folder = PAPER_FOLDER;
  const auto targets = load_targets(folder + "/targets.json");
  EXPECT_EQ(targets.size(), 55u);
  for (const Target& target : targets) {
    EXPECT_TRUE(target.tag == "S" || target.tag == "P" || target.tag == "R") << target.id;
    EXPECT_TRUE(target.role == "input" || target.role == "prediction") << target.id;
    if (!target.from) continue;
    const auto points =
        expand(sim::Document::load(folder + "/" + target.from->experiment + ".json"));
    const auto has = [&](const std::string& variant) {
      return std::ranges::find(points, variant, &Point::variant) != points.end();
    };
    EXPECT_TRUE(has(target.from->variant)) << target.id;
    EXPECT_TRUE(target.from->over.empty() || has(target.from->over)) << target.id;
  }
}

}  // namespace
}  // namespace experiments
