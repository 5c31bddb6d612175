// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "native/rpc/bodies.h"
#include "native/rpc/datagram.h"
#include "native/rpc/udp_socket.h"
#include "sim/units.h"
#include "subsystems/rpc/protocol/inbox.h"
#include "workloads/request_stats.h"

namespace native {

/// A call of an open loop: when it is meant to begin, and what it asks for.
struct PlannedCall {
  sim::Duration arrival{};
  sim::Duration service{};
  workloads::RequestKind kind = workloads::RequestKind::kOnly;
  std::uint8_t slo_class = 0;
  bool counted = true;  // false during a warm-up
};

struct RpcClientOptions {
  int connections = 8;
  std::uint32_t request_bytes = 64;  // of the body
  std::uint32_t reply_bytes = 64;    // of the body
  std::uint32_t mtu = 1460;
  std::chrono::microseconds budget{0};      // that calls announce; 0: none
  std::chrono::milliseconds patience{500};  // for replies, after the last call has begun
};

/// As the simulated client's, as far as it has them.
struct RpcCallStats {
  workloads::RequestStats calls;
  std::int64_t refused = 0;
  std::int64_t lost = 0;
  std::int64_t bad_replies = 0;
  std::int64_t stray_replies = 0;
  std::int64_t left = 0;

  static void describe(auto&& stat) {
    using S = RpcCallStats;
    stat(&S::calls, "calls", "all calls, by kind where they are a mix");
    stat(&S::refused, "refused", "calls to which the server answered with an error");
    stat(&S::lost, "lost", "calls without an answer when patience was over");
    stat(&S::bad_replies, "bad_replies",
         "replies that could not be read, or with other bytes than the call's");
    stat(&S::stray_replies, "stray_replies", "replies that fit no call that waits");
    stat(&S::left, "left", "calls that were not carried out yet when the last had been sent");
  }
};

/// Sends calls when they are due, whatever became of those before, and takes the replies. A call
/// that is sent late counts from when it was due.
class RpcClient {
 public:
  RpcClient(std::vector<PlannedCall> calls, std::vector<Port> servers,
            const RpcClientOptions& options);

  /// Returns when every call is answered, when patience is over, or soon after `interrupted` has
  /// become true.
  RpcCallStats run(const std::atomic<bool>& interrupted);

 private:
  using Clock = std::chrono::steady_clock;

  void send_due(const std::atomic<bool>& interrupted);
  void send(std::size_t call);
  bool wait_until(Clock::time_point when, const std::atomic<bool>& interrupted) const;
  void receive_all(const std::atomic<bool>& interrupted);
  void take(const Datagram& datagram);
  void take_reply(const rpc::Segment& last, const rpc::Beginning& beginning);
  bool all_settled() const { return settled_ == calls_.size(); }
  void settle(std::size_t call, const rpc::Header& header, const std::vector<std::byte>& body);
  sim::Duration since_begin() const;

  const std::vector<PlannedCall> calls_;
  const std::vector<Port> servers_;
  const RpcClientOptions options_;
  UdpSocket socket_;
  rpc::Inbox inbox_;
  Bodies bodies_;
  std::vector<bool> answered_;  // by call
  std::size_t settled_ = 0;
  std::optional<std::int64_t> in_time_;  // calls completed when the last had been sent
  std::atomic<std::size_t> sent_{0};
  std::atomic<bool> all_sent_{false};
  Clock::time_point began_{};
  RpcCallStats stats_;  // the receiver's, but for what was sent
};

}  // namespace native
