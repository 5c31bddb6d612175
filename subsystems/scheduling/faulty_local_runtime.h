// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "subsystems/scheduling/host_cpu.h"
#include "subsystems/wave/agent/local_runtime.h"
#include "subsystems/wave/agent_faults.h"

namespace scheduling {

/// A local agent's runtime through which faults get at the agent: it dies, hangs, is slow, or
/// submits garbage. Without a fault every call does what the sound runtime does, in the same time.
///
/// A hung agent keeps its CPU, because nothing comes before it there; interrupts still reach the
/// kernel, which may kill it. A slow one takes longer for its own code. Garbage is submitted in
/// place of decisions: see `Garbage`.
class FaultyLocalRuntime : public wave::scheduling::LocalRuntime, public wave::AgentFaults {
 public:
  FaultyLocalRuntime(wave::scheduling::LocalRuntime& sound, HostCpu& cpu, std::uint64_t seed);

  wave::Instant now() override { return sound_.now(); }
  wave::scheduling::Cpu cpu() const override { return sound_.cpu(); }
  bool leaving() override { return sound_.leaving(); }
  void charge(wave::Work work) override;
  void lock(wave::scheduling::Cpu run_queue) override { sound_.lock(run_queue); }

  Barrier barrier() override;
  bool boost_priority() override { return sound_.boost_priority(); }
  std::optional<wave::scheduling::Message> next_message() override;

  bool on_cpu(Gtid thread) override { return sound_.on_cpu(thread); }
  wave::scheduling::Association associate(Gtid thread, wave::scheduling::Cpu queue,
                                          Barrier barrier) override;
  void free_status_word(Gtid thread) override { sound_.free_status_word(thread); }

  wave::scheduling::Yield yield(Barrier sample, std::uint32_t run_flags) override;
  void submit(std::span<wave::scheduling::RunRequest> requests) override;
  bool ping(wave::scheduling::Cpu other) override { return sound_.ping(other); }

  /// A fault that has no end; as all of them, from the agent's next step on.
  void die() { dies_ = true; }

 private:
  /// What may be wrong with a decision.
  enum class Garbage : std::uint8_t {
    kUnknownThread,  // no thread has this name
    kReplayed,       // an old decision: of a thread that runs, has moved on, or is dead
    kStaleNumber,    // the barrier is not the thread's
    kStaleAgent,     // the barrier is not the agent's
    kOtherCpu,       // for a CPU that another agent schedules
    kNoSuchCpu,
    kTarget,  // nobody, the agent itself, or less
    kFlags,   // flags at random
    kCount,
  };
  void step();
  void spoil(wave::scheduling::RunRequest& request);

  wave::scheduling::LocalRuntime& sound_;
  HostCpu& cpu_;
  bool dies_ = false;
  wave::scheduling::RunRequest last_;  // to replay
};

}  // namespace scheduling
