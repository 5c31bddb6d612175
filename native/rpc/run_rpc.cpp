// SPDX-License-Identifier: Apache-2.0
#include "native/rpc/run_rpc.h"

#include "native/rpc/echo.h"
#include "sim/distributions.h"

namespace native {
namespace {

std::vector<PlannedCall> plan(const RpcRunOptions& options) {
  sim::Stream arrivals(options.seed, "arrivals");
  const sim::Exponential gap(options.between_calls);
  std::vector<PlannedCall> calls;
  for (sim::Duration at = gap(arrivals); at < options.length; at += gap(arrivals))
    calls.push_back({.arrival = at, .service = options.service});
  return calls;
}

}  // namespace

RpcReport run_rpc(const RpcRunOptions& options, const std::atomic<bool>& interrupted) {
  RpcServer server(echo, options.server);
  RpcClient client(plan(options), server.ports(), options.client);
  RpcReport report{.client = client.run(interrupted)};
  const RpcServer::Stats served = server.stop();
  report.stack = served.stack;
  report.wire = served.wire;
  return report;
}

}  // namespace native
