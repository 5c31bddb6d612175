// SPDX-License-Identifier: Apache-2.0
#include "experiments/server_search.h"

#include <functional>

#include "experiments/objectives.h"
#include "experiments/warm_server.h"
#include "workloads/service_times.h"

namespace experiments {
namespace {

/// How many times as long the host's cores take for something as the reference core.
double slowness(const core::CoreParams& host) {
  return static_cast<double>(core::kReferenceClock.hertz()) /
         static_cast<double>(host.clock.hertz()) / host.relative_ipc;
}

/// In seconds, on the reference core.
double mean_service(const ExperimentParams& experiment, std::uint64_t seed) {
  return sim::to_seconds(workloads::make_service_times(experiment.workload.service, seed)->mean());
}

/// A server under one load, and what it counts once it is warm.
class Window {
 public:
  Window(const ExperimentParams& experiment, std::uint64_t seed, fabric::Surveys& surveys)
      : warm_(experiment, seed, {}, &surveys) {}

  Server& server() { return warm_.server(); }
  /// Runs until so much of the window has passed.
  void run_until(sim::Duration elapsed) {
    server().run_until(warm_.begin() + elapsed);
    counted_ = warm_.counted();
  }
  const ServerStats& counted() const { return counted_; }
  WindowStats counts() const { return {.requests = counted_.requests, .failed = warm_.failed()}; }
  double seconds() { return sim::to_seconds(server().simulation().now() - warm_.begin()); }

 private:
  WarmServer warm_;
  ServerStats counted_;
};

/// Runs a server under one load after the other.
class ServerProbe {
 public:
  ServerProbe(const ExperimentParams& experiment, std::uint64_t seed)
      : experiment_(experiment), seed_(seed), mean_(mean_service(experiment, seed)) {}

  Probe run(double rate) { return run_for(rate, experiment_.run.length); }
  Probe run_for(double rate, sim::Duration length) {
    experiment_.workload.arrivals.rate.per_second = rate;
    Window window(experiment_, seed_, surveys_);
    window.run_until(length);
    return done(window);
  }

  /// The same, but asks for SLOs, and ends as soon as it is plain that they are missed.
  Probe run_to_verdict(double rate) {
    constexpr int kSlices = 20;
    experiment_.workload.arrivals.rate.per_second = rate;
    Window window(experiment_, seed_, surveys_);
    const Objectives objectives(experiment_);
    for (int slice = 1; slice < kSlices; ++slice) {
      const sim::Duration elapsed = experiment_.run.length / kSlices * slice;
      window.run_until(elapsed);
      if (objectives.missed_already(window.server(), window.counts(),
                                    experiment_.run.length - elapsed))
        return judged(done(window), false);
    }
    window.run_until(experiment_.run.length);
    return judged(done(window), objectives.met(window.server(), window.counts()));
  }

  /// From here on the RPC stack has so many cores.
  void use_cores(int cores) { experiment_.rpc->cores = cores; }

  Saturation capacity() {
    return find_capacity([this](double rate) { return run(rate); }, overload(experiment_));
  }
  /// To a few percent, in a window of so much.
  Saturation rough_capacity(sim::Duration length) {
    constexpr double kAboutTheSame = 0.03;
    return find_capacity([&](double rate) { return run_for(rate, length); }, overload(experiment_),
                         kAboutTheSame);
  }
  Saturation saturation() {
    return find_saturation([this](double rate) { return run(rate); }, overload(experiment_));
  }

  Saturation with_counts(Saturation found) const {
    found.events = events_;
    found.trace_hash = hash_;
    return found;
  }

 private:
  Probe done(Window& window) {
    Server& server = window.server();
    server.check_invariants();
    events_ += server.simulation().events();
    hash_ = hash_ * 0x100000001b3 ^ server.simulation().hash();
    const double user = mean_ * slowness(experiment_.machine.host.core);  // for a mean request
    return {.arrived = sim::to_seconds(window.counted().requests.work) / mean_ / window.seconds(),
            .completed = sim::to_seconds(window.counted().cpus.user) / user / window.seconds()};
  }
  static Probe judged(Probe probe, bool in_time) {
    probe.in_time = in_time;
    return probe;
  }

  ExperimentParams experiment_;
  const std::uint64_t seed_;
  const double mean_;
  fabric::Surveys surveys_;
  std::uint64_t events_ = 0;
  std::uint64_t hash_ = 0;
};

/// Asks a server for its SLOs, and for no more than it can do: with more work than that it may keep
/// within them as long as a window lasts, and no longer.
class SloProbe {
 public:
  SloProbe(ServerProbe& server, double capacity) : server_(server), capacity_(capacity) {}

  Probe operator()(double rate) {
    constexpr double kUnsure = 0.01;  // another rate's window ends at another request
    if (rate * arriving_ > (1 + kUnsure) * capacity_) return too_much(rate * arriving_);
    const Probe found = server_.run_to_verdict(rate);
    if (!*found.in_time) return found;
    arriving_ = found.arrived / rate;
    return found.arrived > capacity_ ? too_much(found.arrived) : found;
  }

 private:
  Probe too_much(double arrived) const { return {.arrived = arrived, .completed = capacity_}; }

  ServerProbe& server_;
  const double capacity_;
  double arriving_ = 1;  // of what is offered: in a window, by chance
};

}  // namespace

Saturation find_objective(const ExperimentParams& experiment, std::uint64_t seed) {
  constexpr double kTwoPercent = 0.02;
  constexpr int kShorter = 4;
  ServerProbe server(experiment, seed);
  const Saturation capacity = server.rough_capacity(experiment.run.length / kShorter);
  if (capacity.rate == 0) return server.with_counts(capacity);
  SloProbe probe(server, capacity.rate);
  Saturation found = find_saturation(std::ref(probe), capacity.rate, kTwoPercent);
  found.probes += capacity.probes;
  return server.with_counts(found);
}

Saturation find_saturation(const ExperimentParams& experiment, std::uint64_t seed) {
  ServerProbe server(experiment, seed);
  return server.with_counts(server.saturation());
}

Saturation find_capacity(const ExperimentParams& experiment, std::uint64_t seed) {
  ServerProbe server(experiment, seed);
  return server.with_counts(server.capacity());
}

StackCores find_stack_cores(const ExperimentParams& experiment, std::uint64_t seed) {
  ServerProbe server(experiment, seed);
  const Saturation with_all = server.saturation();
  const double nearly_all = (1 - kSpared) * with_all.offered;
  const int cores = fewest(experiment.rpc->cores, [&](int some) {
    server.use_cores(some);
    return keeps_up(server.run(nearly_all));
  });
  return {.cores = cores, .saturation = server.with_counts(with_all)};
}

double overload(const ExperimentParams& experiment) {
  return 1.2 * experiment.system.workers / mean_service(experiment, 1);
}

}  // namespace experiments
