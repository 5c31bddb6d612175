// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <optional>

#include "subsystems/scheduling/kernel.h"
#include "subsystems/wave/agent/local_runtime.h"
#include "subsystems/wave/consumer.h"
#include "subsystems/wave/simulated_runtime.h"

namespace scheduling {

/// What the agents of one policy share beside the kernel: their queues, and the locks of the run
/// queues that they keep in common memory.
struct LocalAgents {
  std::deque<Queue> queues;  // by CPU
  std::deque<memory::SharedLine> locks;
};

/// An agent program's calls on the simulated CPU that it schedules.
class SimulatedLocalRuntime : public wave::scheduling::LocalRuntime {
 public:
  SimulatedLocalRuntime(Kernel& kernel, HostCpu& cpu, LocalAgents& agents,
                        const wave::Consumer& queue, const wave::AgentCosts& costs)
      : kernel_(kernel), cpu_(cpu), agents_(agents), queue_(queue), costs_(costs) {}

  wave::Instant now() override { return core().now().time_since_epoch(); }
  wave::scheduling::Cpu cpu() const override { return cpu_.id(); }
  bool leaving() override { return leaving_; }
  void charge(wave::Work work) override;
  void lock(wave::scheduling::Cpu run_queue) override;

  Barrier barrier() override;
  bool boost_priority() override;
  std::optional<wave::scheduling::Message> next_message() override;

  bool on_cpu(Gtid thread) override;
  wave::scheduling::Association associate(Gtid thread, wave::scheduling::Cpu queue,
                                          Barrier barrier) override;
  void free_status_word(Gtid thread) override;

  wave::scheduling::Yield yield(Barrier sample, std::uint32_t run_flags) override;
  void submit(std::span<wave::scheduling::RunRequest> requests) override;
  bool ping(wave::scheduling::Cpu other) override;

  // The host's: asks the agent to leave; `by` wakes it for that.
  void ask_to_leave(core::Core& by);

 private:
  core::Core& core() { return cpu_.core(); }

  Kernel& kernel_;
  HostCpu& cpu_;
  LocalAgents& agents_;
  wave::Consumer queue_;
  const wave::AgentCosts costs_;
  bool leaving_ = false;
};

}  // namespace scheduling
