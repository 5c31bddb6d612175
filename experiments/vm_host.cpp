// SPDX-License-Identifier: Apache-2.0
#include "experiments/vm_host.h"

#include <fmt/format.h>
#include <stdexcept>

#include "experiments/nic_notifiers.h"
#include "experiments/server.h"
#include "subsystems/scheduling/syscall_notifier.h"

namespace experiments {
namespace {

int cpus_of_a_socket(const zen3::Zen3Params& host) {
  return host.ccds * host.cores_per_ccd * host.threads_per_core;
}

}  // namespace

VmHost::VmHost(const MachineParams& machine, const SystemParams& system,
               const workloads::VmLoadParams& load, std::uint64_t seed)
    : system_(system),
      threads_per_core_(machine.host.threads_per_core),
      socket_cpus_(cpus_of_a_socket(machine.host)),
      guest_cpus_(socket_cpus_ - (on_nic() ? 0 : threads_per_core_)),
      sim_(seed) {
  build_cores(machine);
  build_path(machine);
  build_queues();
  build_kernel(machine);
  build_load(load, seed);
  build_agent(machine);
}

VmHost::~VmHost() = default;

// The socket's CPUs come first, the agent's core last among them; then a CPU of the other socket,
// on which the control plane starts the machines.

void VmHost::build_cores(const MachineParams& params) {
  const Machine machine = make_machine(params);
  const auto& all = machine.host.threads;
  const std::vector<machine::Graph::Vertex> used(all.begin(), all.begin() + socket_cpus_ + 1);
  host_.emplace("host", params.host.caches, socket_cpus_ + 1, machine.graph.table(used));
  nic_.emplace("nic", params.nic.caches.domain(), params.nic.cores,
               machine.graph.table(machine.nic.cores));
  package_.emplace(sim_, params.host, params.linux_kernel.idle);
  for (int cpu = 0; cpu < socket_cpus_ + 1; ++cpu)
    host_cores_.emplace_back(sim_, fmt::format("cpu{}", cpu), *host_, cpu, params.host.core);
  for (int cpu = 0; cpu < guest_cpus_; ++cpu) package_->attach(host_core(cpu));
  if (!on_nic()) package_->occupy(agent_cpu());
  nic_core_.emplace(sim_, "nic0", *nic_, 0, params.nic.core.core());
}

void VmHost::build_path(const MachineParams& params) {
  link_.emplace(sim_, params.pcie.link);
  root_complex_.emplace(sim_, params.pcie);
  mmio_.emplace(sim_, *link_, *root_complex_, params.pcie.endpoint);
  msix_.emplace(sim_, *link_, *root_complex_, params.pcie.msix);
  path_.emplace(*mmio_);
}

/// Queues of the guests' CPUs, then the control plane's.
wave::QueuePlace VmHost::queue_place(int cpu) const {
  wave::QueuePlace place{.capacity = system_.queue_capacity,
                         .words = wave::scheduling::kMessageWords};
  place.offset = cpu * place.bytes();
  return place;
}

wave::SlotPlace VmHost::slot_place(int cpu) const {
  return {.offset = queue_place(guest_cpus_ + 1).offset + cpu * wave::SlotPlace::kBytes};
}

void VmHost::build_queues() {
  const sim::Bytes size{slot_place(guest_cpus_).offset};
  queues_.emplace(sim_, "queues", on_nic() ? *nic_ : *host_, size);
  if (on_nic()) {
    agent_mapping_.emplace(*queues_, system_.nic_mapping);
    message_mapping_.emplace(*queues_, system_.message_mapping, *path_);
    decision_mapping_.emplace(*queues_, system_.decision_mapping, *path_);
  } else {
    for (auto* mapping : {&agent_mapping_, &message_mapping_, &decision_mapping_})
      mapping->emplace(*queues_, memory::MemoryType::kWriteBack);
  }
  for (int cpu = 0; cpu < guest_cpus_ + 1; ++cpu)
    producers_.emplace_back(*message_mapping_, queue_place(cpu));
  for (int cpu = 0; cpu < guest_cpus_; ++cpu)
    readers_.emplace_back(*decision_mapping_, slot_place(cpu));
}

void VmHost::build_kernel(const MachineParams& params) {
  kernel_.emplace(params.linux_kernel, scheduling::KernelOptions{.ticks = system_.ticks});
  // The agent program lives by messages alone.
  kernel_->enclave().tunables.agent_frees_status_words = false;
  for (int cpu = 0; cpu < guest_cpus_; ++cpu) {
    const auto i = static_cast<std::size_t>(cpu);
    kernel_->add_cpu(host_core(cpu), producers_[i], readers_[i]);
  }
  kernel_->start();
}

void VmHost::build_load(const workloads::VmLoadParams& load, std::uint64_t seed) {
  load_.emplace(load, *kernel_, host_core(creator_cpu()), producers_.back(), seed);
  policy_.emplace(guest_cpus_, scheduling::VmPolicyOptions{.threads_per_core = threads_per_core_,
                                                           .vms = load.vms,
                                                           .vm_of = load_->vm_of(),
                                                           .slice = system_.vm_slice});
  load_->start();
}

void VmHost::build_agent(const MachineParams& params) {
  if (on_nic()) {
    const mount_evans::MountEvansParams& nic = params.nic;
    notifier_ = std::make_unique<MsixNotifier>(
        *msix_, *kernel_, nic.msix_by_ioctl ? nic.msix_ioctl : nic.msix_register);
  } else {
    notifier_ = std::make_unique<scheduling::SyscallNotifier>(*kernel_);
  }
  core::Core& core = on_nic() ? *nic_core_ : host_core(agent_cpu());
  runtime_.emplace(core, *agent_mapping_, *notifier_, system_.agent);
  for (int cpu = 0; cpu < guest_cpus_ + 1; ++cpu) runtime_->add_queue(queue_place(cpu));
  for (int cpu = 0; cpu < guest_cpus_; ++cpu) runtime_->add_slot(slot_place(cpu));
  agent_.emplace(*runtime_, *policy_);
  core.start([this] { agent_->run(); });
}

VmStats VmHost::stats() {
  VmStats stats;
  for (int cpu = 0; cpu < guest_cpus_; ++cpu) stats.cpus = stats.cpus + kernel_->cpu(cpu).stats();
  stats.kernel = kernel_->stats();
  stats.agent = agent_->stats();
  stats.package = package_->stats();
  return stats;
}

void VmHost::check_invariants() {
  if (kernel_->stats().overflows > 0) throw std::logic_error("a message queue overflowed");
}

}  // namespace experiments
