// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

#include "native/rpc/doorbell.h"
#include "subsystems/rpc/protocol/frame.h"

namespace native {

struct RpcRequest {
  rpc::Header header;
  std::vector<std::byte> body;
};
struct RpcReply {
  rpc::Header header;
  std::vector<std::byte> body = {};
};
/// What the server is for. Runs on workers' threads, on several at once.
using RpcHandler = std::function<RpcReply(const RpcRequest&)>;

/// A thread that handles one request at a time, and the place where a stack leaves it requests and
/// finds replies. The kernel's scheduler decides where it runs.
class RpcWorker {
 public:
  /// `bell` is rung for each reply.
  RpcWorker(const RpcHandler& handler, Doorbell& bell);
  /// Lets the request at hand be finished.
  ~RpcWorker();
  RpcWorker(const RpcWorker&) = delete;
  RpcWorker& operator=(const RpcWorker&) = delete;

  // For the stack:
  void give(RpcRequest request);
  bool wants_to_reply() const { return state_.load(std::memory_order_acquire) == kReplied; }
  /// The same, once for each reply.
  bool has_replied();
  /// The latest reply, until the next `give`.
  const RpcReply& reply() const { return reply_; }

 private:
  enum State : std::uint32_t { kIdle, kGiven, kReplied, kLeave };

  void work();
  void move_to(State state);

  const RpcHandler& handler_;
  Doorbell& bell_;
  /// Whose turn it is with `request_` and `reply_`: in kGiven the worker's, otherwise the stack's.
  std::atomic<std::uint32_t> state_{kIdle};
  RpcRequest request_;
  RpcReply reply_;
  std::thread thread_;  // last: it uses the others
};

}  // namespace native
