// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "experiments/report/charts.h"
#include "experiments/report/figure.h"
#include "experiments/report/html.h"
#include "experiments/report/readings.h"
#include "experiments/report/sections.h"

// E8: an agent that decides which memory stays in the fast tier.

namespace report {
namespace {

using experiments::Placement;
using experiments::PointResult;

/// A part of the agent's work in an iteration that ends an epoch. Names as in a result.
struct Stage {
  std::vector<const char*> values;
  const char* name;
};

/// What comes after the host's scan and before the rest of its wait.
const std::array<Stage, 3>& agent_stages() {
  static const std::array<Stage, 3> kStages{{{{"estimating_s", "deciding_s"}, "estimate, decide"},
                                             {{"sorting_s", "merging_s"}, "sort, merge"},
                                             {{"sampling_s"}, "sample"}}};
  return kStages;
}

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

/// A line through fewer points than three would say what lies between them, which nobody knows.
std::string iterations(const Results& results) {
  constexpr std::size_t kFewest = 3;
  std::vector<Curve> curves{iteration_curve(results, "NIC", true),
                            iteration_curve(results, "host", false)};
  std::erase_if(curves, [](const Curve& curve) { return curve.points.size() < kFewest; });
  return figure(
      CurveChart{.caption = {"An iteration that ends an epoch",
                             "Its time over the agent's cores, on the NIC and on the host."},
                 .x_label = "cores of the agent",
                 .y_label = "time, s",
                 .curves = std::move(curves),
                 .y_scale = Axis::Scale::kLinear});
}

double sum_of(const PointResult& result, const std::vector<const char*>& values) {
  double sum = 0;
  for (const char* value : values)
    if (const auto found = reading(result, value)) sum += found->value;
  return sum;
}

/// Nothing if the run had no such iteration.
std::optional<Stack> split_of(const PointResult& result) {
  if (!reading(result, "whole_iteration_s")) return std::nullopt;
  Stack stack{agent_of(result), {sum_of(result, {"scan_s"})}};
  double waiting = sum_of(result, {"await_s"});
  for (const Stage& stage : agent_stages()) {
    stack.parts.push_back(sum_of(result, stage.values));
    waiting -= stack.parts.back();
  }
  stack.parts.push_back(std::max(0.0, waiting));
  stack.parts.push_back(sum_of(result, {"apply_s"}));
  return stack;
}

StackChart split_chart(const Results& results) {
  StackChart chart{
      .caption = {"Where its time goes", "A bar for each agent, in parts; in numbers below."},
      .unit = "s",
      .parts = {"scan (host)"},
      .stacks = {}};
  for (const Stage& stage : agent_stages()) chart.parts.emplace_back(stage.name);
  chart.parts.insert(chart.parts.end(), {"ship, wait", "apply (host)"});
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

std::optional<double> value_of(const std::vector<std::pair<std::string, double>>& values,
                               const std::string& name) {
  const auto found = std::ranges::find(values, name, &std::pair<std::string, double>::first);
  return found == values.end() ? std::nullopt : std::optional(found->second);
}

/// A value of each epoch of one run.
Curve epochs_of(const PointResult& result, const std::string& value) {
  Curve curve{result.point.variant, {}};
  if (result.runs.empty()) return curve;
  for (const auto& epoch : result.runs.front().series) {
    const auto until = value_of(epoch, "until_s");
    const auto found = value_of(epoch, value);
    if (until && found) curve.points.push_back({*until, {*found, 0}});
  }
  return curve;
}

std::string over_epochs(const Results& results, const Caption& caption, const std::string& value,
                        const std::string& label) {
  CurveChart chart{.caption = caption,
                   .x_label = "time, s",
                   .y_label = label,
                   .curves = {},
                   .y_scale = Axis::Scale::kLinear};
  for (const PointResult& result : results)
    if (Curve curve = epochs_of(result, value); !curve.points.empty())
      chart.curves.push_back(std::move(curve));
  return figure(chart);
}

std::string policies(const Findings& f) {
  const Results& results = results_of(f, "e8_policies");
  return charts(
      over_epochs(results,
                  {"What the fast tier serves", "Share of the accesses, by epoch and policy."},
                  "hit_rate_share", "share of accesses") +
          over_epochs(results, {"What the fast tier holds", "At the end of each epoch, by policy."},
                      "footprint_gib", "GiB") +
          over_epochs(results, {"What scanning costs the host", "Cores, by epoch and policy."},
                      "scanning_cores", "host cores") +
          over_epochs(results,
                      {"What requests wait for it",
                       "99th percentile of the time that it adds to a request."},
                      "request_p99_ns", "added p99, ns"),
      "SOL on sixteen NIC cores, against always scanning in the shortest period (fastest) or the "
      "longest (slowest), going by idle age (last_scan), and being told how often everything is "
      "accessed (oracle). Halfway through, all of the memory changes its popularity at once.");
}

std::string over_cores(const Findings& f) {
  const Results& results = results_of(f, "e8");
  const StackChart split = split_chart(results);
  if (split.stacks.empty()) return {};
  return charts(
             iterations(results) + figure(split),
             "Which of 100 GiB stay in the fast tier: an agent with SOL, on so many cores of the "
             "NIC or of the host. An iteration that ends an epoch begins with the host's scan of "
             "all page tables, by one thread, and ends when what was decided is taken in; "
             "the agent reads what has been scanned meanwhile. Its cores share all but the merging "
             "of "
             "their sorted parts, which one does alone.") +
         split_table(split);
}

}  // namespace

std::string memory_management(const Findings& f) {
  return over_cores(f) + policies(f);
}

}  // namespace report
