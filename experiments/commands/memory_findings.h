// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "experiments/points/runner.h"

namespace commands {

/// Whether the memory checker was on and noticed something.
bool found_in_memory(const experiments::PointResult& result);

/// What it noticed, point by point: how much, and the first of it. Empty if it was off.
std::string findings_as_text(const std::vector<experiments::PointResult>& results);

}  // namespace commands
