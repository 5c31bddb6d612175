// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "experiments/regress.h"
#include "experiments/runner.h"

namespace report {

/// What a report is made from.
struct Findings {
  std::string version;
  experiments::RegressReport targets;
  /// By the name of the file without its ending: "e4".
  std::map<std::string, std::vector<experiments::PointResult>> experiments;
  std::string machine;  // latencies between its parts, as text
};

/// The report: one HTML file that needs no other, no network and no script, for screens of any
/// width, light or dark.
std::string page(const Findings& findings);

}  // namespace report
