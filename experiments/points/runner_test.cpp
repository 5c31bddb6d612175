// SPDX-License-Identifier: Apache-2.0
#include "experiments/points/runner.h"

#include <atomic>
#include <filesystem>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "experiments/points/results_json.h"
#include "workloads/capture_file.h"

namespace experiments {
namespace {

std::vector<Point> few_points() {
  return expand(sim::Document::parse(R"({
      "run": {"warm_up": "200 us", "length": "1 ms", "replications": 2},
      "system": {"workers": 2},
      "workload": {"threads": 20, "generators": 1, "arrivals": {"rate": "50 k/s"}},
      "variants": {"host": {"system": {"placement": "host"}}, "nic": {}},
      "sweep": {"workload.arrivals.rate": ["20 k/s", "50 k/s"]}})",
                                     "test.json"));
}

/// Fails when it runs: the file was there when the experiment was read.
Point broken_point() {
  Point point = few_points().front();
  point.params.workload.service.capture = "/no/such/capture.json";
  return point;
}

std::string lines_of(const std::vector<PointResult>& results) {
  std::string lines;
  for (const PointResult& result : results) lines += result_line(result) + '\n';
  return lines;
}

TEST(Runner, FindsTheSameWithOneThreadAndWithTwo) {
  const auto points = few_points();
  const std::string alone = lines_of(run_points(points, {.jobs = 1}));
  EXPECT_EQ(lines_of(run_points(points, {.jobs = 2})), alone);
  EXPECT_EQ(lines_of(run_points(points, {.jobs = 1})), alone);
}

TEST(Runner, GivesEachReplicationTheNextSeed) {
  const auto results = run_points(few_points());
  ASSERT_EQ(results.size(), 4u);
  ASSERT_EQ(results[0].runs.size(), 2u);
  EXPECT_EQ(results[0].runs[0].seed, 1u);
  EXPECT_EQ(results[0].runs[1].seed, 2u);
  EXPECT_NE(results[0].runs[0].trace_hash, results[0].runs[1].trace_hash);
  EXPECT_EQ(results[0].value("throughput_krps").count(), 2u);
}

TEST(Runner, ReadsACaptureOnceForAllRuns) {
  const std::string file = testing::TempDir() + std::to_string(getpid()) + "_of_a_run.json";
  std::filesystem::copy_file(workloads::path_of_capture("rocksdb_get"), file);
  auto points = few_points();
  for (Point& point : points) point.params.workload.service.capture = file;
  const auto results =
      run_points(points, {.ran = [&](const Replication&) { std::filesystem::remove(file); }});
  EXPECT_FALSE(std::filesystem::exists(file));
  for (const PointResult& result : results) EXPECT_EQ(result.error, "");
}

TEST(Runner, ReportsAPointThatFailsAndGoesOn) {
  auto points = few_points();
  points.insert(points.begin() + 1, broken_point());
  const auto results = run_points(points, {.jobs = 2});
  ASSERT_EQ(results.size(), 5u);
  EXPECT_TRUE(results[1].failed());
  EXPECT_NE(results[1].error.find("/no/such/capture.json"), std::string::npos);
  EXPECT_TRUE(results[1].runs.empty());
  EXPECT_FALSE(results[2].failed());
}

TEST(Runner, HandsPointsOutInOrderAndCountsReplications) {
  const auto points = few_points();
  std::string order;
  std::vector<std::size_t> done;
  RunnerOptions options{.jobs = 2};
  options.progress = [&](const Progress& progress) {
    done.push_back(progress.done);
    EXPECT_EQ(progress.total, 8u);
  };
  options.finished = [&](const PointResult& result) { order += result.point.key; };
  run_points(points, options);
  EXPECT_EQ(order, points[0].key + points[1].key + points[2].key + points[3].key);
  EXPECT_EQ(done, (std::vector<std::size_t>{1, 2, 3, 4, 5, 6, 7, 8}));
}

TEST(Runner, KeepsWhatIsCompleteWhenItIsStopped) {
  std::atomic<bool> stop = false;
  RunnerOptions options;
  options.stop = &stop;
  options.progress = [&](const Progress& progress) { stop = progress.done == 3; };
  EXPECT_EQ(run_points(few_points(), options).size(), 1u);
}

TEST(Runner, LetsErrorsOfACallbackOut) {
  RunnerOptions options{.jobs = 2};
  options.finished = [](const PointResult&) { throw std::runtime_error("disk full"); };
  EXPECT_THROW(run_points(few_points(), options), std::runtime_error);
}

TEST(Load, ThatIsTooMuchIsMarkedUnstable) {
  auto points = few_points();
  points[3].params.run.length = 5ms;
  EXPECT_FALSE(run_once(points[3].params, 1).unstable);
  points[3].params.workload.arrivals.rate = {400e3};
  EXPECT_TRUE(run_once(points[3].params, 1).unstable);
}

/// They are dropped, so that as many as come are never answered.
TEST(Load, IsNotTooMuchForItsDamagedCalls) {
  ExperimentParams params;
  params.run.length = 5ms;
  params.rpc.emplace();
  params.rpc->clients.malformed = 0.1;
  EXPECT_FALSE(run_once(params, 1).unstable);
}

TEST(ResultLine, CarriesTheExperimentThatMadeIt) {
  const auto points = few_points();
  const auto results = run_points({points[3]});
  const auto line = sim::Json::parse(result_line(results[0]));
  EXPECT_EQ(line.at("experiment").dump(), points[3].resolved);
  EXPECT_EQ(line.at("variant"), "nic");
  EXPECT_EQ(line.at("swept").at("workload.arrivals.rate"), "50 k/s");
  EXPECT_EQ(line.at("values").at("throughput_krps").at("n"), 2);
  EXPECT_EQ(line.at("runs").size(), 2u);
  EXPECT_GT(line.at("runs").at(0).at("statistics").at("requests").at("completed"), 10);
  EXPECT_FALSE(line.contains("environment"));
}

TEST(ResultLine, HasNoIntervalAfterOneReplication) {
  auto points = few_points();
  points[0].params.run.replications = 1;
  const auto results = run_points({points[0]});
  const auto line = sim::Json::parse(result_line(results[0]));
  EXPECT_TRUE(line.at("values").at("throughput_krps").at("half_width").is_null());
}

}  // namespace
}  // namespace experiments
