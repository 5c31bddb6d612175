// SPDX-License-Identifier: Apache-2.0
#include "native/rpc/server.h"

#include <algorithm>
#include <utility>

namespace native {

RpcServer::Stack::Stack(const RpcHandler& handler, const RpcServerOptions& options)
    : runtime(handler, options.workers, options.stack),
      program(runtime, options.stack),
      thread([this] { program.run(); }) {}

RpcServer::RpcServer(RpcHandler handler, const RpcServerOptions& options)
    : handler_(std::move(handler)) {
  for (int stack = 0; stack < options.stacks; ++stack)
    stacks_.push_back(std::make_unique<Stack>(handler_, options));
}

RpcServer::~RpcServer() {
  stop();
}

std::vector<Port> RpcServer::ports() const {
  std::vector<Port> ports;
  for (const auto& stack : stacks_) ports.push_back(stack->runtime.port());
  return ports;
}

RpcServer::Stats RpcServer::stop() {
  Stats all;
  for (const auto& stack : stacks_) {
    stack->runtime.leave();
    if (stack->thread.joinable()) stack->thread.join();
    all.stack = all.stack + stack->program.stats();
    const WireStats& wire = stack->runtime.wire();
    WireStats::describe([&](auto member, auto&&...) { all.wire.*member += wire.*member; });
  }
  return all;
}

}  // namespace native
