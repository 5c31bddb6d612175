// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "native/runtime.h"
#include "subsystems/scheduling/policies/agent_program.h"
#include "subsystems/scheduling/policies/policy.h"
#include "subsystems/wave/agent/program.h"
#include "subsystems/wave/agent/record.h"

namespace native {

/// Makes what an agent runs, in the agent's own process: nothing of it is shared with the host but
/// what the runtime shows.
using MakeAgent = std::function<std::unique_ptr<wave::Program>(Runtime& runtime)>;
using MakePolicy = std::function<std::unique_ptr<scheduling::Policy>()>;

/// Where agents write down what they see, and what they are called there. Only of agents in
/// threads: what a process writes ends with it.
struct Recording {
  wave::AgentRecords* records = nullptr;  // nowhere
  std::string name = {};
};

/// The agent program of the simulator, with such a policy.
MakeAgent scheduling_agent(MakePolicy make, const scheduling::AgentOptions& options,
                           const Recording& recording = {});

/// What the agent at `place` has counted, as far as it has shown it.
scheduling::AgentStats shown_stats(Words memory, const Place& place);

}  // namespace native
