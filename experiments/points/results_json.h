// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "experiments/points/runner.h"
#include "sim/strict_json.h"

namespace experiments {

/// What a result owes to where and when it was found. Kept apart from the result, which must be
/// equal wherever and whenever it is found again.
struct Environment {
  std::string version;
  std::string host;
  std::string compiler;
  int jobs = 1;

  /// This process on this machine.
  static Environment here(int jobs);
};

/// Of this program.
std::string program_version();

/// The result as one line of JSON, without anything that differs between two equal runs.
std::string result_line(const PointResult& result);
/// {"environment": {..., "wall_seconds": ...}}: a line of its own.
std::string environment_line(const Environment& environment, double wall_seconds);

// The parts of a result, as a store keeps them.

struct ResultLabels {
  std::string key;
  std::string version;
  std::string variant;
  std::string swept;       // JSON: each path and its value
  std::string experiment;  // JSON
};
ResultLabels labels_of(const Point& point);

/// Each value over the replications, in the order of PointResult::values.
using Estimates = std::vector<std::pair<std::string, sim::Estimate>>;
Estimates estimates_of(const PointResult& result);

sim::Json run_document(const RunResult& run);

/// A run as it is kept and sent.
struct RunRecord {
  RunResult run;                          // without what follows
  std::optional<std::string> statistics;  // as JSON, as `run_document` has it
  std::optional<std::string> memory_findings;
  std::optional<std::string> series;
  double wall_seconds = 0;
};
RunRecord record_of(const RunResult& run, double wall_seconds);

/// The JSON of `result_line` for a point that is complete, from its parts. `ended_by` is the name
/// of an Ending, or nothing.
sim::Json result_document(const ResultLabels& labels, const std::optional<std::string>& ended_by,
                          const Estimates& estimates, const std::vector<sim::Json>& runs);
/// That of a point that failed; of one that was not run, without an error.
sim::Json failure_document(const ResultLabels& labels, const std::string& error);
std::optional<std::string> ended_by_of(const PointResult& result);

}  // namespace experiments
