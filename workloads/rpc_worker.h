// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "subsystems/rpc/worker_end.h"
#include "subsystems/scheduling/thread.h"

namespace workloads {

/// The code of a thread that answers calls which an RPC stack hands it: reads the request, handles
/// it, leaves the reply with the stack, and yields until the scheduler is told that it has the next
/// one.
class RpcWorker : public scheduling::ThreadBody {
 public:
  /// What all workers of a server have in common.
  struct Service {
    std::function<sim::Duration(std::uint64_t call)> work;  // on the reference core
    std::function<std::uint32_t(std::uint64_t call, int slo_class)> reply_bytes;  // of its body
    sim::Duration finish{};  // beside the request, as in RequestLoadParams
    int user_lines = 0;      // of the thread's own state that follow it to another core
  };

  RpcWorker(rpc::WorkerEnd& end, const Service& service) : end_(end), service_(service) {}

  scheduling::Step next(core::Core& cpu) override;
  void resume(core::Core& cpu) override { cpu.touch(own_, service_.user_lines); }

  /// Is in the middle of a request.
  bool busy() const { return call_.has_value(); }

 private:
  scheduling::Step begin(core::Core& cpu);
  scheduling::Step finish(core::Core& cpu);
  void tell(const core::Core& by, core::Milestone milestone) const;

  rpc::WorkerEnd& end_;
  const Service& service_;
  std::optional<rpc::Header> call_;
  memory::CoherentLine own_;  // what only it uses
};

}  // namespace workloads
