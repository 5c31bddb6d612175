// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "experiments/points/runner.h"
#include "experiments/regress/regress.h"
#include "experiments/regress/sensitivity.h"
#include "experiments/report/charts.h"
#include "experiments/report/record.h"

namespace report {

/// One parameter's shares in the variance of a value (Sobol's indices). Half of their interval,
/// which need not lie evenly about them, is what is known of how far off they are.
struct VarianceShares {
  std::string value;
  std::string path;
  char tag = 'A';
  Reading first;
  Reading total;
};

/// What a report is made from. A part of it that is empty is a part that the page does not have.
struct Findings {
  std::string version;
  experiments::RegressReport targets;
  /// By the name of the file without its ending: "e4". For the paper's own sections.
  std::map<std::string, std::vector<experiments::PointResult>> experiments;
  Records records;       // of any experiments
  Records missing = {};  // points that a sweep has not run, or that failed
  std::vector<experiments::Effect> effects;
  std::vector<VarianceShares> shares = {};  // the largest first
  std::string machine;                      // latencies between its parts, as text
};

/// The report: one HTML file that needs no other and no network, for screens of any width, light or
/// dark, for paper and for screen readers. Without scripts its charts stand still.
std::string page(const Findings& findings);

}  // namespace report
