// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "experiments/system/pcie_connection.h"
#include "subsystems/scheduling/kernel.h"
#include "subsystems/wave/notifier.h"

namespace experiments {

/// An agent on the NIC makes a host CPU look by MSI-X.
class MsixNotifier : public wave::Notifier {
 public:
  /// `send` is what sending takes the agent's core.
  MsixNotifier(pcie::Msix& msix, scheduling::Kernel& kernel, sim::Duration send)
      : msix_(msix), kernel_(kernel), send_(send) {}

  void notify(core::Core& sender, int cpu) override;

 private:
  pcie::Msix& msix_;
  scheduling::Kernel& kernel_;
  const sim::Duration send_;
};

/// The same by a write to the host's interrupt controller that crosses a coherent link.
class InterruptWriteNotifier : public wave::Notifier {
 public:
  /// `flight` is the write's way until a core of the first socket takes the interrupt.
  InterruptWriteNotifier(scheduling::Kernel& kernel, const pcie::RootComplex& root_complex,
                         sim::Duration send, sim::Duration flight)
      : kernel_(kernel), root_complex_(root_complex), send_(send), flight_(flight) {}

  void notify(core::Core& sender, int cpu) override;

 private:
  scheduling::Kernel& kernel_;
  const pcie::RootComplex& root_complex_;
  const sim::Duration send_;
  const sim::Duration flight_;
};

/// How an agent behind `path` makes a CPU look at its slot; without one it is on the host itself
/// and makes a system call.
std::unique_ptr<wave::Notifier> make_notifier(const MachineParams& machine,
                                              scheduling::Kernel& kernel, PcieConnection& pcie,
                                              const memory::Path* path);

}  // namespace experiments
