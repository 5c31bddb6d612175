// SPDX-License-Identifier: Apache-2.0
#include "experiments/points/runner.h"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>

#include "experiments/points/schedule.h"
#include "experiments/system/shared_inputs.h"

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

/// Threads that take from a schedule until it is over.
class Runner {
 public:
  Runner(const std::vector<Point>& points, const RunnerOptions& options)
      : points_(points),
        options_(options),
        inputs_{.stop = options.stop},
        schedule_(points, options) {}

  std::vector<PointResult> run() {
    std::vector<std::thread> helpers;
    for (int i = 1; i < options_.jobs; ++i) helpers.emplace_back([this] { work(); });
    work();
    for (std::thread& helper : helpers) helper.join();
    if (thrown_) std::rethrow_exception(thrown_);
    return schedule_.end();
  }

 private:
  using Job = Schedule::Job;

  void work() {
    while (const std::optional<Job> job = take()) {
      const ExperimentParams& params = points_[job->point].params;
      finish(*job, run_replication(params, job->replication, options_.ran != nullptr, inputs_));
    }
  }

  /// Waits while another thread's replication may be followed by more.
  std::optional<Job> take() {
    std::unique_lock lock(mutex_);
    for (;;) {
      if (thrown_ || schedule_.over()) return std::nullopt;
      if (std::optional<Job> job = schedule_.take()) return job;
      changed_.wait(lock);
    }
  }

  void finish(const Job& job, Attempt outcome) {
    const std::lock_guard lock(mutex_);
    try {
      schedule_.finish(job, std::move(outcome));
    } catch (...) {  // of a callback
      thrown_ = std::current_exception();
    }
    changed_.notify_all();
  }

  const std::vector<Point>& points_;
  const RunnerOptions& options_;
  const SharedInputs inputs_;

  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  Schedule schedule_;
  std::exception_ptr thrown_;
};

}  // namespace

std::vector<PointResult> run_points(const std::vector<Point>& points,
                                    const RunnerOptions& options) {
  return Runner(points, options).run();
}

}  // namespace experiments
