// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/core/core.h"
#include "models/memory/coherent_line.h"
#include "subsystems/rpc/channel_params.h"
#include "subsystems/rpc/requests.h"
#include "subsystems/rpc/stack/runtime.h"
#include "subsystems/rpc/stack_memory.h"

namespace rpc {

/// One worker thread's end of what it shares with its stack. Called in the thread's context, on
/// whatever CPU it is at the moment.
class WorkerEnd {
 public:
  WorkerEnd(Worker worker, Requests& requests, StackMemory& stack, const ChannelParams& params,
            memory::Domain& host);

  /// Reads the request that the scheduler was told of: its header, and the body as far as it is
  /// touched. Takes `cpu` what that takes.
  Header take(core::Core& cpu);
  /// Writes the body of the reply, as long as its header says, and the entry in the queue from
  /// `host_cpu`, the number of the CPU that `cpu` is among the workers' CPUs, to the stack. Then
  /// the worker may be given its next request.
  void reply(core::Core& cpu, int host_cpu, const Header& header);

 private:
  void write_body(core::Core& cpu, std::int64_t lines);

  const Worker worker_;
  Requests& requests_;
  StackMemory& stack_;
  const ChannelParams params_;
  memory::CoherentLine body_;  // of the reply; stands for all of its lines
};

}  // namespace rpc
