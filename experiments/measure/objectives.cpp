// SPDX-License-Identifier: Apache-2.0
#include "experiments/measure/objectives.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "experiments/measure/calls.h"

namespace experiments {
namespace {

/// Counted, because few samples forbid percentiles but not this.
std::int64_t longer_than(sim::Duration slo, const sim::Histogram& latency) {
  std::int64_t late = 0;
  for (const sim::Histogram::Bucket& bucket : latency.buckets())
    if (bucket.low > slo) late += bucket.count;
  return late;
}

double may_be_late(double all) {
  return (1 - kWithinSlo) * all;
}

/// As many as Poisson arrivals bring but for a chance of one in 10^15.
double at_most(double expected) {
  return expected + 8 * std::sqrt(expected) + 8;
}

}  // namespace

Objectives::Objectives(const ExperimentParams& experiment) : experiment_(experiment) {}

std::vector<Objectives::Kind> Objectives::kinds(Server& server, const WindowStats& counts) const {
  const sim::Time now = server.simulation().now();
  const auto kind = [&](const sim::Histogram& latency, sim::Duration slo, auto count) {
    return Kind{.answered_late = longer_than(slo, latency) + counts.failed,
                .answered = latency.count() + counts.failed,
                .waiting_late = count(server.waiting_since(now - slo)),
                .waiting = count(server.waiting_since(now))};
  };
  const auto all = [](const workloads::Census& census) { return census.all; };
  const auto short_ones = [](const workloads::Census& census) { return census.short_ones(); };
  const auto long_ones = [](const workloads::Census& census) { return census.long_ones; };

  const workloads::RequestStats& requests = counts.requests;
  const std::vector<ClassParams>& classes = experiment_.system.policy.classes;
  const sim::Duration first = classes.front().slo;
  if (requests.short_ones.arrived + requests.long_ones.arrived == 0)
    return {kind(requests.latency, first, all)};
  const sim::Duration second = classes[classes.size() > 1 ? 1 : 0].slo;
  return {kind(requests.short_ones.latency, first, short_ones),
          kind(requests.long_ones.latency, second, long_ones)};
}

double Objectives::lateness(Server& server, const WindowStats& counts) const {
  const std::vector<Kind> all_kinds = kinds(server, counts);
  std::int64_t all_answered = 0;
  for (const Kind& kind : all_kinds) all_answered += kind.answered;
  if (static_cast<double>(all_answered) * (1 - kWithinSlo) < 1)
    return std::numeric_limits<double>::infinity();
  double most = 0;
  for (const Kind& kind : all_kinds) {
    if (kind.late() == 0) continue;
    const auto all = static_cast<double>(kind.answered + kind.waiting_late);
    most = std::max(most, static_cast<double>(kind.late()) / may_be_late(all));
  }
  return most;
}

bool Objectives::missed_already(Server& server, const WindowStats& counts,
                                sim::Duration left) const {
  const double to_come = most_to_come(left);
  return std::ranges::any_of(kinds(server, counts), [&](const Kind& kind) {
    const double all = static_cast<double>(kind.answered + kind.waiting) + to_come;
    return static_cast<double>(kind.late()) > may_be_late(all);
  });
}

double Objectives::most_to_come(sim::Duration left) const {
  const workloads::ArrivalParams& arrivals = experiment_.workload.arrivals;
  const bool bounded = arrivals.kind == workloads::ArrivalKind::kPoisson ||
                       arrivals.kind == workloads::ArrivalKind::kDeterministic;
  const bool open = !experiment_.rpc || experiment_.rpc->clients.loop == workloads::LoopKind::kOpen;
  if (!bounded || !open) return std::numeric_limits<double>::infinity();
  return calls_per_request(experiment_) * at_most(arrivals.rate.per_second * sim::to_seconds(left));
}

}  // namespace experiments
