// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "experiments/points/runner.h"

namespace commands {

/// As experiments::point_name has it.
std::string name_of(const experiments::Point& point);

/// Tells on standard error which point failed, and why.
void say_failed(const experiments::PointResult& result);

/// The points for a terminal, each value as its mean and the half width of its confidence interval.
/// The result of an experiment of one point is shown in full, of several `points` the values that
/// fit, even if only one of them is over.
std::string results_as_text(const std::vector<experiments::PointResult>& results,
                            std::size_t points);

}  // namespace commands
