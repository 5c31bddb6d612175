// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "experiments/commands/experiment_options.h"
#include "experiments/regress/regress.h"
#include "experiments/report/page.h"

namespace commands {

/// Keeps what a regression's runs found, so that a report can be drawn from them without running
/// them again.
class Findings {
 public:
  explicit Findings(const ExperimentOptions& options) : options_(options) {}

  void keep(const experiments::PointResult& result) { results_[result.point.resolved] = result; }

  /// What only a report needs: the points of curves.
  std::vector<experiments::Point> curves();

  /// Everything that a report shows of `targets`, as far as it was kept.
  report::Findings of(const experiments::RegressReport& targets);

 private:
  const std::vector<experiments::Point>& points_in(const std::string& experiment);
  std::vector<experiments::PointResult> results_for(
      const std::vector<experiments::Point>& points) const;

  const ExperimentOptions& options_;
  std::map<std::string, std::vector<experiments::Point>> points_;  // by experiment
  std::map<std::string, experiments::PointResult> results_;        // by what was resolved
};

}  // namespace commands
