// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

#include "native/rpc/client.h"
#include "native/rpc/server.h"
#include "sim/units.h"

namespace native {

struct RpcRunOptions {
  RpcServerOptions server;
  RpcClientOptions client;
  sim::Duration between_calls{};  // on average; they come at random (Poisson)
  sim::Duration service{};        // of each call, on a worker's CPU
  sim::Duration length{};
  std::uint64_t seed = 1;
};

struct RpcReport {
  workloads::RpcClientStats client;
  rpc::ProgramStats stack = {};
  WireStats wire = {};
};

/// Serves real calls over this machine's loopback with the stack's program, for so long. Calls and
/// when they are due depend on the seed only; what they take is this machine's.
RpcReport run_rpc(const RpcRunOptions& options, const std::atomic<bool>& interrupted);

}  // namespace native
