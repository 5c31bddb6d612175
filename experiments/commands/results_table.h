// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "experiments/runner.h"

namespace commands {

/// "wave_15, workload.arrivals.rate = 100 k/s"; "the only point" if nothing tells it from others.
std::string name_of(const experiments::Point& point);

/// The points for a terminal, each value as its mean and the half width of its confidence interval.
/// One point is shown in full, of several the values that fit.
std::string results_as_text(const std::vector<experiments::PointResult>& results);

}  // namespace commands
