// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <set>

#include "experiments/report/html.h"
#include "experiments/report/sections.h"
#include "sim/parameters.h"
#include "sim/table.h"

// The parts that say what the numbers rest on.

namespace report {
namespace {

using experiments::ExperimentParams;
using experiments::PointResult;
using workloads::ServiceKind;
using workloads::ServiceParams;

std::string time_text(sim::Duration d) {
  return fmt::format("{:g} us", sim::to_us(d));
}

std::string source_of(const ServiceParams& service) {
  const std::string mean = time_text(service.mean);
  switch (service.kind) {
    case ServiceKind::kEmpirical:
      return fmt::format(
          "the shape of capture \"{}\", taken on a real RocksDB, scaled to a mean of {}",
          service.capture, mean);
    case ServiceKind::kEmpiricalBimodal:
      return fmt::format(
          "the shapes of captures \"{}\" and \"{}\", taken on a real RocksDB, scaled to {} and {}",
          service.capture, service.long_capture, mean, time_text(service.long_mean));
    case ServiceKind::kConstant:
      return fmt::format("the constant {}", mean);
    default:
      return fmt::format("a distribution with a mean of {}", mean);
  }
}

/// Each source once for each experiment.
std::set<std::string> sources_in(const std::vector<PointResult>& results) {
  std::set<std::string> sources;
  for (const PointResult& result : results) {
    if (result.point.params.run.measure == experiments::Measure::kHardware) continue;
    sources.insert(source_of(result.point.params.workload.service));
  }
  return sources;
}

bool is_assumed(const sim::Row& row) {
  return row.tag == "A" || row.tag == "R";
}

/// The machine is the same in every experiment; what differs between them is in the appendix.
const ExperimentParams* example_of(const Findings& f) {
  for (const auto& [name, results] : f.experiments) {
    if (!results.empty()) return &results.back().point.params;
  }
  return nullptr;
}

std::string pretty(const std::string& json) {
  return sim::Json::parse(json).dump(2);
}

std::string variants_of(const std::string& experiment, const std::vector<PointResult>& results) {
  std::string parts;
  std::set<std::string> shown;
  for (const PointResult& result : results) {
    if (!shown.insert(result.point.variant).second) continue;
    const std::string variant = result.point.variant.empty() ? "" : ", " + result.point.variant;
    parts += folded(experiment + variant, pretty(result.point.resolved));
  }
  return parts;
}

}  // namespace

std::string service_times(const Findings& f) {
  std::string items;
  for (const auto& [name, results] : f.experiments) {
    for (const std::string& source : sources_in(results))
      items.append(element("li", escaped(name + ": " + source))).append(1, '\n');
  }
  return items.empty() ? "" : element("ul", '\n' + items);
}

std::string assumptions(const Findings& f) {
  const ExperimentParams* params = example_of(f);
  if (params == nullptr) return {};
  std::vector<Line> lines;
  for (const sim::Row& row : sim::table(*params)) {
    if (!is_assumed(row)) continue;
    lines.push_back({{escaped(row.path), "name"},
                     {escaped(row.fallback), "number"},
                     {escaped(row.range), "number"},
                     {escaped(row.tag)},
                     {escaped(row.meaning)},
                     {escaped(row.source)}});
  }
  const std::string summary =
      fmt::format("{} parameters are assumed (A) or recalled (R)", lines.size());
  return element("details",
                 element("summary", summary) +
                     table({"parameter", "value", "range", "tag", "meaning", "source"}, lines));
}

std::string appendix(const Findings& f) {
  std::string parts = folded("The machine: latencies between its parts", f.machine);
  for (const auto& [name, results] : f.experiments) parts += variants_of(name, results);
  return parts;
}

}  // namespace report
