// SPDX-License-Identifier: Apache-2.0
#include "experiments/system/notifiers.h"

#include "subsystems/scheduling/syscall_notifier.h"

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
  HostCpu* const target = kernel_.notified(cpu);
  if (target != nullptr && msix_.send(
                               cpu, [target] { target->interrupt(HostCpu::Interrupt::kDecision); },
                               socket_of(target->core())))
    scheduling::tell_interrupt(sender, target->core(), HostCpu::Interrupt::kDecision);
}

void InterruptWriteNotifier::notify(core::Core& sender, int cpu) {
  leave_core(sender, send_);
  HostCpu* const target = kernel_.notified(cpu);
  if (target == nullptr) return;
  scheduling::tell_interrupt(sender, target->core(), HostCpu::Interrupt::kDecision);
  sender.simulation().after(flight_ + root_complex_.to(socket_of(target->core())),
                            [target] { target->interrupt(HostCpu::Interrupt::kDecision); });
}

std::unique_ptr<wave::Notifier> make_notifier(const MachineParams& machine,
                                              scheduling::Kernel& kernel, PcieConnection& pcie,
                                              const memory::Path* path) {
  if (path == nullptr) return std::make_unique<scheduling::SyscallNotifier>(kernel);
  const mount_evans::MountEvansParams& nic = machine.nic;
  const sim::Duration send = nic.msix_by_ioctl ? nic.msix_ioctl : nic.msix_register;
  if (path->coherent() && machine.interconnect->interrupt == interconnect::Interrupt::kWrite)
    return std::make_unique<InterruptWriteNotifier>(
        kernel, pcie.root_complex, send,
        machine.interconnect->crossing + machine.pcie.msix.delivery);
  return std::make_unique<MsixNotifier>(pcie.msix, kernel, send);
}

}  // namespace experiments
