// SPDX-License-Identifier: Apache-2.0
#include "experiments/commands/findings.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>

#include "experiments/commands/machine.h"
#include "experiments/commands/version.h"
#include "experiments/points/machine_file.h"

namespace commands {
namespace {

using experiments::Point;
using experiments::PointResult;

/// Curves, which are drawn in all their points. Of other experiments only what targets are read
/// from is run: whoever wants their other variants sweeps their files.
constexpr std::array kCurves{"e4", "e5", "e6", "e7"};

std::set<std::string> experiments_of(const experiments::RegressReport& report) {
  std::set<std::string> names;
  for (const experiments::TargetResult& result : report.targets) {
    if (result.target.from) names.insert(result.target.from->experiment);
  }
  return names;
}

}  // namespace

/// None where there is no such file.
const std::vector<Point>& Findings::points_in(const std::string& experiment) {
  const auto [entry, is_new] = points_.try_emplace(experiment);
  std::vector<Point>& points = entry->second;
  if (!is_new) return points;
  const auto file = std::filesystem::path(options_.file) / (experiment + ".json");
  if (std::filesystem::exists(file))
    points = experiments::expand(sim::Document::load(file.string()), settings_of(options_),
                                 experiments::read_machine(options_.machine));
  return points;
}

std::vector<Point> Findings::curves() {
  std::vector<Point> all;
  for (const std::string name : kCurves) {
    const std::vector<Point>& points = points_in(name);
    all.insert(all.end(), points.begin(), points.end());
  }
  return all;
}

std::vector<PointResult> Findings::results_for(const std::vector<Point>& points) const {
  std::vector<PointResult> results;
  for (const Point& point : points) {
    const auto found = results_.find(point.resolved);
    if (found == results_.end() || found->second.failed()) continue;
    results.push_back(found->second);
    results.back().point = point;  // two experiments may name one point differently
  }
  return results;
}

report::Findings Findings::of(const experiments::RegressReport& targets) {
  std::set<std::string> names = experiments_of(targets);
  names.insert(kCurves.begin(), kCurves.end());
  report::Findings all{.version = version(),
                       .targets = targets,
                       .experiments = {},
                       .records = {},
                       .effects = {},
                       .machine = {}};
  for (const std::string& name : names) all.experiments[name] = results_for(points_in(name));
  for (const auto& [name, results] : all.experiments) {
    for (const PointResult& result : results)
      all.records.push_back(report::record_of(result, name));
    if (!results.empty()) all.machine = machine_summary(results.back().point.params.machine);
  }
  return all;
}

}  // namespace commands
