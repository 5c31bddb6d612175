// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <vector>

#include "native/rpc/client.h"
#include "native/rpc/server.h"

namespace native {

struct RpcRunOptions {
  RpcServerOptions server = {};
  RpcClientOptions client = {};
};

struct RpcReport {
  workloads::RpcClientStats client;
  rpc::ProgramStats stack = {};
  WireStats wire = {};
};

/// Serves these calls for real: over this machine's loopback, with the stack's program, on workers'
/// threads.
RpcReport run_rpc(const RpcRunOptions& options, std::vector<PlannedCall> calls,
                  const std::atomic<bool>& interrupted);

}  // namespace native
