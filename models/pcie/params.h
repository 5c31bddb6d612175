// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <optional>
#include <string>
#include <type_traits>

#include "sim/describe.h"
#include "sim/units.h"

namespace pcie {

using namespace std::chrono_literals;
using sim::Bandwidth;
using sim::Bytes;
using sim::Duration;
using sim::Time;
using sim::operator""_B;
using sim::operator""_KiB;
using sim::operator""_MiB;

/// A PCIe link between a root port and an endpoint. The defaults are a server's gen4 x16.
struct LinkParams {
  int generation = 4;
  int lanes = 16;

  Bytes write_header = 24_B;
  Bytes read_header = 24_B;
  Bytes completion_header = 20_B;

  Bytes max_payload = 256_B;
  Bytes max_read_request = 512_B;
  Bytes read_completion_boundary = 64_B;
  bool split_at_boundary = false;

  Duration flight = 130ns;
  int retimers = 0;
  Duration retimer = 30ns;
  int switches = 0;
  Duration switch_hop = 120ns;

  int posted_header_credits = 64;
  int posted_data_credits = 512;
  int nonposted_header_credits = 64;
  int completion_header_credits = 0;
  int completion_data_credits = 0;
  Duration credit_return = 150ns;

  int tags = 256;
  Duration completion_timeout = 50ms;

  /// What one direction moves, data-link packets and clock compensation taken off, headers not.
  Bandwidth tlp_bandwidth() const;
  /// One way through every hop, without serialisation.
  Duration one_way() const { return flight + retimers * retimer + switches * switch_hop; }
  /// The largest payload of one completion.
  Bytes completion_payload() const {
    return split_at_boundary ? read_completion_boundary : max_payload;
  }

  static void describe(auto&& field) {
    using sim::Range;
    field(&LinkParams::generation, "generation", "PCIe generation: line rate and encoding",
          sim::published("pcie-bench model, SIGCOMM 2018"), Range{1, 6});
    field(&LinkParams::lanes, "lanes", "width: 1, 2, 4, 8 or 16",
          sim::published("Wave, ASPLOS 2025: gen4 x16"), Range{1, 16});
    field(&LinkParams::write_header, "write_header",
          "bytes on the wire of a memory write besides its payload, framing included",
          sim::published("pcie-bench model: 64-bit address, no digest"), Range{20_B, 28_B});
    field(&LinkParams::read_header, "read_header", "bytes on the wire of a read request",
          sim::published("pcie-bench model: 64-bit address, no digest"), Range{20_B, 28_B});
    field(&LinkParams::completion_header, "completion_header",
          "bytes on the wire of a completion besides its payload",
          sim::published("pcie-bench model"), Range{20_B, 28_B});
    field(&LinkParams::max_payload, "max_payload",
          "MPS: largest payload of one packet, a power of two",
          sim::recalled("usual setting of servers"), Range{128_B, 4096_B});
    field(&LinkParams::max_read_request, "max_read_request",
          "MRRS: most that one read request asks for, a power of two",
          sim::recalled("usual setting of servers"), Range{128_B, 4096_B});
    field(&LinkParams::read_completion_boundary, "read_completion_boundary",
          "RCB: where a completer may split completions", sim::published("pcie-bench model"),
          Range{64_B, 128_B});
    field(&LinkParams::split_at_boundary, "split_at_boundary",
          "completions are split at the RCB instead of the MPS, as some older root complexes do",
          sim::published("pcie-bench model"), Range{false, true});
    field(&LinkParams::flight, "flight",
          "one way, transaction layer of the root port to that of the endpoint",
          sim::recalled("PHY 30-50 ns and data link 20-40 ns at each end"), Range{90ns, 180ns});
    field(&LinkParams::retimers, "retimers", "retimers on the way",
          sim::chosen("none on a riser-free server"), Range{0, 2});
    field(&LinkParams::retimer, "retimer", "latency of one retimer, one way",
          sim::recalled("retimer data sheets"), Range{10ns, 60ns});
    field(&LinkParams::switches, "switches", "cut-through switches on the way",
          sim::chosen("the NIC sits on a root port"), Range{0, 2});
    field(&LinkParams::switch_hop, "switch_hop", "latency of one switch, one way",
          sim::recalled("switch data sheets"), Range{100ns, 150ns});
    field(&LinkParams::posted_header_credits, "posted_header_credits",
          "posted packets the receiver has room for; 0 is infinite",
          sim::recalled("advertised by server root ports"), Range{0, 128});
    field(&LinkParams::posted_data_credits, "posted_data_credits",
          "posted payload the receiver has room for, in units of 16 bytes; 0 is infinite",
          sim::recalled("advertised by server root ports"), Range{0, 1024});
    field(&LinkParams::nonposted_header_credits, "nonposted_header_credits",
          "read requests the receiver has room for; 0 is infinite",
          sim::recalled("advertised by server root ports"), Range{0, 128});
    field(&LinkParams::completion_header_credits, "completion_header_credits",
          "completions the requester has room for; 0 is infinite, as the standard wants",
          sim::recalled("PCIe base specification, flow control"), Range{0, 1024});
    field(&LinkParams::completion_data_credits, "completion_data_credits",
          "completion payload the requester has room for, in units of 16 bytes; 0 is infinite",
          sim::recalled("PCIe base specification, flow control"), Range{0, 4096});
    field(&LinkParams::credit_return, "credit_return",
          "from a packet's delivery to its credits back at the sender: drain, wait, UpdateFC",
          sim::assumed("about a flight; a 256-byte stream must not stall on 512 data credits"),
          Range{60ns, 400ns});
    field(&LinkParams::tags, "tags", "reads that one side may have outstanding",
          sim::recalled("8-bit tags; 32 without extended, 768 with 10-bit tags"), Range{1, 768});
    field(&LinkParams::completion_timeout, "completion_timeout",
          "from a core's read reaching the root port until the root port gives it up and answers "
          "all ones",
          sim::published("PCIe base specification 2.8: 50 us to 50 ms by default, 10 ms or more "
                         "advised; the longest"),
          Range{50us, 50ms});
  }
};

LinkParams gen3_x8();
LinkParams gen3_x16();
LinkParams gen4_x16();
LinkParams gen5_x16();
LinkParams gen6_x16();

constexpr auto presets(std::type_identity<LinkParams>) {
  using Preset = sim::Preset<LinkParams>;
  return std::array{Preset{"gen3_x8", gen3_x8}, Preset{"gen3_x16", gen3_x16},
                    Preset{"gen4_x16", gen4_x16}, Preset{"gen5_x16", gen5_x16},
                    Preset{"gen6_x16", gen6_x16}};
}

/// The same link with a receiver that never runs out of room: for what the wire alone allows.
LinkParams without_credit_limits(LinkParams params);

/// The host between its cores, its memory and the root port.
struct RootComplexParams {
  Duration core_to_root_port = 105ns;
  Duration root_port_to_core = 105ns;
  Duration remote_socket = 75ns;
  Duration fabric = 60ns;

  static void describe(auto&& field) {
    using sim::Range;
    field(&RootComplexParams::core_to_root_port, "core_to_root_port",
          "an MMIO access from the core to the root port's transaction layer",
          sim::derived("45 ns core to I/O die, 60 ns fabric to root port"), Range{70ns, 160ns});
    field(&RootComplexParams::root_port_to_core, "root_port_to_core",
          "a completion from the root port to the core's register",
          sim::derived("the same way back"), Range{70ns, 150ns});
    field(&RootComplexParams::remote_socket, "remote_socket",
          "more, each way, for a core of the other socket",
          sim::derived("cross-socket less same-socket line transfer, rounded"), Range{50ns, 110ns});
    field(&RootComplexParams::fabric, "fabric",
          "root port's transaction layer to the home of a host memory line, each way",
          sim::recalled("data fabric and NBIO"), Range{40ns, 100ns});
  }
};

/// Host memory as a device sees it.
struct HostMemoryParams {
  Duration dram = 100ns;
  Duration cache_hit = 30ns;
  Duration remote = 100ns;
  Duration write_visible = 100ns;

  static void describe(auto&& field) {
    using sim::Range;
    field(&HostMemoryParams::dram, "dram", "a device's read of a line in DRAM, probe included",
          sim::derived("pcie-bench's 547 ns less the other legs"), Range{80ns, 135ns});
    field(&HostMemoryParams::cache_hit, "cache_hit", "a device's read of a line in the L3",
          sim::published("pcie-bench: 70 ns less than from DRAM"), Range{10ns, 65ns});
    field(&HostMemoryParams::remote, "remote", "more for memory of the other socket, in and out",
          sim::recalled("pcie-bench, two sockets: about +100 ns"), Range{50ns, 150ns});
    field(&HostMemoryParams::write_visible, "write_visible",
          "a device's write from the memory's home until every core sees it",
          sim::derived("330 ns one way less the other legs"), Range{40ns, 150ns});
  }
};

/// Address translation of a device's accesses.
struct IommuParams {
  bool enabled = true;
  int entries = 64;
  Bytes page = 4_KiB;
  Duration hit = 5ns;
  Duration miss = 330ns;

  static void describe(auto&& field) {
    using sim::Range;
    field(&IommuParams::enabled, "enabled", "device addresses are translated",
          sim::chosen("on, as in a data centre"), Range{false, true});
    field(&IommuParams::entries, "entries", "translations that the IO-TLB holds",
          sim::recalled("pcie-bench: 64 on a Xeon E5"), Range{1, 4096});
    field(&IommuParams::page, "page", "what one translation covers: 4 KiB or 2 MiB",
          sim::chosen("4 KiB; 2 MiB with huge-page buffers"), Range{4_KiB, 2_MiB});
    field(&IommuParams::hit, "hit", "time for a translation that is held",
          sim::recalled("a pipelined lookup"), Range{0ns, 20ns});
    field(&IommuParams::miss, "miss", "more time for one that has to be walked",
          sim::recalled("pcie-bench: about +330 ns"), Range{150ns, 500ns});
  }
};

/// The device between its link and its on-chip network.
struct EndpointParams {
  Duration bar_to_mesh = 120ns;

  static void describe(auto&& field) {
    field(&EndpointParams::bar_to_mesh, "bar_to_mesh",
          "transaction layer to on-chip memory controller: BAR decode, translation, mesh",
          sim::recalled("only the sum of the MMIO path is anchored: fit this leg"),
          sim::Range{60ns, 200ns});
  }
};

/// The device's DMA block: several engines behind one port.
struct DmaParams {
  int engines = 8;
  Duration setup = 500ns;
  Duration landing = 50ns;
  Bandwidth bandwidth = Bandwidth::gigabytes_per_second(22);
  Bytes burst = 512_B;
  int reads_in_flight = 32;

  static void describe(auto&& field) {
    using sim::Range;
    field(&DmaParams::engines, "engines", "transfers in work at a time",
          sim::recalled("not published for this NIC"), Range{1, 64});
    field(&DmaParams::setup, "setup", "from an engine's taking a descriptor to its first burst",
          sim::recalled("0.6-1 us per small transfer in all"), Range{0ns, 1500ns});
    field(&DmaParams::landing, "landing", "from a read's last completion to bytes in NIC memory",
          sim::recalled("DMA engine's share of a 64-byte read"), Range{20ns, 100ns});
    field(&DmaParams::bandwidth, "bandwidth", "what all engines together move, either way",
          sim::recalled("not published for this NIC"),
          Range{Bandwidth::gigabytes_per_second(10), Bandwidth::gigabytes_per_second(120)});
    field(&DmaParams::burst, "burst", "what an engine moves before it lets the next one",
          sim::assumed("one read request of usual size"), Range{64_B, 4096_B});
    field(&DmaParams::reads_in_flight, "reads_in_flight", "bursts one engine waits for at a time",
          sim::assumed("enough to hide the round trip at full bandwidth"), Range{1, 256});
  }
};

/// Interrupts from the device. What the sending core pays is the device's business.
struct MsixParams {
  /// Data of the memory write that is the interrupt (PCIe specification, MSI-X message data).
  static constexpr Bytes kPayload = 4_B;
  Duration delivery = 450ns;

  static void describe(auto&& field) {
    using sim::Range;
    field(&MsixParams::delivery, "delivery",
          "ordering point in the host to vector at the core, interrupt remapping included",
          sim::recalled("300-600 ns on servers: fit this leg to an end-to-end value"),
          Range{300ns, 1500ns});
  }
};

/// Everything between a host's cores and memory and a device's on-chip network.
struct PcieParams {
  LinkParams link;
  RootComplexParams root_complex;
  HostMemoryParams host_memory;
  IommuParams iommu;
  EndpointParams endpoint;
  DmaParams dma;
  MsixParams msix;

  static void describe(auto&& field) {
    field(&PcieParams::link, "link", "root port to endpoint");
    field(&PcieParams::root_complex, "root_complex", "cores and memory to root port");
    field(&PcieParams::host_memory, "host_memory", "host memory as a device sees it");
    field(&PcieParams::iommu, "iommu", "translation of device addresses");
    field(&PcieParams::endpoint, "endpoint", "device's link to its on-chip network");
    field(&PcieParams::dma, "dma", "device's DMA block");
    field(&PcieParams::msix, "msix", "device's interrupts");
  }
};

/// The first rule that `params` breaks, in words; nothing when it makes sense.
std::optional<std::string> check(const LinkParams& params);
std::optional<std::string> check(const PcieParams& params);

}  // namespace pcie
