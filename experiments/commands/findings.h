// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "experiments/commands/experiment_options.h"
#include "experiments/regress.h"
#include "experiments/report/page.h"

namespace commands {

/// Keeps what a regression's runs found, so that a report can be drawn from them without running
/// them again.
class Findings {
 public:
  explicit Findings(const ExperimentOptions& options) : options_(options) {}

  void keep(const experiments::PointResult& result) { results_[result.point.key] = result; }

  /// Everything that a report shows of `targets`. Runs what only the report needs: the
  /// points of curves.
  report::Findings complete(const experiments::RegressReport& targets,
                            const experiments::RunnerOptions& runner);

 private:
  using PointsByName = std::map<std::string, std::vector<experiments::Point>>;  // of experiments

  std::vector<experiments::Point> points_in(const std::string& experiment) const;
  void run_missing(const PointsByName& points, const experiments::RunnerOptions& runner);
  std::vector<experiments::PointResult> results_for(
      const std::vector<experiments::Point>& points) const;

  const ExperimentOptions& options_;
  std::map<std::string, experiments::PointResult> results_;  // by key
};

}  // namespace commands
