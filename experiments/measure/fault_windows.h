// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "experiments/system/fault_params.h"
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

  /// When the parts end, in order. Fewer than three if a part is empty, none without faults.
  const std::vector<sim::Time>& ends() const { return ends_; }
  /// The first end at which nothing has been noted.
  std::optional<sim::Time> next_end() const {
    return counted_.size() > ends_.size() ? std::nullopt
                                          : std::optional(ends_[counted_.size() - 1]);
  }
  /// What has been counted by the beginning, then by each end.
  void note(const workloads::RequestStats& requests) { counted_.push_back(requests); }

  sim::Time first_fault() const { return first_; }
  /// Throughput and latency of each part: `before_krps`, `during_p99_us`, and so on.
  std::vector<std::pair<std::string, double>> values() const;

 private:
  void add(const char* name, sim::Time end);

  const sim::Time begin_;
  sim::Time first_;
  std::vector<const char*> names_;
  std::vector<sim::Time> ends_;
  std::vector<workloads::RequestStats> counted_;
};

/// How long a fault is felt: from its beginning until for the last time more than twice as many
/// requests were in the system as there ever were before.
class Recovery {
 public:
  explicit Recovery(sim::Time fault) : fault_(fault) {}

  /// Looks at instants of equal distance.
  void look(sim::Time now, std::int64_t in_flight) {
    if (now < fault_) {
      most_before_ = std::max(most_before_.value_or(0), in_flight);
      return;
    }
    most_since_ = std::max(most_since_, in_flight);
    crowded_ = in_flight > 2 * most_before_.value_or(0);
    if (crowded_) last_crowded_ = now;
  }

  /// Zero if it was not felt; nothing if it still was at the last look, or if there was none before
  /// the fault.
  std::optional<sim::Duration> took() const {
    if (crowded_ || !most_before_) return std::nullopt;
    return last_crowded_ ? *last_crowded_ - fault_ : sim::Duration{0};
  }
  std::optional<std::int64_t> most_before() const { return most_before_; }
  std::int64_t most_since() const { return most_since_; }

 private:
  const sim::Time fault_;
  std::optional<std::int64_t> most_before_;
  std::int64_t most_since_ = 0;
  bool crowded_ = false;  // at the last look
  std::optional<sim::Time> last_crowded_;
};

}  // namespace experiments
