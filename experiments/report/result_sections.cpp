// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <fmt/format.h>

#include "experiments/report/charts.h"
#include "experiments/report/figure.h"
#include "experiments/report/readings.h"
#include "experiments/report/sections.h"

// The parts that draw what the experiments found.

namespace report {
namespace {

using experiments::PointResult;

/// The names that people use for the variants of the paper's experiments.
std::string system_name(const std::string& variant) {
  static const std::map<std::string, std::string> names{{"on_host", "On-Host"},
                                                        {"wave_15", "Wave-15"},
                                                        {"wave_16", "Wave-16"},
                                                        {"wave_16_fifo", "Wave-16, FIFO"},
                                                        {"unoptimised", "no mitigation"},
                                                        {"nic_wb", "+ NIC write-back"},
                                                        {"host_ptes", "+ host WC and WT"},
                                                        {"prestaged", "+ prestage and prefetch"}};
  return name_in(names, variant);
}

Curve& curve_for(const std::string& variant, std::vector<Curve>& curves) {
  const std::string name = system_name(variant);
  const auto found = std::ranges::find(curves, name, &Curve::name);
  return found != curves.end() ? *found : curves.emplace_back(Curve{name, {}});
}

using Variants = std::vector<std::string>;
const Variants kSystems{"on_host", "wave_15", "wave_16"};

/// Where the backlog grows, a latency says how long the run was and no more.
std::vector<Curve> curves_of(const Results& results, const std::string& latency,
                             const Variants& variants) {
  std::vector<Curve> curves;
  for (const PointResult& result : results) {
    if (std::ranges::find(variants, result.point.variant) == variants.end()) continue;
    const auto throughput = reading(result, "throughput_krps");
    const auto time = reading(result, latency);
    if (result.unstable() || !throughput || !time || time->value <= 0) continue;
    curve_for(result.point.variant, curves).points.push_back({throughput->value, *time});
  }
  return curves;
}

std::string load_curve(const Results& results, const std::string& value, const std::string& title,
                       const Variants& variants = kSystems) {
  return figure(
      CurveChart{.caption = {title, "Curves of " + title +
                                        " over throughput for each system, with 95 % "
                                        "confidence bars; latency on a logarithmic scale."},
                 .x_label = "throughput, 1,000 requests/s",
                 .y_label = "latency, us",
                 .curves = curves_of(results, value, variants)});
}

/// The paper's number for a variant's saturation, if there is a target for it.
std::optional<double> paper_for(const Findings& f, const std::string& experiment,
                                const std::string& variant) {
  for (const experiments::TargetResult& result : f.targets.targets) {
    const auto& from = result.target.from;
    if (from && from->experiment == experiment && from->variant == variant && from->over.empty())
      return result.target.expected;
  }
  return std::nullopt;
}

std::string saturation_of(const Findings& f, const std::string& experiment,
                          const std::string& title) {
  BarChart chart{.caption = {title, "A bar for each system; where the paper has a number, a mark."},
                 .unit = "1,000 requests/s",
                 .bars = {}};
  for (const PointResult& result : results_of(f, experiment)) {
    const auto found = reading(result, "saturation_krps");
    if (!found) continue;
    const std::string& variant = result.point.variant;
    chart.bars.push_back({system_name(variant), *found, paper_for(f, experiment, variant)});
  }
  return figure(chart);
}

}  // namespace

std::string load_curves(const Findings& f) {
  const Results& results = results_of(f, "e4");
  return charts(
      load_curve(results, "p50_us", "Median") + load_curve(results, "p99_us", "p99") +
          load_curve(results, "p999_us", "p99.9"),
      "Latency counts from the intended arrival. Loads whose backlog grows are left out.");
}

std::string shinjuku_curves(const Findings& f) {
  const Results& results = results_of(f, "e5");
  return charts(load_curve(results, "short_p99_us", "GETs, p99") +
                    load_curve(results, "short_p999_us", "GETs, p99.9") +
                    load_curve(results, "short_p99_us", "GETs, p99, without preemption",
                               {"wave_16_fifo", "wave_16"}),
                "99.5 % GETs of 10 us, 0.5 % range queries of 10 ms, slices of 30 us. First come, "
                "first served, GETs wait behind range queries; preemption removes that.");
}

std::string saturation(const Findings& f) {
  return charts(saturation_of(f, "e3", "E3: one mitigation at a time") +
                    saturation_of(f, "e4_saturation", "E4: three systems") +
                    saturation_of(f, "e5_saturation", "E5: three systems, Shinjuku"),
                "Found by search. E3 and E4: what arrives under the highest load that is kept up "
                "with. E5, where a few long requests are most of the work: what is done when a "
                "tenth more is offered.");
}

}  // namespace report
