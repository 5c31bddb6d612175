// SPDX-License-Identifier: Apache-2.0
#include "workloads/rpc_worker.h"

#include <utility>

namespace workloads {

using scheduling::Step;

Step RpcWorker::next(core::Core& cpu) {
  return call_ ? finish(cpu) : begin(cpu);
}

Step RpcWorker::begin(core::Core& cpu) {
  call_ = end_.take(cpu);
  cpu.touch(own_, service_.user_lines);
  return {.kind = Step::Kind::kRun, .work = service_.work(call_->call)};
}

Step RpcWorker::finish(core::Core& cpu) {
  const rpc::Header call = *std::exchange(call_, std::nullopt);
  cpu.compute(service_.finish);
  end_.reply(cpu, cpu.index(),
             {.kind = rpc::Kind::kReply,
              .slo_class = call.slo_class,
              .method = call.method,
              .call = call.call,
              .body_bytes = service_.reply_bytes(call.call, call.slo_class)});
  return {.kind = Step::Kind::kYield};
}

}  // namespace workloads
