// SPDX-License-Identifier: Apache-2.0
#include "experiments/system/memory_faults.h"

#include "experiments/system/impair.h"

namespace experiments {

MemoryFaults::MemoryFaults(sim::Simulation& sim, const std::vector<FaultParams>& faults,
                           const Targets& targets)
    : sim_(sim), faults_(faults), targets_(targets) {
  for (const FaultParams& fault : faults_)
    sim_.at(sim::Time{fault.at},
            [this, &fault] { ++(happens(fault) ? stats_.injected : stats_.without_effect); });
}

bool MemoryFaults::happens(const FaultParams& fault) {
  const sim::Time over = sim_.now() + fault.length;
  if (fault.kind == FaultKind::kLinkStall || fault.kind == FaultKind::kDmaLost) {
    if (targets_.dma == nullptr) return false;
    if (fault.kind == FaultKind::kLinkStall)
      targets_.dma->stall(over);
    else
      targets_.dma->lose(fault.share, over);
    return true;
  }
  bool any = false;
  for (tiering::AgentThread& thread : targets_.threads) any = happens_to(thread, fault) || any;
  return any;
}

bool MemoryFaults::happens_to(tiering::AgentThread& thread, const FaultParams& fault) {
  if (fault.kind == FaultKind::kAgentCrash) return thread.crash();
  impair(thread, fault, sim_.now());
  return thread.is_alive();
}

FaultStats MemoryFaults::stats() const {
  FaultStats stats = stats_;
  for (const tiering::AgentThread& thread : targets_.threads)
    stats.garbage += thread.garbage_written();
  if (targets_.dma != nullptr) stats.transfers_lost = targets_.dma->lost();
  return stats;
}

}  // namespace experiments
