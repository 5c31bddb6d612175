// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <set>

#include "experiments/report/html.h"
#include "experiments/report/sections.h"

// Where the service times come from.

namespace report {
namespace {

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
    if (is_benchmark(result.point.params.run.measure)) continue;
    sources.insert(source_of(result.point.params.workload.service));
  }
  return sources;
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

}  // namespace report
