// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "experiments/report/charts.h"
#include "experiments/report/html.h"
#include "experiments/report/readings.h"
#include "experiments/report/sections.h"

// E8: an agent that decides which memory stays in the fast tier.

namespace report {
namespace {

using experiments::Placement;
using experiments::PointResult;

struct Part {
  const char* value;  // its name in a result
  const char* name;
};

/// Of an iteration that ends an epoch; what is left of it is the host's, and waiting.
constexpr std::array kStages{Part{"estimating_s", "estimate"}, Part{"sorting_s", "sort"},
                             Part{"merging_s", "merge"}, Part{"sampling_s", "sample"},
                             Part{"deciding_s", "decide"}};
constexpr const char* kRest = "scan, ship, wait";

bool on_nic(const PointResult& result) {
  return result.point.params.system.placement == Placement::kNic;
}

int threads_of(const PointResult& result) {
  return result.point.params.memory.tiering.threads;
}

std::string agent_of(const PointResult& result) {
  return fmt::format("{} {} core{}", threads_of(result), on_nic(result) ? "NIC" : "host",
                     threads_of(result) == 1 ? "" : "s");
}

Curve iteration_curve(const Results& results, const std::string& name, bool nic) {
  Curve curve{name, {}};
  for (const PointResult& result : results) {
    const auto iteration = reading(result, "whole_iteration_s");
    if (on_nic(result) == nic && iteration)
      curve.points.push_back({static_cast<double>(threads_of(result)), *iteration});
  }
  std::ranges::sort(curve.points, {}, &CurvePoint::x);
  return curve;
}

std::string iterations(const Results& results) {
  std::vector<Curve> curves{iteration_curve(results, "NIC", true),
                            iteration_curve(results, "host", false)};
  std::erase_if(curves, [](const Curve& curve) { return curve.points.empty(); });
  return drawn(
      CurveChart{.caption = {"An iteration that ends an epoch",
                             "Its time over the agent's cores, on the NIC and on the host."},
                 .x_label = "cores of the agent",
                 .y_label = "time, s",
                 .curves = std::move(curves),
                 .y_scale = Axis::Scale::kLinear});
}

/// Nothing if the run had no such iteration.
std::optional<Stack> split_of(const PointResult& result) {
  const auto whole = reading(result, "whole_iteration_s");
  if (!whole) return std::nullopt;
  Stack stack{agent_of(result), {}};
  double rest = whole->value;
  for (const Part& stage : kStages) {
    const auto time = reading(result, stage.value);
    stack.parts.push_back(time ? time->value : 0);
    rest -= stack.parts.back();
  }
  stack.parts.push_back(std::max(0.0, rest));
  return stack;
}

StackChart split_chart(const Results& results) {
  StackChart chart{
      .caption = {"Where its time goes", "A bar for each agent, in parts; in numbers below."},
      .unit = "s",
      .parts = {},
      .stacks = {}};
  for (const Part& stage : kStages) chart.parts.emplace_back(stage.name);
  chart.parts.emplace_back(kRest);
  for (const PointResult& result : results)
    if (auto stack = split_of(result)) chart.stacks.push_back(std::move(*stack));
  return chart;
}

/// The same in numbers, in milliseconds.
std::string split_table(const StackChart& chart) {
  std::vector<std::string> heading{"agent"};
  for (const std::string& part : chart.parts) heading.push_back(part + ", ms");
  std::vector<Line> lines;
  for (const Stack& stack : chart.stacks) {
    Line& line = lines.emplace_back(Line{{escaped(stack.name)}});
    for (const double part : stack.parts)
      line.push_back({fmt::format("{:.1f}", 1e3 * part), "number"});
  }
  return table(heading, lines);
}

}  // namespace

std::string memory_management(const Findings& f) {
  const Results& results = results_of(f, "e8");
  const StackChart split = split_chart(results);
  if (split.stacks.empty()) return {};
  return charts(
             iterations(results) + drawn(split),
             "Which of 100 GiB stay in the fast tier: an agent with SOL, on so many cores of the "
             "NIC or of the host. The time of an iteration that ends an epoch runs from the "
             "scan of what is due to the agent's last answer; more cores share all but the "
             "merging of their sorted parts, which one does alone.") +
         split_table(split);
}

}  // namespace report
