// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "sim/describe.h"
#include "sim/distributions.h"
#include "sim/histogram.h"
#include "sim/member_wise.h"
#include "subsystems/memory/access_delays.h"
#include "workloads/page_load.h"

namespace workloads {

/// What memory management adds to the latency of requests, and why: sums over those sampled.
struct RequestDelayStats {
  std::int64_t sampled = 0;
  sim::Histogram added;
  sim::Duration slow{};
  sim::Duration setting{};
  sim::Duration refilling{};
  sim::Duration waiting{};
  sim::Duration stalled{};

  static void describe(auto&& stat) {
    using S = RequestDelayStats;
    stat(&S::sampled, "sampled", "requests that were worked out");
    stat(&S::added, "added", "to a request's latency");
    stat(&S::slow, "slow", "of that, by accesses to the slow tier");
    stat(&S::setting, "setting", "by setting access bits that scans had cleared");
    stat(&S::refilling, "refilling", "by walks, because TLBs had been flushed");
    stat(&S::waiting, "waiting", "for pages that were unmapped while they were copied");
    stat(&S::stalled, "stalled", "by interrupts that flush TLBs");
  }
  friend RequestDelayStats operator-(const RequestDelayStats& a, const RequestDelayStats& b) {
    return sim::difference(a, b);
  }
};

/// Works out some of a load's requests, at random instants, so that they see what all of them see
/// on average. A test compares it with one event for every access.
class RequestSampler {
 public:
  RequestSampler(const PageLoadParams& params, sim::Simulation& sim, PageLoad& load,
                 tiering::AccessDelays& delays, std::uint64_t seed);

  /// From the present instant on.
  void start();
  const RequestDelayStats& stats() const { return stats_; }

 private:
  void sample();

  sim::Simulation& sim_;
  PageLoad& load_;
  tiering::AccessDelays& delays_;
  sim::Stream stream_;
  sim::Exponential gap_;
  std::vector<PageLoad::Batch> pages_;
  RequestDelayStats stats_;
};

}  // namespace workloads
