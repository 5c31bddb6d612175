// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "experiments/runner.h"

namespace commands {

/// As experiments::point_name has it.
std::string name_of(const experiments::Point& point);

/// Tells on standard error which point failed, and why.
void say_failed(const experiments::PointResult& result);

/// The points for a terminal, each value as its mean and the half width of its confidence interval.
/// One point is shown in full, of several the values that fit.
std::string results_as_text(const std::vector<experiments::PointResult>& results);

}  // namespace commands
