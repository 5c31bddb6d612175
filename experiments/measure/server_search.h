// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "experiments/measure/experiment.h"
#include "experiments/measure/saturation.h"

namespace experiments {

/// find_saturation for a simulated server. Every probe draws from the same streams, so the k-th
/// request of each asks for the same work and comes at the same time in units of the mean gap; this
/// is also so for two systems with the same seed. Arrivals are counted, not taken from the offered
/// rate: what chance does to them in a window would otherwise be most of the error. The rate in
/// `experiment` is not used. A window that is shorter than 200 mean requests is made that long.
Saturation find_saturation(const ExperimentParams& experiment, std::uint64_t seed,
                           const SharedInputs& inputs = {});

/// The highest load at which requests are answered within their SLOs
/// (experiments/measure/objectives.h), to 2 %: from window to window chance moves it by several.
/// Loads of which more arrives than the capacity are none of them, whatever a window shows: if an
/// SLO is not small beside it, the window is over before requests wait that long. What the capacity
/// is shows in a quarter of the window, as chance hardly moves it; what arrives is known without a
/// simulation. Probes that miss SLOs end when that is plain.
Saturation find_objective(const ExperimentParams& experiment, std::uint64_t seed,
                          const SharedInputs& inputs = {});

/// find_capacity for a simulated server. It is offered more where so little of a tenth more comes,
/// by chance, that it would run out of work.
Saturation find_capacity(const ExperimentParams& experiment, std::uint64_t seed,
                         const SharedInputs& inputs = {});

/// Of what a system does, the part that fewer cores for its RPC stack may cost.
constexpr double kSpared = 0.01;

/// The fewest cores for the RPC stack, at most those that the experiment gives it, with which the
/// system keeps up with all but `kSpared` of what it keeps up with when it has all of these; and
/// how much that is.
struct StackCores {
  int cores = 0;
  Saturation saturation = {};
};
StackCores find_stack_cores(const ExperimentParams& experiment, std::uint64_t seed,
                            const SharedInputs& inputs = {});

/// A load that is too much for every system: more than the workers could serve if they did nothing
/// else.
double overload(const ExperimentParams& experiment);

}  // namespace experiments
