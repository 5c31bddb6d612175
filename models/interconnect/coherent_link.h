// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <type_traits>

#include "sim/describe.h"
#include "sim/units.h"

/// Links across which hardware keeps caches coherent.
namespace interconnect {

using namespace std::chrono_literals;
using sim::operator""_B;

/// Between what a coherent link lies.
enum class Joins : std::uint8_t { kSockets, kNic };

constexpr auto enum_names(std::type_identity<Joins>) {
  using sim::EnumName;
  return std::array{EnumName{Joins::kSockets, "sockets"}, EnumName{Joins::kNic, "nic"}};
}

/// How an agent behind the link interrupts a host core.
enum class Interrupt : std::uint8_t {
  kIpi,    // it is a host core itself
  kMsix,   // over PCIe, which shares the wires (CXL.io)
  kWrite,  // a write to the host's interrupt controller that crosses the link itself
};

constexpr auto enum_names(std::type_identity<Interrupt>) {
  using sim::EnumName;
  return std::array{EnumName{Interrupt::kIpi, "ipi"}, EnumName{Interrupt::kMsix, "msix"},
                    EnumName{Interrupt::kWrite, "write"}};
}

/// A coherent link between the host's socket 0 and its other socket or the NIC. The defaults are
/// CXL 2.0 with a device that caches (type 2); `presets` has the others.
///
/// Latencies are published as loads from the far side, never as the link's own. So a crossing is
/// half of what the far load takes longer than the near one on the same machine, and what lies
/// before and behind the link is that of our host and NIC.
struct CoherentLinkParams {
  Joins joins = Joins::kNic;
  sim::Duration crossing = 65ns;
  sim::Bandwidth bandwidth = sim::Bandwidth::gigabytes_per_second(50);
  sim::Bytes request = 16_B;
  sim::Bytes line_header = 16_B;
  sim::Duration directory{0};
  bool asks_host = true;
  Interrupt interrupt = Interrupt::kMsix;

  static void describe(auto&& field) {
    using P = CoherentLinkParams;
    using sim::Range;
    field(&P::joins, "joins", "what the link joins to socket 0: the other socket or the NIC",
          sim::chosen("UPI joins sockets; CXL and NVLink-C2C the NIC"));
    field(&P::crossing, "crossing", "one way, without the time on the wire",
          sim::derived("hardware.md 5, 8.8, far load less near load, halved: xGMI (197 - "
                       "107)/2 less the wire's 1, UPI (165 - 103)/2, CXL 2.0 (235 - 105)/2, "
                       "through a switch (330 - 105)/2, CXL 3 (220 - 105)/2, NVLink-C2C "
                       "(250 - 105)/2 ns; the latter two recalled"),
          Range{20ns, 250ns});
    field(
        &P::bandwidth, "bandwidth", "one direction",
        sim::recalled("hardware.md 8.8: xGMI 64 (two links of 16 lanes), UPI 60, CXL 2.0 50 (18-52 "
                      "measured), through a switch "
                      "13-50, CXL 3 100, NVLink-C2C 375 GB/s"),
        Range{sim::Bandwidth::gigabytes_per_second(13), sim::Bandwidth::gigabytes_per_second(450)});
    field(&P::request, "request", "bytes on the wire of a request, snoop or answer without data",
          sim::recalled("one 16-byte slot of a CXL flit"), Range{8_B, 32_B});
    field(&P::line_header, "line_header", "bytes on the wire of a line besides its 64",
          sim::recalled("one 16-byte slot of a CXL flit"), Range{4_B, 32_B});
    field(&P::directory, "directory",
          "more, when the reader's side is the line's home and has to find out that the other "
          "side holds it",
          sim::derived("hardware.md 5, Intel's latency checker: 176-186 ns homed in the reader, "
                       "107-116 in the writer; that is UPI with its directory in memory. CXL and "
                       "NVLink-C2C: nothing published, so none"),
          Range{0ns, 80ns});
    field(&P::asks_host, "asks_host",
          "the device has no record of what the host holds of its memory and asks before each use "
          "(CXL 2.0: HDM-D in host bias). False: it has (CXL 3: HDM-DB with a snoop filter)",
          sim::recalled("CXL 2.0 and 3.0 specifications, device-coherent memory"),
          Range{false, true});
    field(&P::interrupt, "interrupt", "how an agent behind the link interrupts a host core",
          sim::recalled("IPI between sockets; CXL.io carries MSI-X; NVLink-C2C carries writes to "
                        "the interrupt controller"));
  }

  /// What the link adds to a line's transfer: the request's way and the line's.
  sim::Duration transfer() const;
};

CoherentLinkParams xgmi();
CoherentLinkParams upi();
CoherentLinkParams cxl_2();
CoherentLinkParams cxl_2_switched();
CoherentLinkParams cxl_3();
CoherentLinkParams nvlink_c2c();

constexpr auto presets(std::type_identity<CoherentLinkParams>) {
  using Preset = sim::Preset<CoherentLinkParams>;
  return std::array{Preset{"xgmi", xgmi},   Preset{"upi", upi},
                    Preset{"cxl_2", cxl_2}, Preset{"cxl_2_switched", cxl_2_switched},
                    Preset{"cxl_3", cxl_3}, Preset{"nvlink_c2c", nvlink_c2c}};
}

/// Throws sim::ConfigError, which names the member.
void check(const CoherentLinkParams& params);

}  // namespace interconnect
