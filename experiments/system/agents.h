// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <memory>
#include <optional>

#include "experiments/system/agent_life_params.h"
#include "experiments/system/shared_queues.h"
#include "experiments/system/system_params.h"
#include "subsystems/scheduling/agent_keeper.h"
#include "subsystems/scheduling/policies/agent_program.h"
#include "subsystems/wave/agent_launcher.h"

namespace experiments {

/// What an agent program is told of the system it is part of.
scheduling::AgentOptions agent_options(const SystemParams& system, bool on_host);

/// Agents that come and go: who starts them, who looks after them, and what they all counted.
class Agents {
 public:
  static constexpr int kPlaces = wave::AgentLauncher::kPlaces;

  struct Wiring {
    sim::Simulation& sim;
    scheduling::Kernel& kernel;
    wave::ControlChannel& channel;
    wave::Notifier& notifier;
    SharedQueues& queues;
    std::array<core::Core*, kPlaces> cores;  // an agent's, by place
    core::Core& keeper;
    int keeper_queue;
    bool on_host;
  };

  Agents(const SystemParams& system, const Wiring& wiring);

  void start();

  // The agent that decides at this moment; false or none if there is none.
  bool crash();
  bool upgrade();
  wave::FaultyRuntime* runtime();

  struct Counted {
    scheduling::AgentStats stats;
    wave::DecisionTime decisions;
    std::int64_t garbage = 0;
    void add(wave::AgentProcess& process);
  };
  /// By all agents so far.
  Counted counted();
  /// Whether their policy wants to know what applications say of their threads.
  bool reads_words();
  const scheduling::AgentKeeper& keeper() const { return keeper_; }

 private:
  class Agent;

  std::unique_ptr<wave::AgentProcess> make(wave::AgentNumber number, int place);
  wave::AgentProcess* serving();

  const SystemParams system_;
  const Wiring wiring_;
  wave::AgentLauncher launcher_;
  scheduling::AgentKeeper keeper_;
  Counted replaced_;  // by agents that have no process any more
};

}  // namespace experiments
