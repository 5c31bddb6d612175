// SPDX-License-Identifier: Apache-2.0
#include "models/ethernet/port.h"

#include <algorithm>
#include <utility>

#include "sim/check.h"

namespace ethernet {
namespace {

constexpr std::int64_t kEntryBytes = 64;
constexpr std::int64_t kFlagOffset = 56;
constexpr std::size_t kControlWord = 6;
constexpr std::size_t kFlagWord = 7;
constexpr std::uint64_t kBufferBytes = 2048;  // of a receive buffer: a frame of usual size
constexpr std::uint64_t kPageBytes = 4096;
constexpr sim::Bytes kFlagBytes{8};

/// Where entry `number`, from 1 on, lies.
std::int64_t place(const RingPlace& ring, std::uint64_t number) {
  return ring.offset +
         static_cast<std::int64_t>((number - 1) % static_cast<std::uint64_t>(ring.capacity)) *
             kEntryBytes;
}

pcie::HostMemory memory_of(const QueueHome& home) {
  return home.lands == memory::Lands::kInLastLevel ? pcie::HostMemory::kCache
                                                   : pcie::HostMemory::kDram;
}

std::uint64_t address(const QueueHome& home, std::int64_t offset) {
  return home.address + static_cast<std::uint64_t>(offset);
}

std::uint64_t receive_buffer(const QueueHome& home, std::uint64_t number) {
  const auto buffer = (number - 1) % static_cast<std::uint64_t>(home.receive.capacity);
  return address(home, home.region->size()) + buffer * kBufferBytes;
}

}  // namespace

Port::Port(sim::Simulation& sim, const PortParams& params, Network& network, pcie::BusMaster* host,
           EngineDelay engine)
    : sim_(sim), params_(params), network_(network), host_(host), engine_(std::move(engine)) {}

int Port::add_queue(const QueueHome& home) {
  SIM_CHECK(home.receive.capacity % 2 == 0 && home.transmit.capacity % 2 == 0);
  SIM_CHECK(!home.in_host || host_ != nullptr);
  queues_.emplace_back().home = home;
  return static_cast<int>(queues_.size()) - 1;
}

int Port::queue_of(std::uint32_t flow) const {
  const std::uint32_t hash = hash_(addresses_of_flow(flow));
  const std::size_t entry = hash % static_cast<std::uint32_t>(params_.indirection_entries);
  return static_cast<int>(entry % queues_.size());
}

Port::Packet& Port::take(Queue& queue, std::uint64_t number) {
  if (unused_.empty()) unused_.push_back(&packets_.emplace_back());
  Packet& packet = *unused_.back();
  unused_.pop_back();
  packet.queue = &queue;
  packet.number = number;
  return packet;
}

// From the network

void Port::receive(std::uint32_t flow, const Frame& frame) {
  Queue& queue = at(queue_of(flow));
  if (queue.written - queue.returned == static_cast<std::uint64_t>(queue.home.receive.capacity)) {
    ++queue.stats.dropped;
    return;
  }
  ++queue.stats.received;
  Packet& packet = take(queue, ++queue.written);
  std::ranges::copy(frame.descriptor, packet.entry.begin());
  packet.entry[kControlWord] = control_word(frame);
  packet.entry[kFlagWord] = packet.number;
  last_parsed_ =
      std::max(last_parsed_, sim_.now() + params_.receive_pipeline + in_engine(frame.payload));
  sim_.at(last_parsed_, [this, &packet] { put(packet); });
}

/// The entry follows the payload, on PCIe as in the NIC.
void Port::put(Packet& packet) {
  const QueueHome& home = packet.queue->home;
  if (!home.in_host) return enter(packet);
  const pcie::HostMemory memory = memory_of(home);
  Frame frame;
  read_control_word(packet.entry[kControlWord], frame);
  if (frame.payload > 0)
    host_->write(receive_buffer(home, packet.number), sim::Bytes{frame.payload}, memory);
  host_->write(address(home, place(home.receive, packet.number)), sim::Bytes{kEntryBytes}, memory,
               [this, &packet] { enter(packet); });
}

void Port::enter(Packet& packet) {
  const QueueHome& home = packet.queue->home;
  home.region->write_by_device(place(home.receive, packet.number),
                               std::as_bytes(std::span(packet.entry)), name_, true,
                               home.in_host ? home.lands : memory::Lands::kInLastLevel);
  unused_.push_back(&packet);
}

// To the network

void Port::posted(int queue, std::uint64_t entries) {
  Queue& q = at(queue);
  while (q.fetched < entries) fetch(take(q, ++q.fetched));
}

/// Brings the descriptor, which its core has just written, and so is in a cache.
void Port::fetch(Packet& packet) {
  const QueueHome& home = packet.queue->home;
  if (!home.in_host) return fetch_payload(packet, copy_entry(packet));
  host_->read(
      address(home, place(home.transmit, packet.number)), sim::Bytes{kEntryBytes},
      pcie::HostMemory::kCache, {}, [&packet] { copy_entry(packet); },
      [this, &packet] { fetch_payload(packet, {}); });
}

/// Returns how long its home's caches and memory take.
sim::Duration Port::copy_entry(Packet& packet) {
  memory::Region& region = *packet.queue->home.region;
  const std::int64_t offset = place(packet.queue->home.transmit, packet.number);
  region.read(offset, std::as_writable_bytes(std::span(packet.entry)));
  return region.line(offset).read_by_device(region.home());
}

void Port::fetch_payload(Packet& packet, sim::Duration later) {
  SIM_CHECK(packet.entry[kFlagWord] == packet.number);  // software wrote it before it said so
  Frame frame;
  read_control_word(packet.entry[kControlWord], frame);
  if (frame.payload == 0) return leave_in_turn(packet, later);
  if (frame.where == Payload::kInNicMemory) {
    const memory::Region& region = *packet.queue->home.region;
    return leave_in_turn(packet, later + region.home().params(region.home_node()).last_level);
  }
  const bool cached = frame.where == Payload::kInHostCache;
  host_->read(
      frame.page * kPageBytes, sim::Bytes{frame.payload},
      cached ? pcie::HostMemory::kCache : pcie::HostMemory::kDram, later, [] {},
      [this, &packet] { leave_in_turn(packet, {}); });
}

/// Reads of different packets complete in any order: one that comes early waits for those before
/// it.
void Port::leave_in_turn(Packet& packet, sim::Duration later) {
  Queue& queue = *packet.queue;
  packet.there = sim_.now() + later;
  if (packet.number != queue.left + 1) [[unlikely]] {
    queue.early.emplace(packet.number, &packet);
    return;
  }
  leave(packet);
  while (!queue.early.empty() && queue.early.begin()->first == queue.left + 1)
    leave(*queue.early.extract(queue.early.begin()).mapped());
}

void Port::leave(Packet& packet) {
  report(packet);
  Frame frame;
  std::ranges::copy_n(packet.entry.begin(), frame.descriptor.size(), frame.descriptor.begin());
  read_control_word(packet.entry[kControlWord], frame);
  const sim::Duration way = in_engine(frame.payload) + params_.transmit_pipeline;
  last_leaves_ = std::max(last_leaves_, std::max(sim_.now(), packet.there) + way);
  ++packet.queue->left;
  ++packet.queue->stats.transmitted;
  unused_.push_back(&packet);
  network_.send(frame, last_leaves_);
}

/// Tells software once for half a ring.
void Port::report(const Packet& packet) {
  Queue& queue = *packet.queue;
  const RingPlace& ring = queue.home.transmit;
  if (packet.number % static_cast<std::uint64_t>(ring.capacity / 2) != 0) return;
  const std::int64_t flag = place(ring, packet.number) + kFlagOffset;
  if (!queue.home.in_host) return clear(queue, flag);
  host_->write(address(queue.home, flag), kFlagBytes, memory_of(queue.home),
               [this, &queue, flag] { clear(queue, flag); });
}

void Port::clear(Queue& queue, std::int64_t offset) {
  constexpr std::uint64_t kFree = 0;
  queue.home.region->write_by_device(
      offset, std::as_bytes(std::span(&kFree, 1)), name_, true,
      queue.home.in_host ? queue.home.lands : memory::Lands::kInLastLevel);
}

}  // namespace ethernet
