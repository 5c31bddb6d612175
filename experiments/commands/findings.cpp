// SPDX-License-Identifier: Apache-2.0
#include "experiments/commands/findings.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>

#include "experiments/commands/machine.h"
#include "experiments/commands/version.h"
#include "experiments/machine_file.h"

namespace commands {
namespace {

using experiments::Point;
using experiments::PointResult;

/// Curves, which are drawn in all their points. Of other experiments only what targets are read
/// from is run: whoever wants their other variants sweeps their files.
constexpr std::array kCurves{"e4", "e5", "e7"};

std::set<std::string> experiments_of(const experiments::RegressReport& report) {
  std::set<std::string> names;
  for (const experiments::TargetResult& result : report.targets) {
    if (result.target.from) names.insert(result.target.from->experiment);
  }
  return names;
}

}  // namespace

std::vector<Point> Findings::points_in(const std::string& experiment) const {
  const auto file = std::filesystem::path(options_.file) / (experiment + ".json");
  if (!std::filesystem::exists(file)) return {};
  return experiments::expand(sim::Document::load(file.string()), settings_of(options_),
                             experiments::read_machine(options_.machine));
}

void Findings::run_missing(const PointsByName& points, const experiments::RunnerOptions& runner) {
  std::vector<Point> missing;
  for (const auto& [name, of_file] : points) {
    for (const Point& point : of_file) {
      if (results_.contains(point.key)) continue;
      if (std::ranges::find(missing, point.key, &Point::key) == missing.end())
        missing.push_back(point);
    }
  }
  for (const PointResult& result : experiments::run_points(missing, runner)) keep(result);
}

std::vector<PointResult> Findings::results_for(const std::vector<Point>& points) const {
  std::vector<PointResult> results;
  for (const Point& point : points) {
    const auto found = results_.find(point.key);
    if (found == results_.end() || found->second.failed()) continue;
    results.push_back(found->second);
    results.back().point = point;  // two experiments may name one point differently
  }
  return results;
}

report::Findings Findings::complete(const experiments::RegressReport& targets,
                                    const experiments::RunnerOptions& runner) {
  PointsByName points;
  for (const std::string name : kCurves) points[name] = points_in(name);
  run_missing(points, runner);
  for (const std::string& name : experiments_of(targets)) points.try_emplace(name, points_in(name));
  report::Findings all{.version = version(),
                       .targets = targets,
                       .experiments = {},
                       .records = {},
                       .effects = {},
                       .machine = {}};
  for (const auto& [name, of_file] : points) all.experiments[name] = results_for(of_file);
  for (const auto& [name, results] : all.experiments) {
    for (const PointResult& result : results)
      all.records.push_back(report::record_of(result, name));
    if (!results.empty()) all.machine = machine_summary(results.back().point.params.machine);
  }
  return all;
}

}  // namespace commands
