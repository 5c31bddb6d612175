// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "sim/check.h"
#include "sim/ring.h"
#include "sim/units.h"

namespace pcie {

/// Flow-control credits of one packet class in one direction, as the sender counts them. When a
/// packet is sent it is already known when its credits come back, so waiting for credits needs no
/// events: the sender asks when it may go.
class Credits {
 public:
  /// Room for `packets` headers and `units` times 16 bytes of payload; 0 packets is no limit, 0
  /// units no limit on payload.
  Credits(int packets, int units);

  /// The earliest instant with credits for a packet of `payload`, given all packets sent so far.
  /// The distant past when they are there already.
  sim::Time available(sim::Bytes payload) const;
  /// What a packet of `payload` takes besides its header.
  std::int64_t units_for(sim::Bytes payload) const {
    constexpr auto kUnit = static_cast<std::uint64_t>(kUnitBytes);
    const auto bytes = static_cast<std::uint64_t>(payload.count);
    return payload_limited_ ? static_cast<std::int64_t>((bytes + kUnit - 1) / kUnit) : 0;
  }
  /// Whether a packet that takes `units` could go at `when`. Instants asked about never go back.
  bool enough_at(sim::Time when, std::int64_t units);
  /// Sends a packet for which there is enough; its credits come back at `back`, which is no earlier
  /// than that of the packet before.
  void spend(std::int64_t units, sim::Time back);

 private:
  struct Spent {
    sim::Time back;
    std::int64_t units;
  };
  static bool enough(std::int64_t packets, std::int64_t units, std::int64_t needed) {
    return packets > 0 && units >= needed;
  }
  void reclaim_oldest();

  static constexpr std::int64_t kUnitBytes = 16;

  std::int64_t packets_;  // free headers, as far as reclaimed
  std::int64_t units_;    // free payload units, as far as reclaimed
  const bool limited_;
  const bool payload_limited_;
  sim::Ring<Spent> spent_;  // and not yet reclaimed, oldest first
};

inline bool Credits::enough_at(sim::Time when, std::int64_t units) {
  if (!limited_) return true;
  while (!enough(packets_, units_, units)) {
    if (!spent_.empty() && spent_.front().back > when) return false;
    reclaim_oldest();
  }
  return true;
}

inline void Credits::spend(std::int64_t units, sim::Time back) {
  if (!limited_) return;
  --packets_;
  units_ -= units;
  spent_.push({back, units});
}

inline void Credits::reclaim_oldest() {
  SIM_CHECK(!spent_.empty());  // a packet that needs more than there is at all
  units_ += spent_.pop().units;
  ++packets_;
}

}  // namespace pcie
