// SPDX-License-Identifier: Apache-2.0
#include "native/rpc/worker.h"

namespace native {

RpcWorker::RpcWorker(const RpcHandler& handler, Doorbell& bell)
    : handler_(handler), bell_(bell), thread_([this] { work(); }) {}

RpcWorker::~RpcWorker() {
  while (state_.load(std::memory_order_acquire) == kGiven)
    state_.wait(kGiven, std::memory_order_acquire);
  move_to(kLeave);
  thread_.join();
}

void RpcWorker::give(RpcRequest request) {
  request_ = std::move(request);
  move_to(kGiven);
}

bool RpcWorker::has_replied() {
  if (!wants_to_reply()) return false;
  state_.store(kIdle, std::memory_order_relaxed);
  return true;
}

void RpcWorker::work() {
  for (;;) {
    std::uint32_t state = state_.load(std::memory_order_acquire);
    if (state == kLeave) return;
    if (state != kGiven) {
      state_.wait(state, std::memory_order_acquire);
      continue;
    }
    reply_ = handler_(request_);
    move_to(kReplied);
    bell_.ring();
  }
}

/// What was written before is seen by whoever sees the new state.
void RpcWorker::move_to(State state) {
  state_.store(state, std::memory_order_release);
  state_.notify_all();
}

}  // namespace native
