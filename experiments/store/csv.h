// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "sim/strict_json.h"

namespace store {

/// Result documents as CSV (RFC 4180, with a heading; lines end as Unix lines do). Each begins with
/// key, variant, a column for each path that any of them sweeps, unstable (0 or 1), and ended_by,
/// which is empty for a point that asked for no precision. A swept value is the text of the file,
/// as in "100 k/s". What a point has not is left empty.

/// A row for each value of each point: value (its name), mean, half_width, n.
std::string long_csv(const std::vector<sim::Json>& documents);

/// A row for each point, and three columns for each value: its name, and this with _half_width and
/// with _n.
std::string wide_csv(const std::vector<sim::Json>& documents);

}  // namespace store
