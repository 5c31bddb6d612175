// SPDX-License-Identifier: Apache-2.0
#include "native/rpc/run_rpc.h"

#include <utility>

#include "native/rpc/echo.h"

namespace native {

RpcReport run_rpc(const RpcRunOptions& options, std::vector<PlannedCall> calls,
                  const std::atomic<bool>& interrupted) {
  RpcServer server(echo, options.server);
  RpcClient client(std::move(calls), server.ports(), options.client);
  RpcReport report{.client = client.run(interrupted)};
  const RpcServer::Stats served = server.stop();
  report.stack = served.stack;
  report.wire = served.wire;
  return report;
}

}  // namespace native
