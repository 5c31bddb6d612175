// SPDX-License-Identifier: Apache-2.0
#include "experiments/server.h"

#include <fmt/format.h>
#include <stdexcept>

#include "experiments/msix_notifier.h"
#include "experiments/policies.h"
#include "subsystems/scheduling/syscall_notifier.h"

namespace experiments {

ServerStats operator-(ServerStats a, const ServerStats& b) {
  a.requests = a.requests - b.requests;
  a.cpus = a.cpus - b.cpus;
  a.kernel = a.kernel - b.kernel;
  a.agent = a.agent - b.agent;
  a.decisions = a.decisions - b.decisions;
  return a;
}

Machine make_machine(const MachineParams& params) {
  Machine m;
  m.host = zen3::add_to(m.graph, params.host);
  m.nic = mount_evans::add_to(m.graph, params.nic, params.pcie.endpoint.bar_to_mesh);
  m.graph.connect(m.host.root_ports.front(), m.nic.endpoint, params.pcie.link.one_way(),
                  params.pcie.link.tlp_bandwidth());
  return m;
}

Server::Server(const MachineParams& machine, const SystemParams& system,
               const workloads::RequestLoadParams& load, std::uint64_t seed)
    : system_(system), generators_(load.generators), sim_(seed) {
  build_domains(machine);
  build_path(machine);
  build_queues();
  build_kernel(machine);
  if (has_agent()) build_agent(machine);
  build_load(load, seed);
}

Server::~Server() = default;

// Worker CPUs come first, then the core that the agent takes when it runs on the host, then the
// load generators': so a worker sits on the same core in both placements.

void Server::build_domains(const MachineParams& params) {
  const Machine machine = make_machine(params);
  const auto& all = machine.host.threads;
  const std::vector<machine::Graph::Vertex> used(all.begin(), all.begin() + host_cores());
  host_.emplace("host", params.host.caches, host_cores(), machine.graph.table(used));
  nic_.emplace("nic", params.nic.caches.domain(), params.nic.cores,
               machine.graph.table(machine.nic.cores));
  host_core_params_ = params.host.core;
  nic_core_params_ = params.nic.core.core();
  for (int cpu = 0; cpu < host_cores(); ++cpu)
    host_cores_.emplace_back(sim_, fmt::format("cpu{}", cpu), *host_, cpu, host_core_params_);
  nic_core_.emplace(sim_, "nic0", *nic_, 0, nic_core_params_);
}

void Server::build_path(const MachineParams& params) {
  link_.emplace(sim_, params.pcie.link);
  root_complex_.emplace(sim_, params.pcie);
  mmio_.emplace(sim_, *link_, *root_complex_, params.pcie.endpoint);
  msix_.emplace(sim_, *link_, *root_complex_, params.pcie.msix);
  path_.emplace(*mmio_);
}

wave::QueuePlace Server::queue_place(int cpu) const {
  wave::QueuePlace place{.capacity = system_.queue_capacity,
                         .words = wave::scheduling::kMessageWords};
  place.offset = cpu * place.bytes();
  return place;
}

wave::SlotPlace Server::slot_place(int cpu) const {
  const std::int64_t queues = host_cores() * queue_place(0).bytes();
  return {.offset = queues + cpu * wave::SlotPlace::kBytes};
}

void Server::build_queues() {
  const sim::Bytes size{slot_place(system_.workers).offset};
  queues_.emplace(sim_, "queues", on_nic() ? *nic_ : *host_, size);
  if (system_.check_memory) queues_->attach(&checker_);
  if (on_nic()) {
    agent_mapping_.emplace(*queues_, system_.nic_mapping);
    message_mapping_.emplace(*queues_, system_.message_mapping, *path_);
    decision_mapping_.emplace(*queues_, system_.decision_mapping, *path_);
  } else {
    for (auto* mapping : {&agent_mapping_, &message_mapping_, &decision_mapping_})
      mapping->emplace(*queues_, memory::MemoryType::kWriteBack);
  }
  for (int cpu = 0; cpu < host_cores(); ++cpu)
    producers_.emplace_back(*message_mapping_, queue_place(cpu));
  for (int cpu = 0; cpu < system_.workers; ++cpu)
    readers_.emplace_back(*decision_mapping_, slot_place(cpu));
}

void Server::build_kernel(const MachineParams& params) {
  using scheduling::SchedulingClass;
  kernel_.emplace(params.linux_kernel,
                  scheduling::KernelOptions{.prestage = has_agent() && system_.prestage,
                                            .threads_enter = has_agent() ? SchedulingClass::kGhost
                                                                         : SchedulingClass::kFair,
                                            .ticks = system_.ticks});
  // The agent programs live by messages alone.
  kernel_->enclave().tunables.agent_frees_status_words = false;
  for (int cpu = 0; cpu < system_.workers; ++cpu) {
    const auto i = static_cast<std::size_t>(cpu);
    if (has_agent())
      kernel_->add_cpu(host_core(cpu), producers_[i], readers_[i]);
    else
      kernel_->add_cpu(host_core(cpu));
  }
  kernel_->start();
}

void Server::build_agent(const MachineParams& params) {
  core::Core& core = on_nic() ? *nic_core_ : host_core(system_.workers);
  if (on_nic()) {
    const mount_evans::MountEvansParams& nic = params.nic;
    notifier_ = std::make_unique<MsixNotifier>(
        *msix_, *kernel_, nic.msix_by_ioctl ? nic.msix_ioctl : nic.msix_register);
  } else {
    notifier_ = std::make_unique<scheduling::SyscallNotifier>(*kernel_);
  }
  runtime_.emplace(core, *agent_mapping_, *notifier_, system_.agent);
  for (int cpu = 0; cpu < host_cores(); ++cpu)
    if (cpu != system_.workers) runtime_->add_queue(queue_place(cpu));
  for (int cpu = 0; cpu < system_.workers; ++cpu) runtime_->add_slot(slot_place(cpu));
  policy_ = make_policy(system_.policy);
  agent_.emplace(
      *runtime_, *policy_,
      scheduling::AgentOptions{
          .prestage = system_.prestage,
          .commit_flags =
              on_nic() ? 0u : static_cast<std::uint32_t>(wave::scheduling::kCommitAtTxnCommit)});
  core.start([this] { agent_->run(); });
}

void Server::build_load(const workloads::RequestLoadParams& load, std::uint64_t seed) {
  std::vector<workloads::RequestLoad::Station> stations;
  for (int g = 0; g < generators_; ++g) {
    const int cpu = system_.workers + 1 + g;
    stations.push_back({.core = &host_core(cpu),
                        .messages = &producers_[static_cast<std::size_t>(cpu)],
                        .cpu = cpu});
  }
  load_.emplace(load, *kernel_, std::move(stations), seed);
  load_->start();
}

ServerStats Server::stats() {
  ServerStats stats;
  stats.requests = load_->stats();
  for (int cpu = 0; cpu < system_.workers; ++cpu)
    stats.cpus = stats.cpus + kernel_->cpu(cpu).stats();
  stats.kernel = kernel_->stats();
  if (agent_) stats.agent = agent_->stats();
  if (runtime_) stats.decisions = runtime_->decision_time();
  return stats;
}

void Server::check_invariants() {
  if (kernel_->stats().overflows > 0) throw std::logic_error("a message queue overflowed");
  if (load_->in_flight() < 0) throw std::logic_error("more requests were answered than came");
  if (checker_.count() > 0) throw std::logic_error(to_string(checker_.findings().front()));
}

}  // namespace experiments
