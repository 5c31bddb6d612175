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

using Clock = std::chrono::steady_clock;

std::chrono::duration<double> seconds_since(Clock::time_point begin) {
  return Clock::now() - begin;
}

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
    for (std::size_t i = 0; i < points.size(); ++i) plan(i);
  }

  std::vector<PointResult> run() {
    hand_out(false);  // what was known
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

  void plan(std::size_t point) {
    Pending& pending = pending_[point];
    pending.runs.resize(static_cast<std::size_t>(points_[point].params.run.replications));
    for (std::size_t r = 0; r < pending.runs.size(); ++r) {
      if (options_.known) pending.runs[r] = options_.known(points_[point], r);
      if (pending.runs[r]) continue;
      jobs_.push_back({point, r});
      ++pending.left;
    }
  }

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
    std::optional<RunResult> run = {};
    std::string error = {};
    double wall_seconds = 0;
  };

  Attempt attempt(const Job& job) const {
    const ExperimentParams& params = points_[job.point].params;
    const auto begin = Clock::now();
    try {
      RunResult run = run_once(params, params.run.seed + job.replication);
      return {.run = std::move(run), .wall_seconds = seconds_since(begin).count()};
    } catch (const std::logic_error& error) {
      return {.error = std::string("internal error: ") + error.what()};
    } catch (const std::exception& error) {
      return {.error = error.what()};
    }
  }

  void finish(const Job& job, Attempt attempt) {
    const std::lock_guard lock(mutex_);
    if (attempt.run && options_.ran)
      options_.ran({points_[job.point], job.replication, *attempt.run, attempt.wall_seconds});
    Pending& point = pending_[job.point];
    point.runs[job.replication] = std::move(attempt.run);
    if (point.error.empty()) point.error = std::move(attempt.error);
    --point.left;
    ++done_;
    if (options_.progress)
      options_.progress({.done = done_, .total = jobs_.size(), .elapsed = seconds_since(begin_)});
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
    PointResult result{.point = point, .runs = {}, .error = std::move(found.error)};
    if (!result.failed())
      for (auto& run : found.runs) result.runs.push_back(std::move(*run));
    found.runs.clear();
    if (options_.finished) options_.finished(result);
    if (options_.collect) results_.push_back(std::move(result));
  }

  const std::vector<Point>& points_;
  const RunnerOptions& options_;
  const Clock::time_point begin_ = Clock::now();
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
