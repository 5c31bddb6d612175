// SPDX-License-Identifier: Apache-2.0
#include "experiments/measure/warm_server.h"

namespace experiments {
namespace {

std::int64_t failed_ever(const Server& server) {
  const workloads::RpcClientStats* clients = server.clients();
  return clients != nullptr ? clients->refused + clients->lost : 0;
}

}  // namespace

WarmServer::WarmServer(const ExperimentParams& experiment, std::uint64_t seed,
                       const std::vector<FaultParams>& faults, const SharedInputs& inputs)
    : server_(experiment.machine, experiment.system, experiment.workload, seed, faults,
              experiment.rpc, inputs),
      begin_(experiment.run.warm_up) {
  server_.run_until(begin_);
  before_ = server_.stats();
  rpc_before_ = server_.rpc_stats();
  failed_before_ = failed_ever(server_);
}

std::optional<RpcStats> WarmServer::rpc_counted() const {
  if (!rpc_before_) return std::nullopt;
  return *server_.rpc_stats() - *rpc_before_;
}

std::int64_t WarmServer::failed() const {
  return failed_ever(server_) - failed_before_;
}

}  // namespace experiments
