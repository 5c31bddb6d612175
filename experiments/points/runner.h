// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "experiments/measure/experiment.h"
#include "experiments/points/experiment_file.h"
#include "sim/statistics.h"

namespace experiments {

/// Why a point that asks for a precision is run no more often.
enum class Ending {
  kPrecision,     // the value is known as well as is asked for
  kReplications,  // its most replications are spent
  kTime,          // its time is: another machine may end it elsewhere
};

constexpr auto enum_names(std::type_identity<Ending>) {
  using sim::EnumName;
  return std::array{EnumName{Ending::kPrecision, "precision"},
                    EnumName{Ending::kReplications, "replications"},
                    EnumName{Ending::kTime, "time"}};
}

/// What the replications of one point found.
struct PointResult {
  Point point;
  std::vector<RunResult> runs;          // by replication; seeds follow each other
  std::string error;                    // why a replication failed; then there are no runs
  bool of_policy = false;               // by the fault of a loaded policy
  std::optional<Ending> ended_by = {};  // of a point that asks for a precision

  bool failed() const { return !error.empty(); }
  /// In any replication.
  bool unstable() const;
  /// Each value over the replications, in the order of RunResult. Only those that every
  /// replication has: a percentile without enough samples is left out.
  std::vector<std::pair<std::string, sim::Replications>> values() const;
  /// One of them.
  sim::Replications value(const std::string& name) const;
};

struct Progress {
  std::size_t done = 0;   // replications
  std::size_t total = 0;  // of all points
  std::chrono::duration<double> elapsed{};
};

struct RunRecord;

/// One run that is over.
struct Replication {
  const Point& point;
  std::size_t number;  // from 0
  const RunRecord& record;
};

/// One that was run before.
struct KnownRun {
  RunResult run;  // its values and hash
  double wall_seconds = 0;
};

struct RunnerOptions {
  int jobs = 1;
  /// A replication that is not to be run again; nothing if it is to be run.
  std::function<std::optional<KnownRun>(const Point&, std::size_t replication)> known = {};
  /// Called for each replication that was run and did not fail, by one thread at a time.
  std::function<void(const Replication&)> ran = {};
  /// Called after each replication, by one thread at a time.
  std::function<void(const Progress&)> progress = {};
  /// Called for each complete point, in the order of the points whatever the number of jobs.
  std::function<void(const PointResult&)> finished = {};
  /// Whether to give the results back too; of many points they take much memory.
  bool collect = true;
  /// Once true, no further replication starts, and those under way are given up. Points that are
  /// complete are kept.
  const std::atomic<bool>* stop = nullptr;
};

/// Runs every replication of every point, each in a simulation of its own, on `jobs` threads.
/// Results do not depend on the number of jobs, nor on anything else but the points, except that a
/// `most_time` ends a point when it does. A point that fails is reported with its error, and
/// the others go on. Gives back the complete points, in order.
std::vector<PointResult> run_points(const std::vector<Point>& points,
                                    const RunnerOptions& options = {});

}  // namespace experiments
