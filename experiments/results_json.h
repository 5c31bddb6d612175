// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "experiments/runner.h"
#include "sim/strict_json.h"

namespace experiments {

/// What a result owes to where and when it was found. Kept apart from the result, which must be
/// equal wherever and whenever it is found again.
struct Environment {
  std::string version;
  std::string host;
  std::string compiler;
  int jobs = 1;

  /// This process on this machine.
  static Environment here(int jobs);
};

/// The result as one line of JSON, without anything that differs between two equal runs.
std::string result_line(const PointResult& result);
/// {"environment": {..., "wall_seconds": ...}}: a line of its own.
std::string environment_line(const Environment& environment, double wall_seconds);

}  // namespace experiments
