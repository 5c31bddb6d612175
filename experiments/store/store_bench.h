// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <filesystem>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "experiments/points/results_json.h"
#include "experiments/store/documents.h"
#include "experiments/store/store.h"

namespace store {

using Lines = std::vector<std::string>;

/// A tiny experiment that sweeps the load over `rates`, a list as JSON.
inline std::vector<experiments::Point> points_with(const std::string& rates,
                                                   const std::vector<std::string>& settings = {}) {
  const std::string experiment =
      R"({"run": {"warm_up": "200 us", "length": "1 ms", "replications": 2},
          "system": {"workers": 2},
          "workload": {"threads": 20, "generators": 1, "arrivals": {"rate": "50 k/s"}},
          "sweep": {"workload.arrivals.rate": )" +
      rates + "}}";
  return experiments::expand(sim::Document::parse(experiment, "test.json"), settings);
}

inline std::vector<experiments::Point> two_points(const std::vector<std::string>& settings = {}) {
  return points_with(R"(["20 k/s", "50 k/s"])", settings);
}

/// What an undisturbed sweep prints.
inline Lines lines_of(const std::vector<experiments::Point>& points) {
  Lines lines;
  for (const experiments::PointResult& result : experiments::run_points(points))
    lines.push_back(experiments::result_line(result));
  return lines;
}

inline Lines documents_as_lines(const std::string& path) {
  Lines lines;
  for (const sim::Json& document : documents_in(path)) lines.push_back(document.dump());
  return lines;
}

/// A file of this name for the test that runs, which is not there at first.
inline std::string scratch_file(const std::string& name) {
  const auto* test = testing::UnitTest::GetInstance()->current_test_info();
  const auto path = std::filesystem::path(testing::TempDir()) /
                    (std::string(test->test_suite_name()) + test->name() + "_" + name);
  std::filesystem::remove(path);
  return path;
}

struct SweepBench {
  std::string path;
  std::string file = "test.json";
  experiments::Shard shard = {};
  int most_runs = 1000;

  /// Runs what is missing; gives back how many runs that took.
  int sweep(const std::vector<experiments::Point>& points) const {
    Store store(path, file);
    int runs = 0;
    std::atomic<bool> stop = false;
    experiments::RunnerOptions options{.jobs = 1};
    options.stop = &stop;
    options.known = [&](const auto& point, std::size_t n) { return store.known(point, n); };
    options.ran = [&](const experiments::Replication& replication) {
      store.keep(replication);
      stop = ++runs == most_runs;
    };
    options.finished = [&](const experiments::PointResult& result) { store.finish(result); };
    experiments::run_points(store.ask(points, shard), options);
    return runs;
  }
};

}  // namespace store
