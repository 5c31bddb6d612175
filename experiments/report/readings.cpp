// SPDX-License-Identifier: Apache-2.0
#include "experiments/report/readings.h"

#include <cmath>

#include "experiments/report/html.h"

namespace report {

const Results& results_of(const Findings& findings, const std::string& experiment) {
  static const Results none;
  const auto found = findings.experiments.find(experiment);
  return found == findings.experiments.end() ? none : found->second;
}

/// With one replication there is no interval.
Reading reading_of(const sim::Estimate& estimate) {
  return {estimate.mean, std::isfinite(estimate.half_width) ? estimate.half_width : 0};
}

std::optional<Reading> reading(const experiments::PointResult& result, const std::string& name) {
  const sim::Replications values = result.value(name);
  if (values.count() == 0 || values.count() < result.runs.size()) return std::nullopt;
  return reading_of(values.estimate());
}

std::string name_in(const std::map<std::string, std::string>& names, const std::string& own) {
  const auto found = names.find(own);
  return found == names.end() ? own : found->second;
}

std::string charts(const std::string& drawings, const std::string& explained) {
  if (drawings.empty()) return {};
  return element("p", explained, "class=\"dim\"") + element("div", drawings, "class=\"charts\"") +
         '\n';
}

}  // namespace report
