// SPDX-License-Identifier: Apache-2.0
#include "experiments/saturation.h"

#include <algorithm>
#include <cmath>

#include "workloads/service_times.h"

namespace experiments {
namespace {

/// When the highest load that is kept up with and the lowest that is not are this close, done.
constexpr double kResolution = 1.003;
/// First steps away from where the overload run points; each next one doubles.
constexpr double kFirstStep = 0.02;
/// A system that keeps up with nothing, or with everything, ends the search.
constexpr int kMostProbes = 40;

class Search {
 public:
  Search(const std::function<Probe(double)>& probe, double overload) : probe_(probe) {
    const Probe found = try_rate(overload);
    if (keeps_up(found)) {
      kept_up(overload, found);
    } else {
      refused_ = overload;
      guess_ = found.completed;
    }
  }

  Saturation run() {
    find_lower_end();
    find_upper_end();
    while (kept_up_ > 0 && refused_ > kResolution * kept_up_ && result_.probes < kMostProbes)
      look_at(std::sqrt(kept_up_ * refused_));
    result_.refused_rate = refused_;
    return result_;
  }

 private:
  Probe try_rate(double rate) {
    ++result_.probes;
    return probe_(rate);
  }
  void kept_up(double rate, const Probe& found) {
    kept_up_ = rate;
    result_.rate = found.arrived;
  }
  bool look_at(double rate) {
    const Probe found = try_rate(rate);
    if (!keeps_up(found)) {
      refused_ = rate;
      return false;
    }
    kept_up(rate, found);
    return true;
  }

  /// Goes down from the guess until the system keeps up.
  void find_lower_end() {
    double step = kFirstStep;
    double rate = guess_ * (1 - step);
    while (kept_up_ == 0 && rate > 0 && result_.probes < kMostProbes && !look_at(rate)) {
      step = std::min(2 * step, 0.5);
      rate *= 1 - step;
    }
  }
  /// The overload run has been refused, but a closer bound saves halvings.
  void find_upper_end() {
    double rate = kept_up_ * (1 + 2 * kFirstStep);
    while (kept_up_ > 0 && (refused_ == 0 || rate < refused_) && result_.probes < kMostProbes &&
           look_at(rate))
      rate *= 1 + 4 * kFirstStep;
  }

  const std::function<Probe(double)>& probe_;
  Saturation result_;
  double guess_ = 0;
  double kept_up_ = 0;  // as offered
  double refused_ = 0;  // 0: none yet
};

double per_second(std::int64_t requests, sim::Duration length) {
  return static_cast<double>(requests) / sim::to_seconds(length);
}

}  // namespace

Saturation find_saturation(const std::function<Probe(double rate)>& probe, double overload) {
  return Search(probe, overload).run();
}

Saturation find_saturation(const ExperimentParams& experiment, std::uint64_t seed) {
  std::uint64_t events = 0;
  std::uint64_t hash = 0;
  workloads::RequestLoadParams load = experiment.workload;
  const auto probe = [&](double rate) -> Probe {
    load.arrivals.rate.per_second = rate;
    Server server(experiment.machine, experiment.system, load, seed);
    server.run_until(sim::Time{experiment.run.warm_up});
    const workloads::RequestStats before = server.stats().requests;
    server.run_until(sim::Time{experiment.run.warm_up + experiment.run.length});
    server.check_invariants();
    const workloads::RequestStats counted = server.stats().requests - before;
    events += server.simulation().events();
    hash = hash * 0x100000001b3 ^ server.simulation().hash();
    return {.arrived = per_second(counted.arrived, experiment.run.length),
            .completed = per_second(counted.completed, experiment.run.length)};
  };
  Saturation found = find_saturation(probe, overload(experiment));
  found.events = events;
  found.trace_hash = hash;
  return found;
}

double overload(const ExperimentParams& experiment) {
  const auto service = workloads::make_service_times(experiment.workload.service, 1);
  return 1.2 * experiment.system.workers / sim::to_seconds(service->mean());
}

}  // namespace experiments
