// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>

#include "experiments/agent_life_params.h"
#include "experiments/system_params.h"
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
    memory::Mapping& mapping;                // of the agents
    std::array<core::Core*, kPlaces> cores;  // an agent's, by place
    core::Core& keeper;                      // the keeper's
    wave::Producer& keeper_messages;
    std::function<wave::AgentMemory(int place)> memory;
    std::function<void(int place, core::Core& by)> use_place;
    bool on_host;
  };

  Agents(const SystemParams& system, const Wiring& wiring);

  void start();

  // Faults, of the agent that decides at this moment; false if there is none.
  bool crash();
  bool hang(sim::Duration length);
  bool slow_down(double factor, sim::Duration length);
  bool write_garbage(double share, sim::Duration length);
  bool upgrade();

  scheduling::AgentStats stats();
  wave::DecisionTime decisions();
  std::int64_t garbage();
  scheduling::KeeperStats keeper_stats() const { return keeper_.stats(); }
  bool served() const { return keeper_.serving().has_value(); }

 private:
  class Agent;
  struct Counted {
    scheduling::AgentStats stats;
    wave::DecisionTime decisions;
    std::int64_t garbage = 0;
    void add(wave::AgentProcess& process);
  };

  std::unique_ptr<wave::AgentProcess> make(wave::AgentNumber number, int place);
  wave::AgentProcess* serving();
  Counted count();

  const SystemParams system_;
  const Wiring wiring_;
  wave::AgentLauncher launcher_;
  scheduling::AgentKeeper keeper_;
  Counted replaced_;  // by agents that have no process any more
};

}  // namespace experiments
