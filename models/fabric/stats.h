// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "sim/histogram.h"
#include "sim/member_wise.h"
#include "sim/units.h"

namespace fabric {

/// What went through one direction of a link.
struct LinkStats {
  std::int64_t packets = 0;
  sim::Bytes bytes;
  sim::Duration busy{};
  sim::Histogram wait;

  static void describe(auto&& stat) {
    stat(&LinkStats::packets, "packets", "packets that went through");
    stat(&LinkStats::bytes, "bytes", "that they took on the wire, all framing counted");
    stat(&LinkStats::busy, "busy", "time the wire was taken by packets");
    stat(&LinkStats::wait, "wait", "how long packets waited in the queue before the wire");
  }
  friend LinkStats operator-(const LinkStats& a, const LinkStats& b) {
    return sim::difference(a, b);
  }
};

struct NetworkStats {
  std::int64_t sent = 0;
  std::int64_t arrived = 0;
  sim::Bytes payload;
  LinkStats to_server;
  LinkStats from_server;

  static void describe(auto&& stat) {
    stat(&NetworkStats::sent, "sent", "packets handed to the network");
    stat(&NetworkStats::arrived, "arrived", "packets that are where they were to go");
    stat(&NetworkStats::payload, "payload", "bytes in these, framing left out");
    stat(&NetworkStats::to_server, "to_server", "from the top-of-rack switch to the server's port");
    stat(&NetworkStats::from_server, "from_server", "from the server's port to the switch");
  }
  std::int64_t under_way() const { return sent - arrived; }
  friend NetworkStats operator-(const NetworkStats& a, const NetworkStats& b) {
    return sim::difference(a, b);
  }
};

}  // namespace fabric
