// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "experiments/system/fault_params.h"
#include "subsystems/wave/agent_faults.h"

namespace experiments {

/// An agent's code hangs, is slow or writes garbage from `now` on, if that is what the fault is.
inline void impair(wave::AgentFaults& agent, const FaultParams& fault, sim::Time now) {
  const sim::Time over = now + fault.length;
  if (fault.kind == FaultKind::kAgentHang) agent.hang(over);
  if (fault.kind == FaultKind::kAgentSlow) agent.slow_down(fault.factor, over);
  if (fault.kind == FaultKind::kAgentGarbage) agent.write_garbage(fault.share, over);
}

}  // namespace experiments
