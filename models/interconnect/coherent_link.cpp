// SPDX-License-Identifier: Apache-2.0
#include "models/interconnect/coherent_link.h"

#include "models/memory/memory_type.h"
#include "sim/config_error.h"

namespace interconnect {

using sim::require;

sim::Duration CoherentLinkParams::transfer() const {
  const sim::Bytes line = line_header + sim::Bytes{memory::kCacheLine};
  return 2 * crossing + bandwidth.time_for(request) + bandwidth.time_for(line);
}

/// The host's own link. Its line transfer was measured whole, wherever the line's home was.
CoherentLinkParams xgmi() {
  CoherentLinkParams link = upi();
  link.crossing = sim::Duration{44'250};
  link.bandwidth = sim::Bandwidth::gigabytes_per_second(64);
  link.directory = sim::Duration{0};
  return link;
}

CoherentLinkParams upi() {
  return {.joins = Joins::kSockets,
          .crossing = 31ns,
          .bandwidth = sim::Bandwidth::gigabytes_per_second(60),
          .directory = 70ns,
          .asks_host = false,
          .interrupt = Interrupt::kIpi};
}

CoherentLinkParams cxl_2() {
  return {};
}

CoherentLinkParams cxl_2_switched() {
  return {.crossing = sim::Duration{112'500},
          .bandwidth = sim::Bandwidth::gigabytes_per_second(25)};
}

CoherentLinkParams cxl_3() {
  return {.crossing = sim::Duration{57'500},
          .bandwidth = sim::Bandwidth::gigabytes_per_second(100),
          .asks_host = false};
}

CoherentLinkParams nvlink_c2c() {
  return {.crossing = sim::Duration{72'500},
          .bandwidth = sim::Bandwidth::gigabytes_per_second(375),
          .asks_host = false,
          .interrupt = Interrupt::kWrite};
}

void check(const CoherentLinkParams& p) {
  require(p.crossing > sim::Duration{0}, "crossing", "a link takes time to cross",
          "give more than 0 ns");
  require(p.bandwidth.bits_per_second() > 0, "bandwidth", "nothing would ever arrive",
          "give more than 0 GB/s");
  require(p.request.count >= 1 && p.line_header.count >= 0, "request", "no request is this small",
          "give at least 1 B, and no negative line_header");
  require(p.directory >= sim::Duration{0}, "directory", "is negative", "give 0 ns or more");
  const bool sockets = p.joins == Joins::kSockets;
  require(!sockets || p.interrupt == Interrupt::kIpi, "interrupt",
          "a core of the other socket is a host core and interrupts by IPI", "use ipi");
  require(sockets || p.interrupt != Interrupt::kIpi, "interrupt",
          "a core of the NIC is not one of the host's and cannot send it an IPI",
          "use msix or write");
  require(!(sockets && p.asks_host), "asks_host",
          "the sockets of a host know what their caches hold of each other's memory",
          "use false between sockets");
}

}  // namespace interconnect
