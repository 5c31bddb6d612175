// SPDX-License-Identifier: Apache-2.0
#include "experiments/system/vm_host.h"

#include <fmt/format.h>
#include <stdexcept>

#include "experiments/system/machine.h"
#include "experiments/system/notifiers.h"
#include "subsystems/scheduling/invariants.h"

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
  pcie_.emplace(sim_, machine.pcie);
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

/// The guests' CPUs' queues, then the control plane's.
QueueLayout VmHost::layout() const {
  return {.queues = guest_cpus_ + 1, .slots = guest_cpus_, .capacity = system_.queue_capacity};
}

void VmHost::build_queues() {
  queues_.emplace(agent_core(), layout(), system_, on_nic() ? &pcie_->path : nullptr);
}

void VmHost::build_kernel(const MachineParams& params) {
  kernel_.emplace(params.linux_kernel, scheduling::KernelOptions{.ticks = system_.ticks});
  // The agent program lives by messages alone.
  kernel_->enclave().tunables.agent_frees_status_words = false;
  for (int cpu = 0; cpu < guest_cpus_; ++cpu)
    kernel_->add_cpu(host_core(cpu), queues_->producer(cpu), queues_->reader(cpu));
  kernel_->start();
}

void VmHost::build_load(const workloads::VmLoadParams& load, std::uint64_t seed) {
  load_.emplace(load, *kernel_, host_core(creator_cpu()), queues_->producer(guest_cpus_), seed);
  policy_.emplace(guest_cpus_, scheduling::VmPolicyOptions{.threads_per_core = threads_per_core_,
                                                           .vms = load.vms,
                                                           .vm_of = load_->vm_of(),
                                                           .slice = system_.vm_slice});
  load_->start();
}

void VmHost::build_agent(const MachineParams& params) {
  core::Core& core = agent_core();
  notifier_ = make_notifier(params, *kernel_, *pcie_, on_nic() ? &pcie_->path : nullptr);
  runtime_.emplace(core, queues_->agent_mapping(), *notifier_, system_.agent);
  runtime_->use(queues_->memory());
  agent_.emplace(*runtime_, *policy_);
  core.start([this] { agent_->run(); });
}

// Who looks on

void VmHost::observe(const Observers& observers) {
  for (const CorePlace& place : cores()) place.core->observe(observers.cores);
  pcie_->observe(observers);
}

std::vector<CorePlace> VmHost::cores() {
  std::vector<CorePlace> places;
  for (int cpu = 0; cpu < guest_cpus_; ++cpu)
    places.push_back({.core = &host_core(cpu), .role = CoreRole::kWorker, .on_nic = false});
  places.push_back(
      {.core = &host_core(creator_cpu()), .role = CoreRole::kControlPlane, .on_nic = false});
  places.push_back({.core = &agent_core(), .role = CoreRole::kAgent, .on_nic = on_nic()});
  return places;
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
  if (const auto broken = scheduling::Invariants(*kernel_).broken())
    throw std::logic_error(*broken);
}

}  // namespace experiments
