// SPDX-License-Identifier: Apache-2.0
#include "workloads/arrival_params.h"

#include <chrono>

#include "sim/config_error.h"

namespace workloads {

using sim::require;
namespace {

void check_bursts(const ArrivalParams& p) {
  require(0.001 <= p.burst_share && p.burst_share <= 0.999, "burst_share", "is out of bounds",
          "give a share of time from 0.001 to 0.999");
  require(1 <= p.burst_factor && p.burst_factor * p.burst_share <= 1, "burst_factor",
          "leaves a negative rate between bursts, or a lower one within",
          "give a number from 1 to 1 / burst_share");
  require(sim::Duration{1} <= p.burst_time && p.burst_time <= std::chrono::seconds{100},
          "burst_time", "is out of bounds", "give a positive time of at most 100 s");
}

}  // namespace

void check(const ArrivalParams& p) {
  require(0.001 <= p.rate.per_second && p.rate.per_second <= 1e9, "rate", "is out of bounds",
          "give 0.001 to 1,000,000,000 arrivals in a second");
  require(0 <= p.long_share && p.long_share <= 1, "long_share", "is not a share",
          "give a number from 0 to 1");
  check_bursts(p);
  require((p.kind == ArrivalKind::kTrace) == !p.trace.empty(), "trace",
          "goes with \"kind\": \"trace\" and with no other", "give both or neither");
}

}  // namespace workloads
