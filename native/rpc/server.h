// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <thread>
#include <vector>

#include "native/rpc/stack_runtime.h"

namespace native {

struct RpcServerOptions {
  int stacks = 1;
  rpc::Worker workers = 2;  // of each stack
  rpc::StackOptions stack = {};
};

/// Threads that run the stack's program, each with a socket and workers of its own.
class RpcServer {
 public:
  RpcServer(RpcHandler handler, const RpcServerOptions& options);
  /// Requests that workers have are finished, their replies not sent.
  ~RpcServer();
  RpcServer(const RpcServer&) = delete;
  RpcServer& operator=(const RpcServer&) = delete;

  /// One for each stack: whose a connection is, its client chooses.
  std::vector<Port> ports() const;

  struct Stats {
    rpc::ProgramStats stack;
    WireStats wire;
  };
  /// Of all stacks; ends them.
  Stats stop();

 private:
  struct Stack {
    Stack(const RpcHandler& handler, const RpcServerOptions& options);
    RpcStackRuntime runtime;
    rpc::StackProgram program;
    std::thread thread;
  };

  const RpcHandler handler_;
  std::vector<std::unique_ptr<Stack>> stacks_;
};

}  // namespace native
