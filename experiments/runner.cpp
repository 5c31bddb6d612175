// SPDX-License-Identifier: Apache-2.0
#include "experiments/runner.h"

#include <algorithm>
#include <exception>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>

#include "sim/config_error.h"

namespace experiments {

bool PointResult::unstable() const {
  return std::ranges::any_of(runs, &RunResult::unstable);
}

sim::Replications PointResult::value(const std::string& name) const {
  sim::Replications values;
  for (std::size_t replication = 0; replication < runs.size(); ++replication)
    for (const auto& [known, value] : runs[replication].values)
      if (known == name) values.add(replication, value);
  return values;
}

std::vector<std::pair<std::string, sim::Replications>> PointResult::values() const {
  std::vector<std::pair<std::string, sim::Replications>> all;
  if (runs.empty()) return all;
  for (const auto& [name, unused] : runs.front().values)
    if (sim::Replications found = value(name); found.count() == runs.size())
      all.emplace_back(name, std::move(found));
  return all;
}

namespace {

/// What is known of one point while its replications run.
struct Pending {
  std::vector<std::optional<RunResult>> runs;
  std::string error;
  std::size_t left = 0;
};

/// A table of jobs that threads take from, in order, and results that leave in order.
class Runner {
 public:
  Runner(const std::vector<Point>& points, const RunnerOptions& options)
      : points_(points), options_(options), pending_(points.size()) {
    for (std::size_t i = 0; i < points.size(); ++i) {
      pending_[i].left = static_cast<std::size_t>(points[i].params.run.replications);
      pending_[i].runs.resize(pending_[i].left);
      for (std::size_t r = 0; r < pending_[i].left; ++r) jobs_.push_back({i, r});
    }
  }

  std::vector<PointResult> run() {
    const auto wanted = static_cast<std::size_t>(std::max(1, options_.jobs));
    std::vector<std::thread> helpers;
    for (std::size_t i = 1; i < std::min(wanted, jobs_.size()); ++i)
      helpers.emplace_back([this] { work(); });
    work();
    for (std::thread& helper : helpers) helper.join();
    hand_out(true);
    if (thrown_) std::rethrow_exception(thrown_);
    return std::move(results_);
  }

 private:
  struct Job {
    std::size_t point;
    std::size_t replication;
  };

  void work() {
    while (const std::optional<Job> job = take()) {
      try {
        finish(*job, attempt(*job));
      } catch (...) {  // of a callback
        const std::lock_guard lock(mutex_);
        thrown_ = std::current_exception();
      }
    }
  }

  std::optional<Job> take() {
    const std::lock_guard lock(mutex_);
    const bool stopped = thrown_ || (options_.stop != nullptr && options_.stop->load());
    if (stopped || next_ == jobs_.size()) return std::nullopt;
    return jobs_[next_++];
  }

  struct Attempt {
    std::optional<RunResult> run;
    std::string error = {};
  };

  Attempt attempt(const Job& job) const {
    const ExperimentParams& params = points_[job.point].params;
    try {
      return {run_once(params, params.run.seed + job.replication)};
    } catch (const std::logic_error& error) {
      return {std::nullopt, std::string("internal error: ") + error.what()};
    } catch (const std::exception& error) {
      return {std::nullopt, error.what()};
    }
  }

  void finish(const Job& job, Attempt attempt) {
    const std::lock_guard lock(mutex_);
    Pending& point = pending_[job.point];
    point.runs[job.replication] = std::move(attempt.run);
    if (point.error.empty()) point.error = std::move(attempt.error);
    --point.left;
    ++done_;
    if (options_.progress)
      options_.progress({.done = done_,
                         .total = jobs_.size(),
                         .elapsed = std::chrono::steady_clock::now() - begin_});
    hand_out(false);
  }

  /// Complete points leave in order; when all is over, also those behind one that was stopped.
  void hand_out(bool all) {
    for (; handed_out_ < pending_.size(); ++handed_out_) {
      const bool complete = pending_[handed_out_].left == 0;
      if (!complete && !all) return;
      if (complete) hand_out(points_[handed_out_], pending_[handed_out_]);
    }
  }

  void hand_out(const Point& point, Pending& found) {
    PointResult& result = results_.emplace_back();
    result.point = point;
    result.error = std::move(found.error);
    if (!result.failed())
      for (auto& run : found.runs) result.runs.push_back(std::move(*run));
    found.runs.clear();
    if (options_.finished) options_.finished(result);
  }

  const std::vector<Point>& points_;
  const RunnerOptions& options_;
  const std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  std::vector<Job> jobs_;

  std::mutex mutex_;  // guards what follows
  std::size_t next_ = 0;
  std::size_t done_ = 0;
  std::size_t handed_out_ = 0;
  std::vector<Pending> pending_;
  std::vector<PointResult> results_;
  std::exception_ptr thrown_;
};

}  // namespace

std::vector<PointResult> run_points(const std::vector<Point>& points,
                                    const RunnerOptions& options) {
  return Runner(points, options).run();
}

}  // namespace experiments
