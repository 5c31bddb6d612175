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
  /// `node` of the workers' memory has the bodies of replies that stay there.
  WorkerEnd(Worker worker, Requests& requests, StackMemory& stack, const ChannelParams& params,
            memory::NodeIndex node)
      : worker_(worker), requests_(requests), stack_(stack), params_(params), body_(node) {}

  /// Reads the request that the scheduler was told of: its header, and the body as far as it is
  /// read. Takes `cpu` what that takes.
  Header take(core::Core& cpu) { return requests_.take(cpu, worker_); }
  /// Writes the body of the reply, as long as its header says, and the entry in the queue from
  /// `host_cpu`, the number of the CPU that `cpu` is among the workers' CPUs, to the stack. From
  /// then on the worker may be given its next request.
  void reply(core::Core& cpu, int host_cpu, const Header& header);

  /// The port fetches the body.
  void body_fetched(const memory::Domain& host) { body_.read_by_device(host); }

 private:
  void write_body(core::Core& cpu, std::int64_t lines);
  void push_body(core::Core& cpu, std::int64_t lines);

  const Worker worker_;
  Requests& requests_;
  StackMemory& stack_;
  const ChannelParams params_;
  memory::CoherentLine body_;  // of the reply, in host memory; stands for all of its lines
};

}  // namespace rpc
