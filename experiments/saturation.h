// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "experiments/experiment.h"

namespace experiments {

/// What a system did under one offered load, counted over a window that a warm-up precedes.
///
/// A request counts as much as it needs, in units of the mean: among 0.5 % of range queries that
/// make up five sixths of the work, a plain count would say little, and be mostly chance. One that
/// is half done counts half.
struct Probe {
  double arrived = 0;    // requests a second, as they came: not as the distribution wants
  double completed = 0;  // requests a second
  /// When that is asked for: whether requests were answered within their SLOs.
  std::optional<bool> in_time = std::nullopt;
};

/// A share of the arrivals that may be left over at the end of a window: less is lost in the
/// fluctuation of a queue that is about to fill. It lifts what is found by as much, for every
/// system alike.
constexpr double kLeftOver = 0.005;

/// The system keeps up with a load if, over the window, it does all but `kLeftOver` of what
/// arrives; if SLOs are asked for, by meeting them.
constexpr bool keeps_up(const Probe& probe) {
  return probe.in_time.value_or(probe.completed >= (1 - kLeftOver) * probe.arrived);
}

struct Saturation {
  double rate = 0;          // requests a second
  double refused_rate = 0;  // the lowest load tried that the system did not keep up with
  int probes = 0;
  std::uint64_t events = 0;  // of all probes
  std::uint64_t trace_hash = 0;
};

/// The saturation throughput: what arrives, in requests a second, under the highest offered load
/// that the system keeps up with, to 0.3 %.
///
/// A run at `overload`, which should be far more than the system can do, says roughly where to
/// look; a bracket around it is then halved. It supposes that a system which keeps up with a load
/// keeps up with every lower one.
Saturation find_saturation(const std::function<Probe(double rate)>& probe, double overload);

/// The same for a simulated server. Every probe draws from the same streams, so the k-th request
/// of each asks for the same work and comes at the same time in units of the mean gap; this is also
/// so for two systems with the same seed. Arrivals are counted, not taken from the offered rate:
/// what chance does to them in a window would otherwise be most of the error. The rate in
/// `experiment` is not used.
Saturation find_saturation(const ExperimentParams& experiment, std::uint64_t seed);

/// The share of a class's requests that are to be answered within its SLO.
constexpr double kWithinSlo = 0.99;

/// The highest load at which `kWithinSlo` of each class's requests are answered within the SLO that
/// `system.policy.classes` gives it: class 0's of requests that are all of one kind, and in mixes
/// class 0's of the short and class 1's of the long ones. A request that is late already is late
/// although it has not been answered; so the window should be several SLOs long.
Saturation find_objective(const ExperimentParams& experiment, std::uint64_t seed);

/// How much more than it can do a system is offered to see what it can do.
constexpr double kOffered = 1.1;

/// The saturation throughput of a system under requests that differ so much that what comes in a
/// window is mostly chance: where a few hundred range queries are most of the work, the highest
/// load that is kept up with says more of when they came than of the system. What its CPUs do while
/// there is always something to do hardly depends on that. So this is the load that the system does
/// when it is offered a tenth more, found by offering a tenth more than it did before until that
/// changes nothing: with too much more, the mix of what is done would be another than that of what
/// comes.
Saturation find_capacity(const std::function<Probe(double rate)>& probe, double overload);
Saturation find_capacity(const ExperimentParams& experiment, std::uint64_t seed);

/// Of what a system does, the part that fewer cores for its RPC stack may cost.
constexpr double kSpared = 0.01;

/// The fewest cores for the RPC stack, at most those that the experiment gives it, with which the
/// system keeps up with as much as with these, within `kSpared`; and how much that is.
struct StackCores {
  int cores = 0;
  Saturation saturation = {};
};
StackCores find_stack_cores(const ExperimentParams& experiment, std::uint64_t seed);

/// A load that is too much for every system: more than the workers could serve if they did nothing
/// else.
double overload(const ExperimentParams& experiment);

}  // namespace experiments
