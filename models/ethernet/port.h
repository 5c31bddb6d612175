// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "models/ethernet/frame.h"
#include "models/ethernet/port_params.h"
#include "models/ethernet/queue_stats.h"
#include "models/ethernet/toeplitz.h"
#include "models/memory/region.h"
#include "models/pcie/bus_master.h"
#include "sim/simulation.h"

namespace ethernet {

/// A ring has entries of 64 bytes: a frame's descriptor, its control word, and in the last word,
/// the flag, the entry's number from 1 on. Its owner writes the flag last.
struct RingPlace {
  std::int64_t offset = 0;    // in the region
  std::int64_t capacity = 0;  // in entries; even
};

/// The memory in which a pair of queues and its packets are.
struct QueueHome {
  memory::Region* region = nullptr;  // of the rings
  RingPlace receive = {};
  RingPlace transmit = {};
  bool in_host = false;  // across PCIe; otherwise the memory is the NIC's own
  /// Of the host's memory: where writes land.
  memory::Lands lands = memory::Lands::kInMemory;
  std::uint64_t address = 0;  // of the region, for translation; the receive buffers follow it
};

/// What a port's cable leads to.
class Network {
 public:
  virtual ~Network() = default;
  /// A packet whose first bit could be on the cable at `when`, now or later; none earlier than the
  /// one before.
  virtual void send(const Frame& frame, sim::Time when) = 0;
};

/// An Ethernet port with receive-side scaling: it parses packets from the network, chooses a
/// queue by their flow, and puts payload and descriptor into the memory where that queue lies; and
/// it fetches what software wants sent.
///
/// Software hears of packets by polling its ring, and gives entries back by telling the port how
/// many it has taken in all (`returned`); it says how many descriptors it has written in all
/// (`posted`). Both are register writes, called when they arrive. A packet for a full ring is
/// dropped. Of a transmit ring the port clears the flag of the last entry of each half when that
/// packet is in the port, so that software need not ask about each.
///
/// Promised: packets of a queue leave in the order of their descriptors, though a later one's
/// payload may be there first, and reach memory in the order in which they came.
///
/// Not modelled: the cable's rate (that is the network's), what the port itself can process and
/// keep, interrupts, several descriptors for a packet, bandwidth of the NIC's memory.
class Port {
 public:
  /// How much longer a packet with so much payload takes because it passes an engine (checksums,
  /// encryption) in the port.
  using EngineDelay = std::function<sim::Duration(sim::Bytes payload)>;

  /// `host` is how the port reaches host memory; without one all queues are in the NIC's.
  Port(sim::Simulation& sim, const PortParams& params, Network& network, pcie::BusMaster* host,
       EngineDelay engine = nullptr);

  /// Returns the queue's number, counted from 0. Before the first packet: the indirection table is
  /// dealt out to all queues in turn.
  int add_queue(const QueueHome& home);

  /// A packet of `flow` whose last bit is here.
  void receive(std::uint32_t flow, const Frame& frame);
  int queue_of(std::uint32_t flow) const;

  // Registers:
  void returned(int queue, std::uint64_t entries) { at(queue).returned = entries; }
  void posted(int queue, std::uint64_t entries);

  const QueueStats& stats(int queue) const { return queues_[index(queue)].stats; }
  const PortParams& params() const { return params_; }

 private:
  using Entry = std::array<std::uint64_t, 8>;
  struct Packet;
  struct Queue {
    QueueHome home;
    QueueStats stats;
    std::uint64_t written = 0;               // receive entries, so far
    std::uint64_t returned = 0;              // of those, by software
    std::uint64_t fetched = 0;               // transmit entries, so far
    std::uint64_t left = 0;                  // of those, into the pipeline
    std::map<std::uint64_t, Packet*> early;  // in the port before one with a lower number
  };
  /// A packet between the network and its queue's memory.
  struct Packet {
    Queue* queue = nullptr;
    std::uint64_t number = 0;  // of its entry
    Entry entry{};
    sim::Time there{};  // in the port, descriptor and payload
  };

  static std::size_t index(int queue) { return static_cast<std::size_t>(queue); }
  Queue& at(int queue) { return queues_[index(queue)]; }
  Packet& take(Queue& queue, std::uint64_t number);
  sim::Duration in_engine(std::uint32_t payload) const {
    return engine_ ? engine_(sim::Bytes{payload}) : sim::Duration{0};
  }

  void put(Packet& packet);
  void enter(Packet& packet);
  void fetch(Packet& packet);
  static sim::Duration copy_entry(Packet& packet);
  void fetch_payload(Packet& packet, sim::Duration later);
  void leave_in_turn(Packet& packet, sim::Duration later);
  void leave(Packet& packet);
  void report(const Packet& packet);
  void clear(Queue& queue, std::int64_t offset);

  sim::Simulation& sim_;
  const PortParams params_;
  Network& network_;
  pcie::BusMaster* host_;
  const EngineDelay engine_;
  const std::string name_ = "port";
  const ToeplitzHash hash_{kMicrosoftKey};
  std::deque<Queue> queues_;
  std::deque<Packet> packets_;  // stay where they are
  std::vector<Packet*> unused_;
  sim::Time last_parsed_{};
  sim::Time last_leaves_{};
};

}  // namespace ethernet
