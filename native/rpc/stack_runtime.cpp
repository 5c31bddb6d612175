// SPDX-License-Identifier: Apache-2.0
#include "native/rpc/stack_runtime.h"

#include <algorithm>

namespace native {
namespace {

using rpc::Event;
using rpc::kHeaderBytes;
using rpc::kNoWorker;
using wave::Instant;

/// Of messages that are incomplete or wait for a worker.
constexpr std::size_t kMostBodyMemory = std::size_t{256} << 20;
constexpr std::size_t kMostConnections = 65'536;

/// Longer than a loopback datagram or a short request takes, and short enough that two threads on
/// one core do not starve each other.
constexpr std::chrono::microseconds kSpin{20};
/// Nothing depends on it: every change rings.
constexpr std::chrono::milliseconds kLongestSleep{100};

}  // namespace

RpcStackRuntime::RpcStackRuntime(const RpcHandler& handler, rpc::Worker workers,
                                 const rpc::StackOptions& options)
    : bodies_(options.most_incomplete, options.most_message_bytes, kMostBodyMemory),
      buffer_(kLargestDatagram) {
  for (rpc::Worker worker = 0; worker < workers; ++worker)
    workers_.push_back(std::make_unique<RpcWorker>(handler, bell_));
}

void RpcStackRuntime::leave() {
  leaving_.store(true, std::memory_order_relaxed);
  bell_.ring();
}

Instant RpcStackRuntime::now() {
  return std::chrono::duration_cast<Instant>(Clock::now() - began_);
}

Event RpcStackRuntime::poll(Instant deadline) {
  const Instant awake_until = now() + kSpin;
  while (!leaving()) {
    if (const auto event = look()) return *event;
    const Instant present = now();
    if (present >= deadline) break;
    if (present >= awake_until) rest(deadline);
  }
  return {};
}

/// Until something may be new.
void RpcStackRuntime::rest(Instant deadline) {
  bell_.prepare();
  const bool replied = std::ranges::any_of(workers_, &RpcWorker::wants_to_reply);
  if (replied || leaving()) return bell_.stay();
  const auto left = std::chrono::duration_cast<std::chrono::nanoseconds>(deadline - now());
  bell_.sleep(socket_.descriptor(), std::clamp<std::chrono::nanoseconds>(
                                        left, std::chrono::nanoseconds{0}, kLongestSleep));
}

/// Wire and workers in turn, so that neither keeps the other waiting.
std::optional<Event> RpcStackRuntime::look() {
  for (int turn = 0; turn < 2; ++turn) {
    wire_next_ = !wire_next_;
    if (const auto event = wire_next_ ? take_packet() : take_reply()) return event;
  }
  return std::nullopt;
}

std::optional<Event> RpcStackRuntime::take_packet() {
  const auto received = socket_.receive(buffer_);
  if (!received) return std::nullopt;
  auto datagram = read_datagram(received->bytes);
  if (!datagram) {
    ++wire_.strangers;
    return std::nullopt;
  }
  rpc::Segment& segment = datagram->packet.segment;
  const auto connection = connection_of({received->from, segment.connection});
  if (connection) segment.connection = *connection;
  if (!connection || !bodies_.keep(segment, datagram->bytes)) {
    ++wire_.no_room;
    return std::nullopt;
  }
  return Event{.kind = Event::Kind::kPacket, .packet = datagram->packet};
}

std::optional<std::uint32_t> RpcStackRuntime::connection_of(const Peer& peer) {
  if (const auto known = connections_.find(peer); known != connections_.end()) return known->second;
  if (peers_.size() == kMostConnections) return std::nullopt;
  const auto connection = static_cast<std::uint32_t>(peers_.size());
  peers_.push_back(peer);
  connections_.emplace(peer, connection);
  return connection;
}

std::optional<Event> RpcStackRuntime::take_reply() {
  for (std::size_t looked = 0; looked < workers_.size(); ++looked) {
    const std::size_t worker = worker_next_;
    worker_next_ = (worker_next_ + 1) % workers_.size();
    if (!workers_[worker]->has_replied()) continue;
    const RpcReply& reply = workers_[worker]->reply();
    Event event{.kind = Event::Kind::kReply,
                .worker = static_cast<rpc::Worker>(worker),
                .reply = reply.header};
    event.reply.body_bytes = static_cast<std::uint32_t>(reply.body.size());
    return event;
  }
  return std::nullopt;
}

void RpcStackRuntime::give(rpc::Worker worker, const rpc::Message& message) {
  const std::vector<std::byte> bytes = bodies_.take(message.connection, message.number);
  const auto body = std::span(bytes).subspan(std::min(bytes.size(), kHeaderBytes));
  workers_[static_cast<std::size_t>(worker)]->give(
      {.header = message.header, .body = {body.begin(), body.end()}});
}

bool RpcStackRuntime::transmit(const rpc::Packet& packet, rpc::Worker from) {
  rpc::Segment segment = packet.segment;
  if (from == kNoWorker) bodies_.drop(segment.connection, segment.message);
  const Peer& peer = peers_[segment.connection];
  segment.connection = peer.connection;
  const DatagramHeader header = header_of(segment);
  const auto message_header =
      std::span<const std::byte>(packet.header).first(packet.has_header() ? kHeaderBytes : 0);
  const bool sent = socket_.send(peer.port, std::as_bytes(std::span(&header, 1)), message_header,
                                 body_of(packet, from));
  if (!sent) ++wire_.unsent;
  return sent;
}

/// The bytes of the segment behind the header, which is never divided.
std::span<const std::byte> RpcStackRuntime::body_of(const rpc::Packet& packet, rpc::Worker from) {
  if (from == kNoWorker) return {};
  const rpc::Segment& segment = packet.segment;
  const std::size_t header = packet.has_header() ? kHeaderBytes : 0;
  const std::size_t begin = segment.offset + header - kHeaderBytes;
  return std::span(workers_[static_cast<std::size_t>(from)]->reply().body)
      .subspan(begin, segment.length - header);
}

}  // namespace native
