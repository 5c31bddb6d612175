// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/describe.h"
#include "sim/units.h"

namespace core {

using namespace std::chrono_literals;

/// What interrupts between host cores, and their arrival at a core, take.
struct InterruptParams {
  /// Cores that one write to the interrupt controller reaches (x2APIC, logical cluster mode).
  static constexpr int kCluster = 16;

  sim::Duration ipi_send = 150ns;
  sim::Duration ipi_deliver = 450ns;
  sim::Duration ipi_deliver_cross = 650ns;
  sim::Duration receive = 350ns;
  sim::Duration leave = 100ns;

  static void describe(auto&& field) {
    using sim::Range;
    field(&InterruptParams::ipi_send, "ipi_send", "CPU time to send an IPI (ICR write)",
          sim::recalled("hardware.md 3.5: 100-250 ns on AMD"), Range{50ns, 250ns});
    field(&InterruptParams::ipi_deliver, "ipi_deliver", "IPI in flight, same socket",
          sim::derived("hardware.md 8.5"), Range{300ns, 700ns});
    field(&InterruptParams::ipi_deliver_cross, "ipi_deliver_cross",
          "IPI in flight, to the other socket", sim::derived("hardware.md 8.5"),
          Range{500ns, 1000ns});
    field(&InterruptParams::receive, "receive",
          "from an interrupt's arrival at the core to its handler's first work",
          sim::recalled("wave.md E1: MSI-X receive, 350 ns"), Range{300ns, 500ns});
    field(&InterruptParams::leave, "leave",
          "from the end of the handler back to what it interrupted",
          sim::assumed("the smaller part of hardware.md 8.5's 300-700 ns of entry and exit"),
          Range{50ns, 250ns});
  }

  sim::Duration deliver(bool other_socket) const {
    return other_socket ? ipi_deliver_cross : ipi_deliver;
  }
};

}  // namespace core
