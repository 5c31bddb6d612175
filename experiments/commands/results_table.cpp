// SPDX-License-Identifier: Apache-2.0
#include "experiments/commands/results_table.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <utility>

#include "experiments/measure/saturation.h"
#include "experiments/text/different.h"
#include "experiments/text/say.h"
#include "experiments/text/text_table.h"

namespace commands {
namespace {

using experiments::Point;
using experiments::PointResult;
using experiments::TextTable;
using Names = std::vector<std::string>;

constexpr std::size_t kMostColumns = 8;

/// Four digits tell more than any of these numbers is good for, but whole numbers stay whole.
std::string number(double value) {
  return std::abs(value) >= 1000 ? fmt::format("{:.0f}", value) : fmt::format("{:.4g}", value);
}

std::string text_of(const sim::Replications& values) {
  if (values.count() == 0) return "-";
  const sim::Estimate estimate = values.estimate();
  if (!std::isfinite(estimate.half_width)) return number(estimate.mean);
  return fmt::format("{} ±{:.2g}", number(estimate.mean), estimate.half_width);
}

/// Of all points, each once, in the order of their first appearance.
Names value_names(const std::vector<PointResult>& results) {
  Names names;
  for (const PointResult& result : results)
    for (const auto& [name, values] : result.values()) experiments::add_once(names, name);
  return names;
}

Names columns_of(const Point& point) {
  Names columns{"variant"};
  for (const auto& [path, value] : point.swept) columns.push_back(path);
  return columns;
}

TextTable::Row row_labels(const Point& point) {
  TextTable::Row cells{point.variant.empty() ? "-" : point.variant};
  for (const auto& [path, value] : point.swept) cells.push_back(value);
  return cells;
}

TextTable::Row row_of(const PointResult& result, const Names& names) {
  TextTable::Row cells = row_labels(result.point);
  if (result.failed()) {
    cells.push_back("failed: " + result.error);
    return cells;
  }
  for (const std::string& name : names) cells.push_back(text_of(result.value(name)));
  return cells;
}

std::string one_point(const PointResult& result) {
  if (result.failed()) return "failed: " + result.error + '\n';
  TextTable table({"value", "mean ± 95 %"});
  for (const auto& [name, values] : result.values()) table.add({name, text_of(values)});
  return table.aligned(1);
}

std::string many_points(const std::vector<PointResult>& results) {
  Names names = value_names(results);
  const std::size_t found = names.size();
  names.resize(std::min(found, kMostColumns));
  TextTable::Row heading = columns_of(results.front().point);
  const std::size_t labels = heading.size();
  heading.insert(heading.end(), names.begin(), names.end());

  TextTable table(std::move(heading));
  for (const PointResult& result : results) table.add(row_of(result, names));
  std::string text = table.aligned(labels);
  if (found > names.size())
    text += fmt::format("{} of {} values; --json has all\n", names.size(), found);
  return text;
}

/// Else nobody would see that latencies of an overloaded system are those of the run's length.
std::string who_did_not_keep_up(const std::vector<PointResult>& results) {
  std::string lines;
  for (const PointResult& result : results)
    if (!result.failed() && result.unstable())
      lines += fmt::format("{}: {}\n", name_of(result.point), experiments::kDoesNotKeepUp);
  return lines;
}

/// Else nobody would see that another machine may find another number of runs.
std::string who_ran_out_of_time(const std::vector<PointResult>& results) {
  std::string lines;
  for (const PointResult& result : results)
    if (result.ended_by == experiments::Ending::kTime)
      lines += fmt::format(
          "{}: ended by run.precision.most_time after {} runs; a faster machine does more\n",
          name_of(result.point), result.runs.size());
  return lines;
}

}  // namespace

std::string name_of(const Point& point) {
  return experiments::point_name(point.variant, point.swept);
}

void say_failed(const PointResult& result) {
  experiments::say("wavesim: {} failed: {}\n", name_of(result.point), result.error);
}

std::string results_as_text(const std::vector<PointResult>& results, std::size_t points) {
  if (results.empty()) return {};
  return (points == 1 ? one_point(results.front()) : many_points(results)) +
         who_did_not_keep_up(results) + who_ran_out_of_time(results);
}

}  // namespace commands
