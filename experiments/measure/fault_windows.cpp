// SPDX-License-Identifier: Apache-2.0
#include "experiments/measure/fault_windows.h"

#include <algorithm>

namespace experiments {

FaultWindows::FaultWindows(const std::vector<FaultParams>& faults, sim::Time begin, sim::Time end,
                           sim::Duration settle)
    : begin_(begin), first_(end) {
  if (faults.empty()) return;
  sim::Time over = begin;
  for (const FaultParams& fault : faults) {
    const bool at_once =
        fault.kind == FaultKind::kAgentCrash || fault.kind == FaultKind::kAgentUpgrade;
    const sim::Time at{fault.at};
    first_ = std::min(first_, at);
    over = std::max(over, at + (at_once ? sim::Duration{0} : fault.length) + settle);
  }
  add("before", std::clamp(first_, begin, end));
  add("during", std::clamp(over, begin, end));
  add("after", end);
}

void FaultWindows::add(const char* name, sim::Time end) {
  if (end == (ends_.empty() ? begin_ : ends_.back())) return;
  names_.push_back(name);
  ends_.push_back(end);
}

std::vector<std::pair<std::string, double>> FaultWindows::values() const {
  std::vector<std::pair<std::string, double>> values;
  for (std::size_t i = 0; i < ends_.size(); ++i) {
    const workloads::RequestStats part = counted_[i + 1] - counted_[i];
    const sim::Duration length = ends_[i] - (i == 0 ? begin_ : ends_[i - 1]);
    const std::string name = names_[i];
    values.emplace_back(name + "_krps",
                        static_cast<double>(part.completed) / sim::to_seconds(length) / 1e3);
    for (const auto& [suffix, quantile] : {std::pair{"_p50_us", 0.5}, std::pair{"_p99_us", 0.99}})
      if (const auto value = part.latency.value_at_quantile(quantile))
        values.emplace_back(name + suffix, sim::to_us(*value));
  }
  return values;
}

}  // namespace experiments
