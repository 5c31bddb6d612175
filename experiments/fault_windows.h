// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "experiments/fault_params.h"
#include "sim/units.h"
#include "workloads/request_load.h"

namespace experiments {

/// The three parts of a run with faults: before the first, from there until the consequences of
/// the last should be over, and after.
class FaultWindows {
 public:
  /// Counting goes from `begin` to `end`; consequences last for `settle` after a fault's end.
  FaultWindows(const std::vector<FaultParams>& faults, sim::Time begin, sim::Time end,
               sim::Duration settle);

  /// When the parts end, in order. Fewer than three if a part is empty.
  const std::vector<sim::Time>& ends() const { return ends_; }
  /// What has been counted by the beginning, then by each end.
  void note(const workloads::RequestStats& requests) { counted_.push_back(requests); }

  /// Throughput and latency of each part: `before_krps`, `during_p99_us`, and so on.
  std::vector<std::pair<std::string, double>> values() const;

 private:
  void add(const char* name, sim::Time end);

  const sim::Time begin_;
  std::vector<const char*> names_;
  std::vector<sim::Time> ends_;
  std::vector<workloads::RequestStats> counted_;
};

}  // namespace experiments
