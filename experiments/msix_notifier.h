// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/pcie/msix.h"
#include "subsystems/scheduling/kernel.h"
#include "subsystems/wave/notifier.h"

namespace experiments {

/// An agent on the NIC makes a host CPU look by MSI-X.
class MsixNotifier : public wave::Notifier {
 public:
  MsixNotifier(pcie::Msix& msix, scheduling::Kernel& kernel, sim::Duration send)
      : msix_(msix), kernel_(kernel), send_(send) {}

  void notify(core::Core& sender, int cpu) override {
    sender.spend(send_);
    sender.store_fence();  // the decision is in memory before the interrupt leaves
    sender.sync();
    scheduling::HostCpu& target = kernel_.cpu(cpu);
    msix_.send(cpu, [&target] { target.interrupt(scheduling::HostCpu::Interrupt::kDecision); });
  }

 private:
  pcie::Msix& msix_;
  scheduling::Kernel& kernel_;
  const sim::Duration send_;
};

}  // namespace experiments
