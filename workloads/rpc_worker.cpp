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
  tell(cpu, core::Milestone::kStarted);
  return {.kind = Step::Kind::kRun, .work = service_.work(call_->call)};
}

Step RpcWorker::finish(core::Core& cpu) {
  tell(cpu, core::Milestone::kFinished);
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

/// Says where its call has come to, if anybody wants to know.
void RpcWorker::tell(const core::Core& by, core::Milestone milestone) const {
  constexpr std::int64_t kWhoeverRuns = 0;
  if (by.observer() != nullptr) [[unlikely]]
    by.observer()->reaches(by, milestone, static_cast<std::int64_t>(call_->call), kWhoeverRuns,
                           by.now());
}

}  // namespace workloads
