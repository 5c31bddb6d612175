// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/describe.h"
#include "subsystems/scheduling/keeper_params.h"
#include "subsystems/wave/agent_launcher.h"

namespace experiments {

/// What it takes for agents to come and go.
struct AgentLifeParams {
  scheduling::KeeperParams keeper;
  wave::LauncherParams launcher;

  static void describe(auto&& field) {
    field(&AgentLifeParams::keeper, "keeper", "the host's side: who looks after the agent");
    field(&AgentLifeParams::launcher, "launcher",
          "the agent's side: who starts and ends processes");
  }
};

}  // namespace experiments
