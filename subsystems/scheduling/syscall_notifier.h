// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "subsystems/scheduling/kernel.h"
#include "subsystems/wave/notifier.h"

namespace scheduling {

/// How an agent on a host core submits a decision: a system call in which the kernel commits it on
/// the agent's own core, and an IPI that makes the CPU act on it (ghOSt's remote schedule).
class SyscallNotifier : public wave::Notifier {
 public:
  explicit SyscallNotifier(Kernel& kernel) : kernel_(kernel) {}

  void notify(core::Core& agent, int cpu) override {
    agent.does("submit", cpu);
    agent.compute(kernel_.params().syscall_entry, kernel_.params().submit);
    HostCpu* const target = kernel_.notified(cpu);
    if (target != nullptr && target->commit_for_agent(agent))
      target->interrupt_from(agent, HostCpu::Interrupt::kReschedule);
    agent.compute(kernel_.params().syscall_exit);
  }

 private:
  Kernel& kernel_;
};

}  // namespace scheduling
