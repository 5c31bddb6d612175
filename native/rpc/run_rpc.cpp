// SPDX-License-Identifier: Apache-2.0
#include "native/rpc/run_rpc.h"

#include <utility>

#include "native/rpc/echo.h"
#include "sim/config_error.h"
#include "sim/parameters.h"

namespace native {
namespace {

RpcServerOptions server_of(const RpcRunOptions& o) {
  RpcServerOptions server{.stacks = o.stacks, .workers = o.workers};
  server.stack.mtu = static_cast<std::uint32_t>(o.mtu);
  server.stack.most_waiting = static_cast<std::size_t>(o.most_waiting);
  return server;
}

RpcClientOptions client_of(const RpcRunOptions& o) {
  return {.connections = o.connections,
          .request_bytes = static_cast<std::uint32_t>(o.request_bytes),
          .reply_bytes = static_cast<std::uint32_t>(o.reply_bytes),
          .mtu = static_cast<std::uint32_t>(o.mtu),
          .budget = std::chrono::ceil<std::chrono::microseconds>(o.budget),
          .patience = std::chrono::ceil<std::chrono::milliseconds>(o.patience)};
}

}  // namespace

void check(const RpcRunOptions& options) {
  sim::require_in_range(options);
}

RpcReport run_rpc(const RpcRunOptions& options, std::vector<PlannedCall> calls,
                  const std::atomic<bool>& interrupted) {
  RpcServer server(echo, server_of(options));
  RpcClient client(std::move(calls), server.ports(), client_of(options));
  RpcReport report{.client = client.run(interrupted)};
  const RpcServer::Stats served = server.stop();
  report.stack = served.stack;
  report.wire = served.wire;
  return report;
}

}  // namespace native
