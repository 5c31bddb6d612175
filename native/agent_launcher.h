// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "native/agent.h"
#include "native/agent_failure.h"
#include "native/clock.h"
#include "native/place.h"

namespace native {

/// What an agent is started with.
struct AgentParts {
  Words memory;
  Layout layout;
  Clock clock;
  wave::Instant spin;
  MakeAgent make;
  std::shared_ptr<const AgentFailure> failure = std::make_shared<const AgentFailure>();
};

/// Starts and ends agents, at most one at a place.
class AgentLauncher {
 public:
  virtual ~AgentLauncher() = default;
  /// The place is free and has been cleared.
  virtual void start(int place) = 0;
  /// Ends the agent where it stands, or, if it cannot be forced, asks it to leave.
  virtual void kill(int place) = 0;
  /// There is no agent at the place, or none any more.
  virtual bool is_free(int place) = 0;
};

/// Agents in processes of their own, which `kill` ends with SIGKILL. They are children of a process
/// that is forked when this is made, which must be before the host has other threads: a copy of a
/// process with threads could not do much. They end with the host, however it ends.
std::unique_ptr<AgentLauncher> launch_processes(const AgentParts& parts);

/// Agents as threads of this process. One that does not leave when it is asked cannot be ended.
std::unique_ptr<AgentLauncher> launch_threads(AgentParts parts);

/// Asks the agent at a place to leave.
void ask_to_leave(const AgentParts& parts, int place);

/// An agent from its beginning to its end; whether it left by itself. What it throws is noted.
bool run_agent(const AgentParts& parts, int place);

}  // namespace native
