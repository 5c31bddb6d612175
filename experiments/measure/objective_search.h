// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "experiments/measure/saturation.h"

namespace experiments {

/// What came of requests under a load, beside their SLOs.
struct SloProbe {
  double arrived = 0;  // requests a second, as `Probe` counts them
  /// The share of requests that were late, over the share that may be: up to 1 SLOs are met.
  /// Roughly, and more than 1, of a probe that ended when it was plain that they would not be.
  double late = 0;
};

/// What a search for an objective asks about a system.
struct SloQuestions {
  /// A simulation under this load, and dear.
  std::function<SloProbe(double rate)> probe;
  /// What arrives under it, as `SloProbe::arrived` counts it, without a simulation.
  std::function<double(double rate)> arriving;
};

/// The highest load at which SLOs are met, to a part of `resolution`, and of which no more arrives
/// than `capacity`: with more work than a system can do it may keep within its SLOs as long as a
/// window lasts, and no longer.
///
/// It begins just below the capacity. How late requests are says how far the end is: near it the
/// logarithm of their share is about linear in the load. Where a probe is on the other side than
/// expected, twice in a row, the bracket is halved. It supposes that a system which meets SLOs
/// under a load meets them under every lower one.
Saturation search_objective(const SloQuestions& ask, double capacity, double resolution);

}  // namespace experiments
