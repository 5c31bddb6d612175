// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <type_traits>
#include <utility>

#include "models/memory/coherent_line.h"
#include "models/memory/memory_type.h"
#include "sim/describe.h"
#include "sim/units.h"

namespace rpc {

using namespace std::chrono_literals;

/// Where bodies lie when a worker reads them, and where it leaves those of replies.
enum class PayloadPath : std::uint8_t {
  kHostDram,   // the device writes them past the host's caches
  kHostCache,  // into the last-level cache (direct cache access)
  kNic,        // they stay in the NIC's memory; only for a stack that runs there
};

constexpr auto enum_names(std::type_identity<PayloadPath>) {
  return std::array{std::pair{PayloadPath::kHostDram, "host_dram"},
                    std::pair{PayloadPath::kHostCache, "host_cache"},
                    std::pair{PayloadPath::kNic, "nic"}};
}

/// What lies between the port, a stack's core, the workers and the scheduler's ear.
struct ChannelParams {
  PayloadPath payload = PayloadPath::kHostDram;
  double body_read = 1.0;
  int lines_ahead = 8;
  memory::MemoryType request_mapping = memory::MemoryType::kWriteThrough;
  memory::MemoryType reply_mapping = memory::MemoryType::kWriteCombining;
  int body_room = 256;
  bool tells_class = true;
  int receive_ring = 512;
  int transmit_ring = 512;
  int return_batch = 32;
  sim::Duration poll = 2ns;
  sim::Duration dma_submit = 50ns;
  sim::Duration register_write = 30ns;
  bool full_polling = false;

  /// Where in host memory devices write.
  memory::Lands lands() const {
    return payload == PayloadPath::kHostCache ? memory::Lands::kInLastLevel
                                              : memory::Lands::kInMemory;
  }

  static void describe(auto&& field) {
    using P = ChannelParams;
    using memory::MemoryType;
    using sim::Range;
    field(&P::payload, "payload",
          "where a request's body lies when its worker reads it: \"host_dram\", \"host_cache\", or "
          "\"nic\", from where the worker loads across PCIe",
          sim::recalled("Zen 3's devices write to memory; direct cache access came with Zen 5"));
    field(&P::body_read, "body_read", "share of a body's lines that its worker reads",
          sim::assumed("all of it: a server parses what it is sent"), Range{0.0, 1.0});
    field(&P::lines_ahead, "lines_ahead",
          "lines of a body that a core has under way at a time, by prefetching",
          sim::recalled("hardware.md 8.3: 8 (1..24) to device memory; 24 miss buffers on Zen 3"),
          Range{1, 24});
    field(&P::request_mapping, "request_mapping",
          "a worker's mapping of requests in the NIC's memory, for payload \"nic\": WT or UC",
          sim::chosen("as Wave maps decisions"));
    field(&P::reply_mapping, "reply_mapping",
          "a worker's mapping of reply queues in the NIC's memory: WC or UC",
          sim::chosen("as Wave maps messages"));
    field(&P::body_room, "body_room",
          "lines of a worker's place for a body in the NIC's memory, for payload \"nic\"; a larger "
          "one goes around",
          sim::chosen("16 KiB"), Range{1, 4096});
    field(&P::tells_class, "tells_class",
          "the note to the scheduler says the request's class; otherwise the stack writes it into "
          "its own memory, where the scheduler has to look it up",
          sim::chosen("the question"));
    field(&P::receive_ring, "receive_ring", "entries of a core's receive ring, an even number",
          sim::recalled("DPDK's examples: 512 to 1024"), Range{16, 4096});
    field(&P::transmit_ring, "transmit_ring", "entries of a core's transmit ring, an even number",
          sim::recalled("DPDK's examples: 512 to 1024"), Range{16, 4096});
    field(&P::return_batch, "return_batch",
          "receive entries that the driver gives back to the port with one register write",
          sim::recalled("DPDK's rx_free_thresh: 32"), Range{1, 256});
    field(&P::poll, "poll", "one turn of the polling loop beside its load, on the reference core",
          sim::assumed("as an agent's: a load, a compare and a branch"), Range{1ns, 5ns});
    field(&P::dma_submit, "dma_submit",
          "a stack's core hands a descriptor to the DMA block: fill a line, write a register",
          sim::derived("hardware.md 8.6: register write 30 ns (10..60), and some 30 instructions"),
          Range{20ns, 150ns});
    field(&P::register_write, "register_write",
          "a NIC core writes a register of the port; a host core pays its own mmio_store",
          sim::recalled("hardware.md 8.6: 30 ns"), Range{10ns, 60ns});
    field(&P::full_polling, "full_polling",
          "simulate every single poll of an idle stack instead of parking it",
          sim::chosen("parking gives the same result in less time"));
  }
};

}  // namespace rpc
