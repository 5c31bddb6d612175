// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <vector>

#include "experiments/system/bulk_transports.h"
#include "experiments/system/fault_params.h"
#include "subsystems/memory/agent_thread.h"

namespace experiments {

/// Lets things go wrong with memory management when the experiment says so. The agent's threads are
/// one process: what happens to it happens to all of them.
class MemoryFaults {
 public:
  struct Targets {
    std::deque<tiering::AgentThread>& threads;
    DmaTransport* dma;  // none: the agent is on the host
  };

  MemoryFaults(sim::Simulation& sim, const std::vector<FaultParams>& faults,
               const Targets& targets);
  MemoryFaults(const MemoryFaults&) = delete;
  MemoryFaults& operator=(const MemoryFaults&) = delete;

  FaultStats stats() const;

 private:
  bool happens(const FaultParams& fault);
  bool happens_to(tiering::AgentThread& thread, const FaultParams& fault);

  sim::Simulation& sim_;
  const std::vector<FaultParams> faults_;
  const Targets targets_;
  FaultStats stats_;
};

}  // namespace experiments
