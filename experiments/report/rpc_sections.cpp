// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <map>

#include "experiments/report/charts.h"
#include "experiments/report/figure.h"
#include "experiments/report/html.h"
#include "experiments/report/readings.h"
#include "experiments/report/sections.h"

// E7: an RPC stack and a scheduler, on the host or on the NIC.

namespace report {
namespace {

using experiments::PointResult;

std::string name_of(const std::string& variant) {
  static const std::map<std::string, std::string> names{
      {"onhost_all", "OnHost-All"},          {"onhost_all_multi", "OnHost-All *"},
      {"onhost_scheduler", "OnHost-Sched."}, {"onhost_scheduler_multi", "OnHost-Sched. *"},
      {"offload_all", "Offload-All"},        {"offload_all_multi", "Offload-All *"}};
  return name_in(names, variant);
}

std::vector<std::string> variants_of(const Results& results) {
  return different(results, [](const PointResult& result) { return result.point.variant; });
}

Curve curve_of(const Results& results, const std::string& variant, const std::string& value) {
  Curve curve{name_of(variant), {}};
  for (const PointResult& result : results) {
    const auto throughput = reading(result, "throughput_krps");
    const auto found = reading(result, value);
    if (result.point.variant != variant || result.unstable() || !throughput || !found) continue;
    curve.points.push_back({throughput->value, *found});
  }
  return curve;
}

std::string over_load(const Results& results, const Caption& caption, const std::string& value,
                      const std::string& label, Axis::Scale scale) {
  CurveChart chart{.caption = caption,
                   .x_label = "throughput, 1,000 calls/s",
                   .y_label = label,
                   .curves = {},
                   .y_scale = scale};
  for (const std::string& variant : variants_of(results))
    if (Curve curve = curve_of(results, variant, value); !curve.points.empty())
      chart.curves.push_back(std::move(curve));
  return figure(chart);
}

std::string bars_of(const Findings& f, const std::string& experiment, const std::string& value,
                    const Caption& caption, const std::string& unit) {
  BarChart chart{.caption = caption, .unit = unit, .bars = {}};
  for (const PointResult& result : results_of(f, experiment))
    if (const auto found = reading(result, value))
      chart.bars.push_back({name_of(result.point.variant), *found, std::nullopt});
  return figure(chart);
}

struct CallStage {
  const char* value;
  const char* name;
};
constexpr std::array kCallStages{
    CallStage{"receive_ns", "receive"},     CallStage{"deserialise_ns", "deserialise"},
    CallStage{"dispatch_ns", "dispatch"},   CallStage{"hand_over_ns", "hand over"},
    CallStage{"serialise_ns", "serialise"}, CallStage{"send_ns", "send"},
};

/// What a call takes of the stack's core, at the last load of each variant; queues for each class
/// change nothing about it.
StackChart stages_of(const Results& results) {
  StackChart chart{.caption = {"What a call takes of a core of the stack",
                               "A bar for each configuration, made up of the stages."},
                   .unit = "ns",
                   .parts = {},
                   .stacks = {}};
  for (const CallStage& stage : kCallStages) chart.parts.emplace_back(stage.name);
  std::map<std::string, Stack> last;
  for (const PointResult& result : results) {
    if (result.point.variant.ends_with("_multi")) continue;
    Stack stack{name_of(result.point.variant), {}};
    for (const CallStage& stage : kCallStages)
      if (const auto found = reading(result, stage.value)) stack.parts.push_back(found->value);
    if (stack.parts.size() == kCallStages.size()) last[result.point.variant] = std::move(stack);
  }
  for (const std::string& variant : variants_of(results))
    if (const auto found = last.find(variant); found != last.end())
      chart.stacks.push_back(std::move(found->second));
  return chart;
}

/// Cores of the host that each configuration takes; the rest is the NIC's.
std::string cores_table(const Results& results) {
  std::vector<Line> lines;
  for (const std::string& variant : variants_of(results)) {
    const auto result = std::ranges::find(
        results, variant,
        [](const PointResult& r) -> const std::string& { return r.point.variant; });
    const auto cores = reading(*result, "host_cores");
    if (!cores || variant.ends_with("_multi")) continue;
    const int stack = result->point.params.rpc->cores;
    lines.push_back({{escaped(name_of(variant))},
                     {fmt::format("{:.0f}", cores->value), "number"},
                     {fmt::format("{}", stack), "number"}});
  }
  return lines.empty()
             ? std::string()
             : table({"configuration", "host cores", "cores for the stack, on its side"}, lines);
}

}  // namespace

std::string rpc_stack(const Findings& f) {
  const Results& results = results_of(f, "e7");
  if (results.empty()) return {};
  return charts(over_load(results,
                          {"GETs, p99",
                           "99th percentile from the client's intended call to the last "
                           "byte of the reply, for each configuration."},
                          "short_p99_us", "latency, us", Axis::Scale::kLog) +
                    over_load(results,
                              {"Goodput",
                               "Calls answered within their class's SLO, for each "
                               "configuration."},
                              "goodput_krps", "1,000 calls/s", Axis::Scale::kLinear) +
                    bars_of(f, "e7_objective", "saturation_krps",
                            {"The load at which SLOs are met",
                             "99 % of GETs within 100 us, 99 % of range queries within 100 ms."},
                            "1,000 calls/s") +
                    bars_of(f, "e7_saturation", "saturation_krps",
                            {"Saturation, one queue", "What is done when a tenth more is offered."},
                            "1,000 calls/s") +
                    bars_of(f, "e7_cores", "stack_cores",
                            {"Cores that the stack needs",
                             "To keep up with what 15 workers do under FIFO, GETs only."},
                            "cores") +
                    figure(stages_of(results)),
                "Clients call over a network: 99.5 % GETs of 10 us, 0.5 % range queries of 10 ms, "
                "Shinjuku with slices of 30 us, 15 workers. The RPC stack and the scheduler run on "
                "the "
                "host (OnHost-All), the stack on the NIC (OnHost-Scheduler), or both there "
                "(Offload-All). With a star: a queue for each class of objective, for which the "
                "scheduler has to learn each call's class; without one: a single queue.") +
         cores_table(results);
}

}  // namespace report
