// SPDX-License-Identifier: Apache-2.0
#include "experiments/measure/server_search.h"

#include <algorithm>
#include <functional>

#include "experiments/measure/arriving_work.h"
#include "experiments/measure/calls.h"
#include "experiments/measure/objective_search.h"
#include "experiments/measure/objectives.h"
#include "experiments/measure/warm_server.h"
#include "workloads/service_times.h"

namespace experiments {
namespace {

/// How many times as long the host's cores take for something as the reference core.
double slowness(const core::CoreParams& host) {
  return static_cast<double>(core::kReferenceClock.hertz()) /
         static_cast<double>(host.clock.hertz()) / host.relative_ipc;
}

/// In seconds, on the reference core.
double mean_service(const ExperimentParams& experiment, std::uint64_t seed,
                    const SharedInputs& inputs) {
  return sim::to_seconds(
      workloads::make_service_times(experiment.workload.service, seed, inputs.captures)->mean());
}

/// About what the workers' time leaves for requests; where it is not, a search takes a probe more.
constexpr double kServing = 0.81;

/// Times what the workers could serve: more than every system can do.
constexpr double kTooMuch = 1.2;

/// What the workers could serve, in requests a second, if they did nothing else, of requests that
/// take `mean` seconds on the reference core.
double workers_bound(const ExperimentParams& experiment, double mean) {
  return experiment.system.workers / (mean * slowness(experiment.machine.host.core));
}

/// At the end of a window each worker has something that is half done: in a shorter one than this
/// that would be about all that may be left over, or more.
sim::Duration shortest_window(double mean) {
  return sim::from_seconds(mean / kLeftOver);
}

/// A server under one load, and what it counts once it is warm.
class Window {
 public:
  Window(const ExperimentParams& experiment, std::uint64_t seed, const SharedInputs& inputs)
      : warm_(experiment, seed, {}, inputs) {}

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

/// Runs a server under one load after the other. Rates are of what the server is asked for: calls,
/// of which a user request may make several.
class ServerProbe {
 public:
  ServerProbe(const ExperimentParams& experiment, std::uint64_t seed, const SharedInputs& inputs)
      : experiment_(experiment),
        seed_(seed),
        mean_(mean_service(experiment, seed, inputs)),
        calls_(calls_per_request(experiment)),
        inputs_(inputs) {}

  Probe run(double rate) { return run_for(rate, experiment_.run.length); }
  Probe run_for(double rate, sim::Duration length) {
    offer(rate);
    Window window(experiment_, seed_, inputs_);
    window.run_until(length);
    return done(window);
  }

  /// The same, but asks for SLOs, and ends as soon as it is plain that they are missed.
  SloProbe run_to_verdict(double rate) {
    constexpr int kSlices = 20;
    offer(rate);
    Window window(experiment_, seed_, inputs_);
    const Objectives objectives(experiment_);
    bool missed = false;
    for (int slice = 1; slice < kSlices && !missed; ++slice) {
      const sim::Duration elapsed = experiment_.run.length / kSlices * slice;
      window.run_until(elapsed);
      missed = objectives.missed_already(window.server(), window.counts(),
                                         experiment_.run.length - elapsed);
    }
    if (!missed) window.run_until(experiment_.run.length);
    return {.arrived = done(window).arrived,
            .late = objectives.lateness(window.server(), window.counts())};
  }

  /// From here on the RPC stack has so many cores.
  void use_cores(int cores) { experiment_.rpc->cores = cores; }

  /// In a window of so much.
  Saturation capacity(sim::Duration length, double near) {
    ExperimentParams counted = experiment_;
    counted.run.length = length;
    ArrivingWork work(counted, seed_, inputs_);
    const double first = kOffered * kServing * workers_bound(experiment_, mean_);
    return find_capacity([&](double offered) { return run_for(enough(offered, work), length); },
                         first, near);
  }
  /// What it does under overload, in a short window, says where to look.
  Saturation saturation() {
    constexpr int kShorter = 5;
    constexpr double kMore = 1.02;
    experiment_.run.length = std::max(experiment_.run.length, shortest_window(mean_));
    const double most = kTooMuch * workers_bound(experiment_, mean_);
    const double roughly = run_for(most, experiment_.run.length / kShorter).completed;
    Saturation found = experiments::find_saturation([this](double rate) { return run(rate); },
                                                    roughly > 0 ? kMore * roughly : most);
    ++found.probes;
    return found;
  }

  /// As it is told: offered are user requests.
  Saturation with_counts(Saturation found) const {
    found.offered /= calls_;
    found.events = events_;
    found.trace_hash = hash_;
    return found;
  }

 private:
  void offer(double rate) { experiment_.workload.arrivals.rate.per_second = rate / calls_; }
  /// A load of so much, or a few percent more where so little of it comes that a system which does
  /// less by a tenth would run out of work.
  double enough(double offered, ArrivingWork& work) const {
    constexpr double kStep = 1.03;
    constexpr double kMost = 1.5;
    double rate = offered;
    while (rate < kMost * offered && !work.is_enough(rate / calls_, offered / kOffered))
      rate *= kStep;
    return rate;
  }
  Probe done(Window& window) {
    Server& server = window.server();
    server.check_invariants();
    events_ += server.simulation().events();
    hash_ = hash_ * 0x100000001b3 ^ server.simulation().hash();
    const double user = mean_ * slowness(experiment_.machine.host.core);  // for a mean request
    return {.arrived = sim::to_seconds(window.counted().requests.work) / mean_ / window.seconds(),
            .completed = sim::to_seconds(window.counted().cpus.user) / user / window.seconds()};
  }

  ExperimentParams experiment_;
  const std::uint64_t seed_;
  const double mean_;
  const double calls_;
  const SharedInputs& inputs_;
  std::uint64_t events_ = 0;
  std::uint64_t hash_ = 0;
};

}  // namespace

Saturation find_objective(const ExperimentParams& experiment, std::uint64_t seed,
                          const SharedInputs& inputs) {
  constexpr double kTwoPercent = 0.02;
  constexpr int kShorter = 4;
  constexpr double kRoughly = 0.03;
  ServerProbe server(experiment, seed, inputs);
  const Saturation capacity = server.capacity(experiment.run.length / kShorter, kRoughly);
  if (capacity.rate == 0) return server.with_counts(capacity);
  ArrivingWork work(experiment, seed, inputs);
  const double calls = calls_per_request(experiment);
  Saturation found =
      search_objective({.probe = [&](double rate) { return server.run_to_verdict(rate); },
                        .arriving = [&](double rate) { return work.at(rate / calls); }},
                       capacity.rate, kTwoPercent);
  found.probes += capacity.probes;
  return server.with_counts(found);
}

Saturation find_saturation(const ExperimentParams& experiment, std::uint64_t seed,
                           const SharedInputs& inputs) {
  ServerProbe server(experiment, seed, inputs);
  return server.with_counts(server.saturation());
}

Saturation find_capacity(const ExperimentParams& experiment, std::uint64_t seed,
                         const SharedInputs& inputs) {
  ServerProbe server(experiment, seed, inputs);
  return server.with_counts(server.capacity(experiment.run.length, kNearlyOffered));
}

StackCores find_stack_cores(const ExperimentParams& experiment, std::uint64_t seed,
                            const SharedInputs& inputs) {
  ServerProbe server(experiment, seed, inputs);
  const Saturation with_all = server.saturation();
  const double nearly_all = (1 - kSpared) * with_all.offered;
  const int cores = fewest(experiment.rpc->cores, [&](int some) {
    server.use_cores(some);
    return part_kept_up(server.run(nearly_all));
  });
  return {.cores = cores, .saturation = server.with_counts(with_all)};
}

double overload(const ExperimentParams& experiment) {
  return kTooMuch * workers_bound(experiment, mean_service(experiment, 1, {})) /
         calls_per_request(experiment);
}

}  // namespace experiments
