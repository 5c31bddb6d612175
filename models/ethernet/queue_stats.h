// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "sim/member_wise.h"

namespace ethernet {

/// Of one pair of a port's queues.
struct QueueStats {
  std::int64_t received = 0;
  std::int64_t dropped = 0;
  std::int64_t transmitted = 0;

  static void describe(auto&& stat) {
    stat(&QueueStats::received, "received", "packets that had an entry in the receive ring");
    stat(&QueueStats::dropped, "dropped", "packets lost because the receive ring was full");
    stat(&QueueStats::transmitted, "transmitted", "packets that left through the transmit ring");
  }
  friend QueueStats operator-(const QueueStats& a, const QueueStats& b) {
    return sim::difference(a, b);
  }
  friend QueueStats operator+(const QueueStats& a, const QueueStats& b) { return sim::sum(a, b); }
};

}  // namespace ethernet
