// SPDX-License-Identifier: Apache-2.0
#include "experiments/nic_notifiers.h"

namespace experiments {
namespace {

using scheduling::HostCpu;

/// The decision is in memory before the interrupt leaves.
void leave_core(core::Core& sender, sim::Duration send) {
  sender.spend(send);
  sender.store_fence();
  sender.sync();
}

}  // namespace

void MsixNotifier::notify(core::Core& sender, int cpu) {
  leave_core(sender, send_);
  if (!kernel_.is_agents_cpu(cpu)) return kernel_.refuse_cpu();
  HostCpu& target = kernel_.cpu(cpu);
  msix_.send(cpu, [&target] { target.interrupt(HostCpu::Interrupt::kDecision); });
}

void InterruptWriteNotifier::notify(core::Core& sender, int cpu) {
  leave_core(sender, send_);
  if (!kernel_.is_agents_cpu(cpu)) return kernel_.refuse_cpu();
  HostCpu& target = kernel_.cpu(cpu);
  sender.simulation().after(flight_,
                            [&target] { target.interrupt(HostCpu::Interrupt::kDecision); });
}

}  // namespace experiments
