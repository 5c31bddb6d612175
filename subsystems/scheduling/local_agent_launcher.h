// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "subsystems/scheduling/faulty_local_runtime.h"
#include "subsystems/scheduling/simulated_local_runtime.h"
#include "subsystems/wave/agent_launcher.h"

namespace scheduling {

/// What one process of local agents runs: the program of each of its agents. Made anew for each
/// process: nothing that agents know outlives it.
class LocalProgram {
 public:
  virtual ~LocalProgram() = default;
  virtual void run(wave::scheduling::LocalRuntime& runtime) = 0;
};

/// Starts and ends processes of local agents, one agent on each CPU that it schedules, and reports
/// what becomes of them. An agent that dies takes its process with it, as a thread does. Two
/// processes cannot share a CPU: the agents of the next are let in when those of the last are gone.
///
/// Not modelled: the process's other threads, which get it ready.
class LocalAgentLauncher : public wave::AgentCommands {
 public:
  struct Parts {
    sim::Simulation& sim;
    Kernel& kernel;
    core::Core& core;  // of the kernel's, to end agents from
    LocalAgents& agents;
    memory::Mapping& mapping;
    /// By place, then by CPU: places take turns, so that nothing meant for the agents before last
    /// is under way any more.
    std::array<std::vector<wave::QueuePlace>, wave::AgentLauncher::kPlaces> queues;
    wave::AgentCosts costs;
    std::function<std::unique_ptr<LocalProgram>()> make;
  };
  LocalAgentLauncher(const wave::LauncherParams& params, Parts parts);

  void report_to(wave::AgentReports& host) override { host_ = &host; }
  void start(wave::AgentNumber number, int place) override;
  void kill(wave::AgentNumber number) override;

  /// Agents that were there before the run began; the kernel has not been started.
  void start_at_once();
  /// The next agents take the CPUs over; `by` is the keeper's core, which waits until they can.
  void use_place(int place, core::Core& by);

  /// A CPU's agent, if there is one, as faults see it.
  FaultyLocalRuntime* runtime(int cpu);
  std::int64_t garbage_written() const;

 private:
  /// A process: its program, and the runtime of each of its agents.
  struct Process {
    std::unique_ptr<LocalProgram> program;
    std::deque<SimulatedLocalRuntime> sound;
    std::deque<FaultyLocalRuntime> runtimes;
  };

  void make_process(int place);
  void end_agents(core::Core& by);
  bool agents_are_there() const;
  void died(HostCpu& cpu);

  const wave::LauncherParams params_;
  const Parts parts_;
  wave::AgentReports* host_ = nullptr;
  std::optional<Process> process_;
  wave::AgentNumber number_ = 0;  // of the agents on the CPUs
  wave::AgentNumber ready_ = 0;   // of those that are to come next
  bool dying_ = false;
  std::int64_t garbage_ = 0;  // of processes before
};

}  // namespace scheduling
