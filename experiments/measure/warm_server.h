// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "experiments/measure/experiment.h"
#include "experiments/system/server.h"

namespace experiments {

/// A server at the end of its warm-up, and what it counts from there on.
class WarmServer {
 public:
  /// Runs the warm-up. Throws sim::ConfigError as Server does.
  WarmServer(const ExperimentParams& experiment, std::uint64_t seed,
             const std::vector<FaultParams>& faults = {}, const SharedInputs& inputs = {});

  Server& server() { return server_; }
  sim::Time begin() const { return begin_; }

  /// Since the warm-up. The calls only of a server with an RPC stack.
  ServerStats counted() { return server_.stats() - before_; }
  std::optional<RpcStats> rpc_counted() const;
  /// Calls of whose answers nothing will come.
  std::int64_t failed() const;

 private:
  Server server_;
  const sim::Time begin_;
  ServerStats before_;
  std::optional<RpcStats> rpc_before_;
  std::int64_t failed_before_ = 0;
};

}  // namespace experiments
