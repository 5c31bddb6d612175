// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "native/rpc/bodies.h"
#include "native/rpc/datagram.h"
#include "native/rpc/doorbell.h"
#include "native/rpc/udp_socket.h"
#include "native/rpc/worker.h"
#include "subsystems/rpc/stack/runtime.h"
#include "subsystems/rpc/stack/stack_program.h"

namespace native {

/// What one stack's socket saw, beside what its program counts.
struct WireStats {
  std::int64_t strangers = 0;
  std::int64_t no_room = 0;
  std::int64_t unsent = 0;

  static void describe(auto&& stat) {
    stat(&WireStats::strangers, "strangers", "datagrams of another protocol; dropped");
    stat(&WireStats::no_room, "no_room",
         "packets dropped because no buffer was free, or of one connection too many");
    stat(&WireStats::unsent, "unsent", "packets that the machine did not take");
  }
};

/// What the RPC stack's program has on one thread of the machine at hand: a datagram socket for a
/// wire, threads for workers, the kernel's scheduler for the scheduler.
///
/// A datagram that the machine drops is lost: the protocol has no retransmission yet.
class RpcStackRuntime : public rpc::Runtime {
 public:
  RpcStackRuntime(const RpcHandler& handler, rpc::Worker workers, const rpc::StackOptions& options);

  Port port() const { return socket_.port(); }
  /// From any thread.
  void leave();
  const WireStats& wire() const { return wire_; }

  wave::Instant now() override;
  rpc::Event poll(wave::Instant deadline) override;
  bool leaving() override { return leaving_.load(std::memory_order_relaxed); }
  rpc::Worker workers() const override { return static_cast<rpc::Worker>(workers_.size()); }
  void give(rpc::Worker worker, const rpc::Message& message) override;
  bool transmit(const rpc::Packet& packet, rpc::Worker from) override;
  /// Nothing: here the program itself takes the time.
  void charge(rpc::Stage, std::uint32_t) override {}

 private:
  using Clock = std::chrono::steady_clock;
  struct Peer {
    Port port = 0;
    std::uint32_t connection = 0;  // its own number for it
    auto operator<=>(const Peer&) const = default;
  };

  std::optional<rpc::Event> look();
  std::optional<rpc::Event> take_packet();
  std::optional<rpc::Event> take_reply();
  std::optional<std::uint32_t> connection_of(const Peer& peer);
  void rest(wave::Instant deadline);
  std::span<const std::byte> body_of(const rpc::Packet& packet, rpc::Worker from);

  const Clock::time_point began_ = Clock::now();
  std::atomic<bool> leaving_{false};
  UdpSocket socket_;
  Doorbell bell_;
  Bodies bodies_;
  std::vector<std::byte> buffer_;
  bool wire_next_ = false;
  std::size_t worker_next_ = 0;
  std::map<Peer, std::uint32_t> connections_;
  std::vector<Peer> peers_;  // by connection
  WireStats wire_;
  std::vector<std::unique_ptr<RpcWorker>> workers_;  // last: their threads ring the bell
};

}  // namespace native
