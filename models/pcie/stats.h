// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "sim/units.h"

namespace pcie {

/// What one direction carried.
struct WireStats {
  std::int64_t posted = 0;
  std::int64_t nonposted = 0;
  std::int64_t completions = 0;
  sim::Bytes posted_payload;
  sim::Bytes completion_payload;
  sim::Duration busy{};
  std::int64_t credit_stalls = 0;

  std::int64_t packets() const { return posted + nonposted + completions; }
  bool operator==(const WireStats&) const = default;

  static void describe(auto&& stat) {
    stat(&WireStats::posted, "posted", "memory writes handed to the wire");
    stat(&WireStats::nonposted, "nonposted", "read requests handed to the wire");
    stat(&WireStats::completions, "completions", "completions handed to the wire");
    stat(&WireStats::posted_payload, "posted_payload", "bytes written, headers left out");
    stat(&WireStats::completion_payload, "completion_payload", "bytes read, headers left out");
    stat(&WireStats::busy, "busy", "time the wire is taken by packets");
    stat(&WireStats::credit_stalls, "credit_stalls",
         "packets whose turn came without credits; who waits behind them is not counted");
  }
};

struct LinkStats {
  WireStats to_endpoint;
  WireStats to_root_complex;
  std::int64_t tag_stalls = 0;
  std::int64_t completion_timeouts = 0;

  bool operator==(const LinkStats&) const = default;

  static void describe(auto&& stat) {
    stat(&LinkStats::to_endpoint, "to_endpoint", "host to device");
    stat(&LinkStats::to_root_complex, "to_root_complex", "device to host");
    stat(&LinkStats::tag_stalls, "tag_stalls",
         "waits of reads for a tag: one for each request of a read that finds none");
    stat(&LinkStats::completion_timeouts, "completion_timeouts",
         "reads that were given up because no completion came");
  }
};

}  // namespace pcie
