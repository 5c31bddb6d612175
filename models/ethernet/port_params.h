// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/describe.h"
#include "sim/units.h"

namespace ethernet {

using namespace std::chrono_literals;

/// A NIC's port between its cable and the memories where its queues are.
struct PortParams {
  sim::Duration receive_pipeline = 400ns;
  sim::Duration transmit_pipeline = 400ns;
  int indirection_entries = 128;

  static void describe(auto&& field) {
    using sim::Range;
    field(&PortParams::receive_pipeline, "receive_pipeline",
          "from a packet's last bit until its first write leaves the port: MAC, parser, hash",
          sim::assumed("hardware.md 1.3: of a 100G loopback 52-57 % is PCIe, of a lean 10G one "
                       "90 %: 50 to 450 ns each way are left for the NIC"),
          Range{100ns, 1000ns});
    field(&PortParams::transmit_pipeline, "transmit_pipeline",
          "from a packet's last byte in the port until its first bit is on the cable",
          sim::assumed("as receive_pipeline"), Range{100ns, 1000ns});
    field(&PortParams::indirection_entries, "indirection_entries",
          "places of the table that turns a flow's hash into a queue, a power of two",
          sim::recalled("Microsoft's receive-side scaling: 128; newer NICs 512 to 2048"),
          Range{128, 2048});
  }
};

}  // namespace ethernet
