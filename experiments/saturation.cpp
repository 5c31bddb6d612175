// SPDX-License-Identifier: Apache-2.0
#include "experiments/saturation.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "workloads/service_times.h"

namespace experiments {
namespace {

/// When the highest load that is kept up with and the lowest that is not are this close, done.
constexpr double kResolution = 1.003;
/// First steps away from where the overload run points; each next one doubles.
constexpr double kFirstStep = 0.02;
/// A system that keeps up with nothing, or with everything, ends the search; nothing is less than
/// this part of what is too much.
constexpr double kNothing = 1e-5;
constexpr int kMostProbes = 40;

class Search {
 public:
  Search(const std::function<Probe(double)>& probe, double overload)
      : probe_(probe), least_(kNothing * overload) {
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
    while (kept_up_ == 0 && rate > least_ && result_.probes < kMostProbes && !look_at(rate)) {
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
  const double least_;
  Saturation result_;
  double guess_ = 0;
  double kept_up_ = 0;  // as offered
  double refused_ = 0;  // 0: none yet
};

/// How many times as long the host's cores take for something as the reference core.
double slowness(const core::CoreParams& host) {
  return static_cast<double>(core::kReferenceClock.hertz()) /
         static_cast<double>(host.clock.hertz()) / host.relative_ipc;
}

}  // namespace

Saturation find_saturation(const std::function<Probe(double rate)>& probe, double overload) {
  return Search(probe, overload).run();
}

Saturation find_capacity(const std::function<Probe(double rate)>& probe, double overload) {
  constexpr double kSame = 1.005;
  constexpr int kMost = 10;
  Saturation result;
  double last = 0;
  for (double offered = overload; result.probes < kMost; offered = kOffered * result.rate) {
    last = std::exchange(result.rate, probe(offered).completed);
    ++result.probes;
    result.refused_rate = offered;
    if (result.rate <= kSame * last && last <= kSame * result.rate) break;
  }
  return result;
}

namespace {

/// Of the requests of one kind: answered after more than the SLO, or not answered and as old.
/// Counted, because few samples forbid percentiles but not this.
bool meets_slo(const sim::Histogram& latency, sim::Duration slo, std::int64_t late_already) {
  std::int64_t late = late_already;
  for (const sim::Histogram::Bucket& bucket : latency.buckets())
    if (bucket.low > slo) late += bucket.count;
  return static_cast<double>(late) <=
         (1 - kWithinSlo) * static_cast<double>(latency.count() + late_already);
}

/// Calls of whose answers nothing will come: late for whichever kind they are.
std::int64_t failed(const Server& server) {
  const workloads::RpcClientStats* clients = server.clients();
  return clients != nullptr ? clients->refused + clients->lost : 0;
}

/// Of requests that are all of one kind, or of the two kinds of a mix, whose second class is the
/// last one if there is only one SLO.
bool meets(const std::vector<ClassParams>& slos, Server& server,
           const workloads::RequestStats& requests, std::int64_t failed) {
  const auto old = [&](sim::Duration slo) {
    return server.waiting_since(server.simulation().now() - slo);
  };
  if (requests.completed == 0) return false;
  const sim::Duration first = slos.front().slo;
  if (requests.short_ones.arrived + requests.long_ones.arrived == 0)
    return meets_slo(requests.latency, first, old(first).all + failed);
  const sim::Duration second = slos[slos.size() > 1 ? 1 : 0].slo;
  return meets_slo(requests.short_ones.latency, first, old(first).short_ones() + failed) &&
         meets_slo(requests.long_ones.latency, second, old(second).long_ones + failed);
}

/// Runs a server under one load after the other.
class ServerProbe {
 public:
  using Slos = std::vector<ClassParams>;

  ServerProbe(const ExperimentParams& experiment, std::uint64_t seed,
              std::optional<Slos> slos = std::nullopt)
      : experiment_(experiment),
        seed_(seed),
        slos_(std::move(slos)),
        window_(sim::to_seconds(experiment.run.length)),
        mean_(sim::to_seconds(
            workloads::make_service_times(experiment.workload.service, seed)->mean())) {}

  Probe run(double rate) {
    experiment_.workload.arrivals.rate.per_second = rate;
    Server server(experiment_.machine, experiment_.system, experiment_.workload, seed_, {},
                  experiment_.rpc, &surveys_);
    server.run_until(sim::Time{experiment_.run.warm_up});
    const ServerStats before = server.stats();
    const std::int64_t failed_before = failed(server);
    server.run_until(sim::Time{experiment_.run.warm_up + experiment_.run.length});
    server.check_invariants();
    const ServerStats counted = server.stats() - before;
    events_ += server.simulation().events();
    hash_ = hash_ * 0x100000001b3 ^ server.simulation().hash();
    const double user = mean_ * slowness(experiment_.machine.host.core);  // for a mean request
    return {.arrived = sim::to_seconds(counted.requests.work) / mean_ / window_,
            .completed = sim::to_seconds(counted.cpus.user) / user / window_,
            .in_time = slos_ ? std::optional(meets(*slos_, server, counted.requests,
                                                   failed(server) - failed_before))
                             : std::nullopt};
  }

  Saturation saturation() {
    return find_saturation([this](double rate) { return run(rate); }, overload(experiment_));
  }

  /// From here on the RPC stack has so many cores.
  void use_cores(int cores) { experiment_.rpc->cores = cores; }

  Saturation with_counts(Saturation found) const {
    found.events = events_;
    found.trace_hash = hash_;
    return found;
  }

 private:
  ExperimentParams experiment_;
  const std::uint64_t seed_;
  const std::optional<Slos> slos_;
  const double window_;
  const double mean_;
  fabric::Surveys surveys_;
  std::uint64_t events_ = 0;
  std::uint64_t hash_ = 0;
};

}  // namespace

Saturation find_objective(const ExperimentParams& experiment, std::uint64_t seed) {
  ServerProbe server(experiment, seed, experiment.system.policy.classes);
  return server.with_counts(server.saturation());
}

Saturation find_saturation(const ExperimentParams& experiment, std::uint64_t seed) {
  ServerProbe server(experiment, seed);
  return server.with_counts(server.saturation());
}

Saturation find_capacity(const ExperimentParams& experiment, std::uint64_t seed) {
  ServerProbe server(experiment, seed);
  return server.with_counts(
      find_capacity([&](double rate) { return server.run(rate); }, overload(experiment)));
}

StackCores find_stack_cores(const ExperimentParams& experiment, std::uint64_t seed) {
  ServerProbe server(experiment, seed);
  const auto saturation = [&](int cores) {
    server.use_cores(cores);
    return server.saturation().rate;
  };
  StackCores found{.cores = experiment.rpc->cores};
  const double with_all = saturation(found.cores);
  for (int too_few = 0; found.cores - too_few > 1;) {
    const int half = (too_few + found.cores) / 2;
    if (saturation(half) >= (1 - kSpared) * with_all)
      found.cores = half;
    else
      too_few = half;
  }
  found.saturation = server.with_counts({.rate = with_all});
  return found;
}

double overload(const ExperimentParams& experiment) {
  const auto service = workloads::make_service_times(experiment.workload.service, 1);
  return 1.2 * experiment.system.workers / sim::to_seconds(service->mean());
}

}  // namespace experiments
