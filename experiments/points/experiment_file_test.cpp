// SPDX-License-Identifier: Apache-2.0
#include "experiments/points/experiment_file.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "sim/config_error.h"
#include "sim/json.h"
#include "sim/parameters.h"
#include "workloads/capture_file.h"

namespace experiments {
namespace {

std::vector<Point> points_in(const std::string& text,
                             const std::vector<std::string>& settings = {}) {
  return expand(sim::Document::parse(text, "e.json"), settings);
}

std::string error_in(const std::string& text, const std::vector<std::string>& settings = {}) {
  try {
    points_in(text, settings);
  } catch (const sim::ConfigError& error) {
    return error.what();
  }
  return "no error";
}

TEST(Expansion, OfAnEmptyFileIsThePointWithAllDefaults) {
  const auto points = points_in("{}");
  ASSERT_EQ(points.size(), 1u);
  EXPECT_EQ(points[0].variant, "");
  EXPECT_TRUE(points[0].swept.empty());
  EXPECT_EQ(points[0].resolved, sim::write(ExperimentParams{}).dump());
}

TEST(Expansion, IsEachVariantWithEachCombinationOfSweptValuesTheLastPathFastest) {
  const auto points = points_in(R"({
    "variants": {"a": {"system": {"prestage": false}}, "b": {}},
    "sweep": {"system.workers": [4, 8], "workload.arrivals.rate": ["10 k/s", "20 k/s"]}})");
  std::string order;
  for (const Point& point : points)
    order += point.variant + point.swept[0].second + "@" + point.swept[1].second + " ";
  EXPECT_EQ(order,
            "a4@10 k/s a4@20 k/s a8@10 k/s a8@20 k/s "
            "b4@10 k/s b4@20 k/s b8@10 k/s b8@20 k/s ");
  EXPECT_FALSE(points[3].params.system.prestage);
  EXPECT_TRUE(points[4].params.system.prestage);
  EXPECT_EQ(points[3].params.system.workers, 8);
  EXPECT_EQ(points[3].params.workload.arrivals.rate.per_second, 20e3);
  EXPECT_EQ(points[3].swept[0].first, "system.workers");
}

TEST(Expansion, RefusesASettingOfWhatIsSwept) {
  const char* text = R"({"sweep": {"workload.arrivals.rate": ["10 k/s", "20 k/s"]}})";
  EXPECT_EQ(error_in(text, {"workload.arrivals.rate=15 k/s"}),
            "--set workload.arrivals.rate=15 k/s: the file sweeps workload.arrivals.rate; "
            "choose among its values, as with --set 'sweep.workload.arrivals.rate=[\"15 k/s\"]'");
  EXPECT_NE(error_in(text, {R"(workload.arrivals={"rate": "15 k/s"})"}), "no error");
  EXPECT_EQ(error_in(text, {"workload.threads=100"}), "no error");
  const auto chosen = points_in(text, {R"(sweep.workload.arrivals.rate=["15 k/s"])"});
  ASSERT_EQ(chosen.size(), 1u);
  EXPECT_EQ(chosen[0].swept[0].second, "15 k/s");
}

TEST(Expansion, TellsWhichVariantsASettingWinsOver) {
  const auto document = sim::Document::parse(
      R"({"variants": {"a": {"system": {"workers": 4}}, "b": {"system": {"prestage": false}}}})",
      "e.json");
  using Names = std::vector<std::string>;
  EXPECT_EQ(variants_that_set(document, "system.workers=8"), Names{"a"});
  EXPECT_EQ(variants_that_set(document, "system.placement=host"), Names{});
  EXPECT_EQ(variants_that_set(document, R"(system={"workers": 8})"), (Names{"a", "b"}));
  EXPECT_EQ(variants_that_set(document, "variants.a.system.workers=8"), Names{});
  EXPECT_EQ(variants_that_set(document, "system={}"), Names{});
}

TEST(Expansion, OfNoVariantsAndNothingSweptIsOnePoint) {
  for (const char* text :
       {R"({"variants": {}, "sweep": {}})", R"({"variants": {"about": "none"}})"})
    EXPECT_EQ(points_in(text).size(), 1u) << text;
}

TEST(Expansion, LetsAVariantMendWhatTheFileLeavesImpossible) {
  const char* text = R"({"system": {"workers": 100, "queue_capacity": 3},
                         "variants": {"small": {"system": {"queue_capacity": 64}}}})";
  EXPECT_EQ(points_in(text)[0].params.system.workers, 100);
}

TEST(Expansion, LetsSettingsWinOverVariants) {
  const auto points = points_in(R"({"variants": {"a": {"system": {"workers": 4}}}})",
                                {"system.workers=5", "run.seed=9"});
  ASSERT_EQ(points.size(), 1u);
  EXPECT_EQ(points[0].params.system.workers, 5);
  EXPECT_EQ(points[0].params.run.seed, 9u);
}

TEST(Expansion, LetsSettingsChangeTheSweepItself) {
  const auto points =
      points_in(R"({"sweep": {"system.workers": [1, 2, 3]}})", {"sweep.system.workers=[7, 8]"});
  ASSERT_EQ(points.size(), 2u);
  EXPECT_EQ(points[1].params.system.workers, 8);
}

TEST(Expansion, GivesEqualKeysToEqualPointsAndOthersToOthers) {
  const auto points = points_in(R"({"variants": {"a": {}, "b": {"system": {"workers": 16}},
                                                 "c": {"system": {"workers": 15}}}})");
  EXPECT_EQ(points[0].key, points[1].key);
  EXPECT_NE(points[0].key, points[2].key);
  EXPECT_EQ(points[0].key.size(), 16u);
}

TEST(Expansion, ResolvesToAnExperimentThatIsThePointItself) {
  const auto points = points_in(R"({"system": {"workers": 3}, "run": {"length": "7 ms"}})");
  const auto again = points_in(points[0].resolved);
  EXPECT_EQ(again[0].resolved, points[0].resolved);
  EXPECT_EQ(again[0].params.run.length, sim::Duration{7ms});
}

TEST(Expansion, KeepsAPrecisionApartFromWhatIsSimulated) {
  const auto points = points_in(R"({
    "variants": {"a": {}, "b": {"run": {"precision": {"half_width": 0.1}}},
                 "c": {"run": {"precision": null}}, "d": {"run": {"replications": 7}}},
    "run": {"replications": 2}})");
  EXPECT_FALSE(points[0].precision);
  ASSERT_TRUE(points[1].precision);
  EXPECT_EQ(points[1].precision->half_width, 0.1);
  EXPECT_EQ(points[1].precision->value, "p99_us");
  EXPECT_FALSE(points[2].precision);
  for (const Point& point : points) EXPECT_EQ(point.key, points[0].key);
  const auto again = points_in(points[1].resolved);
  EXPECT_EQ(again[0].resolved, points[1].resolved);
  EXPECT_EQ(again[0].precision->half_width, 0.1);
}

TEST(ExpansionErrors, NameWhatIsWrongWithAPrecision) {
  const auto error_of = [](const std::string& precision) {
    return error_in(R"({"run": {"precision": )" + precision + "}}");
  };
  EXPECT_EQ(error_of(R"({"half_width": 0})"),
            "e.json:1:38: run.precision.half_width: is not a share between 0 and 1; give 0.02 for "
            "2 %");
  EXPECT_EQ(error_of(R"({"most": 2})"),
            "e.json:1:32: run.precision.most: 2 is out of bounds; give 3 (run.replications) to "
            "10000");
  EXPECT_EQ(error_of(R"({"value": ""})"),
            "e.json:1:33: run.precision.value: names no value; name one of the results, as in "
            "\"p99_us\"");
  EXPECT_EQ(error_of(R"({"most_time": 60})"),
            "e.json:1:37: run.precision.most_time: 60 has no unit; write a time with its unit, as "
            "in \"130 ns\"");
  EXPECT_EQ(error_of(R"({"values": "x"})"),
            "e.json:1:24: run.precision: no such parameter: \"values\"; did you mean value?");
}

TEST(ExpansionErrors, NameFileLineAndPathOfTheVariantOrValueThatIsWrong) {
  EXPECT_EQ(
      error_in("{\"variants\": {\n \"a\": {\"system\": {\"workers\": \"x\"}}}}").substr(0, 31),
      "e.json:2:30: system.workers: \"x");
  EXPECT_EQ(error_in("{\"sweep\": {\"system.workers\": [1,\n 0]}}"),
            "e.json:2:2: system.workers: 0 workers; give 1 to 256");
  EXPECT_EQ(error_in("{\"variants\": {\"a\": {\n\"system\": {\"wrokers\": 1}}}}"),
            "e.json:2:23: system: no such parameter: \"wrokers\"; did you mean workers?");
}

TEST(ExpansionErrors, RefuseSweepsAndVariantsOfTheWrongKind) {
  EXPECT_EQ(error_in(R"({"sweep": 5})"),
            "e.json:1:11: sweep: is not an object; write paths and values, as in "
            "{\"system.workers\": [8, 16]}");
  EXPECT_EQ(error_in(R"({"sweep": {"system.workers": 5}})"),
            "e.json:1:30: sweep.system.workers: is not a list of values; write the values to try, "
            "as in [8, 16]");
  EXPECT_EQ(error_in(R"({"variants": {"a": []}})"),
            "e.json:1:20: variants.a: is not an object; write what differs from the file, as in "
            "{\"system\": {\"workers\": 15}}");
  EXPECT_EQ(error_in(R"({"variants": {"a\u001b[1m": {}}})"),
            "e.json:1:14: variants: has a name with a control character in it; write letters, "
            "digits and signs");
  EXPECT_EQ(error_in(R"({"varants": {}})"),
            "e.json:1:2: no such parameter: \"varants\"; did you mean variants?");
}

TEST(ExpansionErrors, RefuseSweepsAndVariantsThatNothingWouldExpand) {
  EXPECT_EQ(error_in(R"({"variants": {"a": {"sweep": {"system.workers": [1, 2]}}}})"),
            "e.json:1:21: variants.a.sweep: is inside a variant; a sweep stands beside the "
            "variants, and each is run with it");
  EXPECT_EQ(error_in(R"({"variants": {"a": {"variants": {"b": {"nonsense": 5}}}}})"),
            "e.json:1:21: variants.a.variants: is inside a variant; write each variant beside the "
            "others");
  EXPECT_EQ(error_in(R"({"variants": {"a": {}}})", {"variants.a.sweep.run.seed=[1]"}),
            "--set variants.a.sweep.run.seed=[1]: variants.a.sweep: is inside a variant; a sweep "
            "stands beside the variants, and each is run with it");
  EXPECT_EQ(error_in(R"({"sweep": {"variants.a.system.workers": [1, 2]}})"),
            "e.json:1:42: variants.a.system.workers: is swept, and no parameter; sweep a "
            "parameter, as in {\"system.workers\": [8, 16]}");
}

TEST(ExpansionErrors, RefuseMorePointsThanAnyoneMeans) {
  std::string list = "[1";
  for (int i = 0; i < 999; ++i) list += ", 1";
  list += "]";
  EXPECT_EQ(
      error_in(R"({"sweep": {"run.seed": )" + list + R"(, "run.replications": )" + list + "}}"),
      "e.json:1:3046: sweep.run.replications: asks for more than 100000 points; sweep fewer "
      "values");
}

/// Of two results of one name only one would be kept.
TEST(ExpansionErrors, RefuseToAskForAPointTwice) {
  EXPECT_EQ(error_in(R"({"sweep": {"workload.arrivals.rate": ["50 k/s", "60 k/s", "50 k/s"]}})"),
            "e.json:1:11: sweep: leads twice to workload.arrivals.rate = 50 k/s; leave one out");
}

TEST(ExpansionErrors, NameTheSettingThatIsWrong) {
  EXPECT_EQ(error_in("{}", {"system.workers=0"}),
            "--set system.workers=0: system.workers: 0 workers; give 1 to 256");
  EXPECT_EQ(error_in("{}", {"system"}), "--set system: is not an assignment; write system=VALUE");
}

/// What is said of a file, without the folder that it lies in.
std::string without_folder(std::string error) {
  const auto begin = error.find(": /") + 2;
  return error.erase(begin, error.rfind('/') + 1 - begin);
}

TEST(ExpansionErrors, NameACaptureThatDoesNotExist) {
  EXPECT_EQ(error_in(R"({"workload": {"service": {"capture": "/no/such.json"}}})"),
            "e.json:1:38: workload.service.capture: /no/such.json: cannot be read: No such file or "
            "directory; check the name");
  EXPECT_EQ(without_folder(error_in(R"({"workload": {"service": {"kind": "empirical_bimodal",
                                       "long_capture": "nosuch"}}})")),
            "e.json:2:56: workload.service.long_capture: nosuch.json: cannot be read: No such file "
            "or directory; try rocksdb_get or rocksdb_range");
  EXPECT_EQ(without_folder(error_in("{}", {"workload.service.capture=rocksdb_gt"})),
            "--set workload.service.capture=rocksdb_gt: workload.service.capture: rocksdb_gt.json: "
            "cannot be read: No such file or directory; did you mean rocksdb_get?");
}

TEST(ExpansionErrors, NameACaptureOfTheWrongKind) {
  EXPECT_EQ(without_folder(error_in(R"({"workload": {"service": {"capture": "rocksdb_pages"}}})")),
            "e.json:1:38: workload.service.capture: rocksdb_pages.json:25:3: no such parameter: "
            "\"batches\"; did you mean rocksdb_get?");
}

TEST(ExpansionErrors, NameATraceThatDoesNotExist) {
  EXPECT_EQ(
      error_in(R"({"workload": {"arrivals": {"kind": "trace", "trace": "/no/trace.jsonl"}}})"),
      "e.json:1:54: workload.arrivals.trace: /no/trace.jsonl: cannot be read: No such file "
      "or directory; check the name");
}

TEST(ExpansionErrors, NameACaptureOfPagesThatDoesNotExistIfMemoryIsMeasured) {
  const std::string load =
      R"("memory": {"load": {"kind": "capture", "capture": "/no/pages.json"}})";
  EXPECT_EQ(error_in(R"({"run": {"measure": "memory"}, )" + load + "}"),
            "e.json:1:82: memory.load.capture: /no/pages.json: cannot be read: No such file or "
            "directory; check the name");
  EXPECT_EQ(error_in("{" + load + "}"), "no error");
}

TEST(Parameters, AllHaveASourceAndADefaultWithinTheirRange) {
  EXPECT_EQ(sim::missing_sources<ExperimentParams>(), std::vector<std::string>{});
}

/// The keys of two experiments, the second one after the file that both name has changed.
std::pair<std::string, std::string> keys_around_a_change(const std::string& experiment,
                                                         const std::string& before,
                                                         const std::string& after) {
  const std::string path =
      testing::TempDir() + "named_by_an_experiment_" + std::to_string(getpid()) + ".json";
  const auto key_with = [&](const std::string& text) {
    std::ofstream(path) << text;
    std::string with_path = experiment;
    with_path.replace(with_path.find("FILE"), 4, path);
    return expand(sim::Document::parse(with_path, "e.json")).front().key;
  };
  std::pair keys{key_with(before), key_with(after)};
  EXPECT_EQ(key_with(before), keys.first);
  std::filesystem::remove(path);
  return keys;
}

std::string text_of_file(const std::string& path) {
  std::ifstream stream(path);
  return {std::istreambuf_iterator<char>(stream), {}};
}

TEST(ExperimentFile, AChangedFileMakesAnotherPoint) {
  const auto expect_another = [](const std::string& experiment, const std::string& before,
                                 const std::string& after) {
    const auto [first, second] = keys_around_a_change(experiment, before, after);
    EXPECT_NE(first, second) << experiment;
  };
  expect_another(R"({"workload": {"arrivals": {"kind": "trace", "trace": "FILE"}}})",
                 R"({"unit": "us", "instants": [1, 2]})", R"({"unit": "us", "instants": [1, 3]})");
  const std::string service = text_of_file(workloads::path_of_capture("rocksdb_get"));
  for (const char* experiment :
       {R"({"workload": {"service": {"capture": "FILE"}}})",
        R"({"workload": {"service": {"kind": "empirical_bimodal", "long_capture": "FILE"}}})"})
    expect_another(experiment, service, service + '\n');
  const std::string pages = text_of_file(workloads::path_of_capture("rocksdb_pages"));
  expect_another(
      R"({"run": {"measure": "memory"}, "memory": {"load": {"kind": "capture", "capture": "FILE"}}})",
      pages, pages + '\n');
}

TEST(ExperimentFile, AFileThatIsNotReadMakesNone) {
  const auto [first, second] = keys_around_a_change(
      R"({"workload": {"service": {"kind": "constant", "capture": "FILE"}}})", "{}", "{ }");
  EXPECT_EQ(first, second);
}

}  // namespace
}  // namespace experiments
