// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <vector>

#include "models/ethernet/frame.h"
#include "models/ethernet/port_params.h"
#include "models/ethernet/toeplitz.h"
#include "models/memory/region.h"
#include "models/pcie/bus_master.h"
#include "sim/simulation.h"

namespace ethernet {

/// Where the rings of one pair of queues lie. Entries have 64 bytes: a descriptor and in the last
/// word, the flag, the number of the entry, from 1 on. The owner writes the flag last.
struct RingPlace {
  std::int64_t offset = 0;    // in the region
  std::int64_t capacity = 0;  // in entries; even
};

/// The memory in which a pair of queues and the packets' bytes are.
struct QueueHome {
  memory::Region* region = nullptr;  // of the rings
  RingPlace receive;
  RingPlace transmit;
  bool host = false;  // across PCIe; otherwise the NIC's own
  /// Of the host's memory: where what the port writes lands, and what it reads there lies.
  pcie::HostMemory written = pcie::HostMemory::kDram;
  std::uint64_t address = 0;  // of the rings, for address translation; buffers follow them
};

struct QueueStats {
  std::int64_t received = 0;
  std::int64_t dropped = 0;
  std::int64_t transmitted = 0;

  static void describe(auto&& stat) {
    stat(&QueueStats::received, "received", "packets whose entry went to the receive ring");
    stat(&QueueStats::dropped, "dropped", "packets lost because the receive ring was full");
    stat(&QueueStats::transmitted, "transmitted", "packets that left through the transmit ring");
  }
};

/// What a port's cable leads to.
class Network {
 public:
  virtual ~Network() = default;
  /// A frame whose first bit is on the cable at `leaves`, now or later; in the order of `leaves`.
  virtual void send(const Frame& frame, sim::Time leaves) = 0;
};

/// An Ethernet port with receive-side scaling: it parses packets from the network, chooses a
/// queue by their flow, and puts payload and descriptor into the memory where that queue lies; and
/// it fetches what software wants sent.
///
/// Software hears of packets by polling its ring, and gives entries back by telling the port how
/// many it has taken in all (`returned`); it says how many descriptors it has written in all
/// (`posted`). Both are register writes, called when they arrive. A packet for a full ring is
/// dropped. Of a transmit ring the port clears the flag of the last entry of each half when that
/// has been fetched, so that software need not ask about each.
///
/// Not modelled: the cable's rate (that is the network's), buffers in the port, interrupts, several
/// packets for one descriptor, bandwidth of the NIC's memory.
class Port {
 public:
  /// `host` is how the port reaches host memory; without one all queues are in the NIC's.
  Port(sim::Simulation& sim, const PortParams& params, Network& network, pcie::BusMaster* host);

  /// Returns the queue's number, counted from 0. Before the first packet: the indirection table
  /// deals its entries out to all queues in turn.
  int add_queue(const QueueHome& home);

  /// A packet of `flow` whose last bit is here.
  void receive(std::uint32_t flow, const Frame& frame);
  int queue_of(std::uint32_t flow) const;

  // Registers:
  void returned(int queue, std::uint64_t entries);
  void posted(int queue, std::uint64_t entries);

  const QueueStats& stats(int queue) const { return at(queue).stats; }
  const PortParams& params() const { return params_; }

 private:
  using Entry = std::array<std::uint64_t, 8>;
  struct Queue {
    QueueHome home;
    QueueStats stats;
    std::uint64_t written = 0;   // receive entries, so far
    std::uint64_t returned = 0;  // of those, by software
    std::uint64_t posted = 0;    // transmit entries, by software
    std::uint64_t fetched = 0;   // of those, begun by the port
  };
  /// A packet between the port and a queue's memory.
  struct Packet {
    Queue* queue = nullptr;
    std::int64_t offset = 0;  // of its entry
    Entry entry{};
  };

  const Queue& at(int queue) const { return queues_[static_cast<std::size_t>(queue)]; }

  void receive_near(Packet& packet);
  void receive_in_host(Packet& packet, sim::Bytes payload);
  void enter(Packet& packet);
  void fetch_next(Queue& queue);
  void fetch_payload(Packet& packet);
  void send(Packet& packet, sim::Duration later);
  void report_half(Queue& queue, std::uint64_t number);

  sim::Simulation& sim_;
  const PortParams params_;
  Network& network_;
  pcie::BusMaster* host_;
  std::deque<Queue> queues_;
  std::deque<Packet> packets_;  // stay where they are
  std::vector<Packet*> unused_;
};

}  // namespace ethernet
