// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "experiments/points/results_json.h"
#include "experiments/points/runner.h"
#include "experiments/system/stoppable.h"

namespace experiments {

/// What came of one replication: a run, or why there is none.
struct Attempt {
  std::optional<RunResult> run = {};
  std::optional<RunRecord> record = {};  // if somebody wants to keep it
  double wall_seconds = 0;
  std::string error = {};
  bool of_policy = false;  // the error is a loaded policy's fault
  bool stopped = false;    // somebody asked to stop: as if it had not been run
};

/// Runs it, whatever comes of it.
Attempt run_replication(const ExperimentParams& params, std::size_t replication, bool record,
                        const SharedInputs& inputs);

/// Which replications are to be run, in which order, and what they amount to: a point's
/// replications in order, and points in order. Who runs them, on how many threads or machines, and
/// which of them is over first, changes no result.
///
/// A point that asks for a precision first gets its `run.replications`, then half as many again, as
/// long as its interval is too wide. The decision looks at all of them and never at some, so it is
/// the same for any number of workers, and a few looks distort an interval less than many. With a
/// `most_time` a round is as long as what is left of it allows, at the mean time of the runs so
/// far, and a round that it cuts short is the last one.
///
/// Not safe for several threads at once.
class Schedule {
 public:
  struct Job {
    std::size_t point;
    std::size_t replication;
  };

  /// Both must outlive it. Points of which everything is known leave at once.
  Schedule(const std::vector<Point>& points, const RunnerOptions& options);

  /// Nothing when there is none now; `finish` may add some as long as it is not over.
  std::optional<Job> take();
  /// Nothing is left to take, and nothing is under way.
  bool over() const { return under_way_ == 0 && (stopped() || jobs_.empty()); }

  void finish(const Job& job, Attempt outcome);
  /// Whoever took it is gone: it is the next to be taken.
  void give_back(const Job& job);

  /// Points behind one that was stopped leave too.
  std::vector<PointResult> end();

 private:
  struct Pending {
    std::vector<std::optional<RunResult>> runs;
    std::string error;
    bool of_policy = false;
    std::size_t left = 0;
    double seconds = 0;   // of the runs that are over
    bool is_cut = false;  // time allows no further round
    std::optional<Ending> ended_by = {};
  };

  bool stopped() const { return is_set(options_.stop); }
  void plan(std::size_t point, std::size_t replications);
  void complete_round(std::size_t point);
  bool is_precise(std::size_t point);
  /// How many replications the point's time allows, those that it has included.
  std::size_t affordable(std::size_t point) const;
  std::optional<Ending> ending(std::size_t point);
  void hand_out(bool all);
  void hand_out(const Point& point, Pending& found);

  const std::vector<Point>& points_;
  const RunnerOptions& options_;
  const std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  std::deque<Job> jobs_;
  std::size_t under_way_ = 0;
  std::size_t done_ = 0;
  std::size_t total_ = 0;
  std::size_t handed_out_ = 0;
  std::vector<Pending> pending_;
  std::vector<PointResult> results_;
};

}  // namespace experiments
