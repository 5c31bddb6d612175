// SPDX-License-Identifier: Apache-2.0
#include "experiments/points/schedule.h"

#include <algorithm>
#include <cmath>
#include <exception>
#include <stdexcept>

#include "experiments/policy/loaded_policy.h"
#include "sim/config_error.h"
#include "sim/wording.h"

namespace experiments {
namespace {

using Clock = std::chrono::steady_clock;

std::chrono::duration<double> since(Clock::time_point begin) {
  return Clock::now() - begin;
}

std::vector<std::string> names_of(const RunResult& run) {
  std::vector<std::string> names;
  for (const auto& [name, value] : run.values) names.push_back(name);
  return names;
}

/// A percentile that lacks samples is missing from some runs; a name that none of them has is
/// wrong.
void require_value(const std::string& wanted, const PointResult& result) {
  for (const RunResult& run : result.runs)
    if (std::ranges::find(run.values, wanted, [](const auto& value) { return value.first; }) !=
        run.values.end())
      return;
  throw sim::ConfigError("run.precision.value", "no run has a value " + sim::in_quotes(wanted),
                         sim::suggestion(wanted, names_of(result.runs.front())));
}

}  // namespace

Attempt run_replication(const ExperimentParams& params, std::size_t replication, bool record,
                        const SharedInputs& inputs) {
  const auto begin = Clock::now();
  Attempt outcome;
  try {
    outcome.run = run_once(params, params.run.seed + replication, inputs);
    outcome.wall_seconds = since(begin).count();
    if (record) outcome.record = record_of(*outcome.run, outcome.wall_seconds);
  } catch (const Stopped&) {
    outcome.stopped = true;
  } catch (const PolicyFault& error) {
    outcome.error = error.what();
    outcome.of_policy = true;
  } catch (const std::logic_error& error) {
    outcome.error = std::string("internal error: ") + error.what();
  } catch (const std::exception& error) {
    outcome.error = error.what();
  }
  return outcome;
}

Schedule::Schedule(const std::vector<Point>& points, const RunnerOptions& options)
    : points_(points), options_(options), pending_(points.size()) {
  for (std::size_t i = 0; i < points.size(); ++i) {
    plan(i, static_cast<std::size_t>(points[i].params.run.replications));
    if (pending_[i].left == 0) complete_round(i);
  }
  hand_out(false);
}

/// Adds what is not known of the point's first replications. Rounds after the first come before
/// other points, which lets points leave in order.
void Schedule::plan(std::size_t point, std::size_t replications) {
  Pending& pending = pending_[point];
  const std::size_t before = pending.runs.size();
  std::deque<Job> jobs;
  for (std::size_t r = before; r < replications; ++r) {
    auto known = options_.known ? options_.known(points_[point], r) : std::nullopt;
    if (!known) {
      jobs.push_back({point, r});
      pending.runs.emplace_back();
      continue;
    }
    pending.seconds += known->wall_seconds;
    pending.runs.emplace_back(std::move(known->run));
  }
  pending.left += jobs.size();
  total_ += jobs.size();
  jobs_.insert(before == 0 ? jobs_.end() : jobs_.begin(), jobs.begin(), jobs.end());
}

std::optional<Schedule::Job> Schedule::take() {
  if (stopped() || jobs_.empty()) return std::nullopt;
  const Job job = jobs_.front();
  jobs_.pop_front();
  ++under_way_;
  return job;
}

void Schedule::give_back(const Job& job) {
  jobs_.push_front(job);
  --under_way_;
}

void Schedule::finish(const Job& job, Attempt outcome) {
  if (outcome.stopped) return give_back(job);
  --under_way_;
  if (outcome.record && options_.ran)
    options_.ran({points_[job.point], job.replication, *outcome.record});
  Pending& point = pending_[job.point];
  point.runs[job.replication] = std::move(outcome.run);
  point.seconds += outcome.wall_seconds;
  if (point.error.empty() && !outcome.error.empty()) {
    point.error = std::move(outcome.error);
    point.of_policy = outcome.of_policy;
  }
  --point.left;
  ++done_;
  if (point.left == 0) complete_round(job.point);
  if (options_.progress)
    options_.progress({.done = done_, .total = total_, .elapsed = since(begin_)});
  hand_out(false);
}

/// Further rounds follow until the point is precise, has spent its replications or its time, or
/// fails.
void Schedule::complete_round(std::size_t point) {
  if (!points_[point].precision) return;
  Pending& pending = pending_[point];
  while (pending.left == 0 && pending.error.empty()) {
    if ((pending.ended_by = ending(point))) return;
    const std::size_t n = pending.runs.size();
    const std::size_t next =
        std::min(static_cast<std::size_t>(points_[point].precision->most), n + (n + 1) / 2);
    const std::size_t possible = affordable(point);
    pending.is_cut = possible < next;
    plan(point, std::min(next, possible));
  }
}

std::optional<Ending> Schedule::ending(std::size_t point) {
  const Pending& pending = pending_[point];
  if (is_precise(point)) return Ending::kPrecision;
  if (pending.runs.size() >= static_cast<std::size_t>(points_[point].precision->most))
    return Ending::kReplications;
  if (pending.is_cut || affordable(point) <= pending.runs.size()) return Ending::kTime;
  return std::nullopt;
}

std::size_t Schedule::affordable(std::size_t point) const {
  const PrecisionParams& wanted = *points_[point].precision;
  const auto most = static_cast<std::size_t>(wanted.most);
  const Pending& pending = pending_[point];
  const double share = sim::to_seconds(wanted.most_time) / pending.seconds;
  const double runs = share * static_cast<double>(pending.runs.size());
  const bool any = wanted.most_time == sim::Duration{} || pending.seconds == 0;
  return any || runs >= static_cast<double>(most) ? most : static_cast<std::size_t>(runs);
}

bool Schedule::is_precise(std::size_t point) try {
  const PrecisionParams& wanted = *points_[point].precision;
  PointResult result{.point = {}, .runs = {}, .error = {}};
  for (const auto& run : pending_[point].runs) {
    RunResult& values = result.runs.emplace_back();
    values.values = run->values;
  }
  require_value(wanted.value, result);
  const sim::Replications values = result.value(wanted.value);
  if (values.count() < result.runs.size()) return false;
  const sim::Estimate estimate = values.estimate();
  return estimate.half_width <= wanted.half_width * std::abs(estimate.mean);
} catch (const sim::ConfigError& error) {
  pending_[point].error = error.what();
  return true;
}

void Schedule::hand_out(bool all) {
  for (; handed_out_ < pending_.size(); ++handed_out_) {
    const bool complete = pending_[handed_out_].left == 0;
    if (!complete && !all) return;
    if (complete) hand_out(points_[handed_out_], pending_[handed_out_]);
  }
}

void Schedule::hand_out(const Point& point, Pending& found) {
  PointResult result{.point = point,
                     .runs = {},
                     .error = std::move(found.error),
                     .of_policy = found.of_policy,
                     .ended_by = found.ended_by};
  if (!result.failed())
    for (auto& run : found.runs) result.runs.push_back(std::move(*run));
  found.runs.clear();
  if (options_.finished) options_.finished(result);
  if (options_.collect) results_.push_back(std::move(result));
}

std::vector<PointResult> Schedule::end() {
  hand_out(true);
  return std::move(results_);
}

}  // namespace experiments
