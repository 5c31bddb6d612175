// SPDX-License-Identifier: Apache-2.0
#include "experiments/server.h"

#include <bit>
#include <fmt/format.h>
#include <numeric>
#include <stdexcept>

#include "experiments/nic_notifiers.h"
#include "experiments/policies.h"
#include "subsystems/scheduling/invariants.h"
#include "subsystems/scheduling/syscall_notifier.h"

namespace experiments {

ServerStats operator-(ServerStats a, const ServerStats& b) {
  a.requests = a.requests - b.requests;
  a.cpus = a.cpus - b.cpus;
  a.kernel = a.kernel - b.kernel;
  a.agent = a.agent - b.agent;
  a.decisions = a.decisions - b.decisions;
  a.refusals = a.refusals - b.refusals;
  a.keeper = a.keeper - b.keeper;
  a.faults = a.faults - b.faults;
  return a;
}

Server::Server(const MachineParams& machine, const SystemParams& system,
               const workloads::RequestLoadParams& load, std::uint64_t seed,
               const std::vector<FaultParams>& faults)
    : system_(system), generators_(load.generators), threads_(load.threads), sim_(seed) {
  build_domains(machine);
  build_path(machine);
  build_queues();
  build_kernel(machine);
  if (has_agent()) build_notifier(machine);
  if (system_.life)
    build_agents();
  else if (has_agent())
    build_agent();
  build_load(load, seed);
  faults_.emplace(sim_, faults, Faults::Targets{agents(), *link_, *msix_});
}

Server::~Server() = default;

// Worker CPUs come first, then the core that the agent takes when it runs on the host, then the
// load generators', then those that come with agents that come and go: so a worker sits on the same
// core in all placements.

std::vector<int> Server::host_threads(const MachineParams& params) const {
  std::vector<int> threads(static_cast<std::size_t>(host_cores()));
  std::iota(threads.begin(), threads.end(), 0);
  if (on_other_socket())
    threads[static_cast<std::size_t>(system_.workers)] = params.host.threads_per_socket();
  return threads;
}

void Server::build_domains(const MachineParams& params) {
  const Machine machine = make_machine(params);
  host_.emplace("host", coherence_of(machine, params, host_threads(params)));
  for (int cpu = 0; cpu < host_cores(); ++cpu) {
    const bool far = on_other_socket() && cpu == system_.workers;
    host_cores_.emplace_back(sim_, fmt::format("cpu{}", cpu), *host_, cpu,
                             far ? params.host.other_socket_core() : params.host.core);
  }
  if (joins_nic(params)) {
    nic_core_.emplace(sim_, "nic0", *host_, host_cores(), params.nic.core.core());
  } else {
    nic_.emplace("nic", params.nic.caches.domain(), params.nic.cores,
                 machine.graph.table(machine.nic.cores));
    nic_core_.emplace(sim_, "nic0", *nic_, 0, params.nic.core.core());
    if (system_.life && on_nic())
      second_nic_core_.emplace(sim_, "nic1", *nic_, 1, params.nic.core.core());
  }
}

void Server::build_path(const MachineParams& params) {
  link_.emplace(sim_, params.pcie.link);
  root_complex_.emplace(sim_, params.pcie);
  mmio_.emplace(sim_, *link_, *root_complex_, params.pcie.endpoint);
  msix_.emplace(sim_, *link_, *root_complex_, params.pcie.msix);
  pcie_path_.emplace(*mmio_);
  if (params.interconnect) coherent_path_.emplace(sim_, *params.interconnect);
  if (on_other_socket() || (on_nic() && joins_nic(params)))
    path_ = &*coherent_path_;
  else if (on_nic())
    path_ = &*pcie_path_;
}

// Every place for an agent holds the cores' queues, then the CPUs' slots, then the keeper's queue,
// which takes a message for each thread.

std::int64_t Server::place_bytes() const {
  const std::int64_t slots_end = slot_place(system_.workers).offset;
  return system_.life ? slots_end + queue_place(keeper_cpu()).bytes() : slots_end;
}

wave::QueuePlace Server::queue_place(int cpu, int place) const {
  wave::QueuePlace queue{.capacity = system_.queue_capacity,
                         .words = wave::scheduling::kMessageWords};
  const std::int64_t base = place == 0 ? 0 : place * place_bytes();
  queue.offset = base + cpu * queue.bytes();
  if (!system_.life || cpu != keeper_cpu()) return queue;
  queue.offset = base + slot_place(system_.workers).offset;
  queue.capacity = std::bit_ceil(static_cast<std::uint32_t>(threads_ + 1));
  return queue;
}

wave::SlotPlace Server::slot_place(int cpu, int place) const {
  const std::int64_t base = place == 0 ? 0 : place * place_bytes();
  const std::int64_t queues = host_cores() * queue_place(0).bytes();
  return {.offset = base + queues + cpu * wave::SlotPlace::kBytes};
}

wave::AgentMemory Server::agent_memory(int place) const {
  wave::AgentMemory memory{.queues = {}, .slots = {}, .table = table_place()};
  for (int cpu = 0; cpu < host_cores(); ++cpu)
    if (sends_messages(cpu)) memory.queues.push_back(queue_place(cpu, place));
  for (int cpu = 0; cpu < system_.workers; ++cpu) memory.slots.push_back(slot_place(cpu, place));
  return memory;
}

void Server::use_place(int place, core::Core& by) {
  for (int cpu = 0; cpu < host_cores(); ++cpu)
    producers_[static_cast<std::size_t>(cpu)].move_to(queue_place(cpu, place));
  for (int cpu = 0; cpu < system_.workers; ++cpu)
    readers_[static_cast<std::size_t>(cpu)].move_to(slot_place(cpu, place), by);
}

/// A word for each thread, by its number, which counts from one.
wave::TablePlace Server::table_place() const {
  return {.offset = places() * place_bytes(), .words = threads_ + 1};
}

void Server::build_queues() {
  const sim::Bytes size{table_place().offset + table_place().bytes()};
  core::Core& home = system_.queue_home == QueueHome::kAgent ? agent_core() : host_core(0);
  queues_.emplace(sim_, "queues", home.domain(), size, home.domain().node(home.index()));
  if (system_.check_memory) queues_->attach(&checker_);
  if (path_ == nullptr) {
    for (auto* mapping : {&agent_mapping_, &message_mapping_, &decision_mapping_})
      mapping->emplace(*queues_, memory::MemoryType::kWriteBack);
  } else {
    if (path_->coherent())
      agent_mapping_.emplace(*queues_, system_.nic_mapping, *path_);
    else
      agent_mapping_.emplace(*queues_, system_.nic_mapping);
    message_mapping_.emplace(*queues_, system_.message_mapping, *path_);
    decision_mapping_.emplace(*queues_, system_.decision_mapping, *path_);
  }
  for (int cpu = 0; cpu < host_cores(); ++cpu)
    producers_.emplace_back(*message_mapping_, queue_place(cpu));
  for (int cpu = 0; cpu < system_.workers; ++cpu)
    readers_.emplace_back(*decision_mapping_, slot_place(cpu));
  classes_.emplace(*message_mapping_, table_place());
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

void Server::build_notifier(const MachineParams& params) {
  const mount_evans::MountEvansParams& nic = params.nic;
  const sim::Duration send = nic.msix_by_ioctl ? nic.msix_ioctl : nic.msix_register;
  if (on_host())
    notifier_ = std::make_unique<scheduling::SyscallNotifier>(*kernel_);
  else if (path_->coherent() && params.interconnect->interrupt == interconnect::Interrupt::kWrite)
    notifier_ = std::make_unique<InterruptWriteNotifier>(
        *kernel_, send, params.interconnect->crossing + params.pcie.msix.delivery);
  else
    notifier_ = std::make_unique<MsixNotifier>(*msix_, *kernel_, send);
}

core::Core& Server::agent_core(int place) {
  if (place == 0) return agent_core();
  return on_nic() ? *second_nic_core_ : host_core(second_agent_cpu());
}

void Server::build_agent() {
  const wave::AgentMemory memory = agent_memory(0);
  runtime_.emplace(agent_core(), *agent_mapping_, *notifier_, system_.agent);
  for (const wave::QueuePlace& queue : memory.queues) runtime_->add_queue(queue);
  for (const wave::SlotPlace& slot : memory.slots) runtime_->add_slot(slot);
  runtime_->use_table(memory.table);
  policy_ = make_policy(system_.policy);
  agent_.emplace(*runtime_, *policy_, agent_options(system_, on_host()));
  agent_core().start([this] { agent_->run(); });
}

void Server::build_agents() {
  if (on_nic())
    channel_ = std::make_unique<PcieChannel>(*link_);
  else
    channel_ = std::make_unique<LocalChannel>(sim_);
  agents_.emplace(
      system_,
      Agents::Wiring{.sim = sim_,
                     .kernel = *kernel_,
                     .channel = *channel_,
                     .notifier = *notifier_,
                     .mapping = *agent_mapping_,
                     .cores = {&agent_core(0), &agent_core(1)},
                     .keeper = host_core(keeper_cpu()),
                     .keeper_messages = producers_[static_cast<std::size_t>(keeper_cpu())],
                     .memory = [this](int place) { return agent_memory(place); },
                     .use_place = [this](int place, core::Core& by) { use_place(place, by); },
                     .on_host = on_host()});
  agents_->start();
}

void Server::build_load(const workloads::RequestLoadParams& load, std::uint64_t seed) {
  std::vector<workloads::RequestLoad::Station> stations;
  for (int g = 0; g < generators_; ++g) {
    const int cpu = system_.workers + 1 + g;
    stations.push_back({.core = &host_core(cpu),
                        .messages = &producers_[static_cast<std::size_t>(cpu)],
                        .cpu = cpu});
  }
  load_.emplace(load, *kernel_, std::move(stations), seed,
                has_agent() && make_policy(system_.policy)->reads_words() ? &*classes_ : nullptr);
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
  if (agents_) {
    stats.agent = agents_->stats();
    stats.decisions = agents_->decisions();
    stats.keeper = agents_->keeper_stats();
  }
  stats.refusals = kernel_->refusals();
  stats.faults = faults_->stats();
  return stats;
}

void Server::check_invariants() {
  if (kernel_->stats().overflows > 0 && !system_.life)
    throw std::logic_error("a message queue overflowed");
  if (const auto broken = scheduling::Invariants(*kernel_).broken())
    throw std::logic_error(*broken);
  check_messages();
  const workloads::RequestStats& requests = load_->stats();
  const workloads::Census there = load_->census();
  if (requests.arrived - requests.completed != there.all)
    throw std::logic_error("requests that came, were answered and are there do not add up");
  if (requests.long_ones.in_flight() != there.long_ones)
    throw std::logic_error("long requests that came, were answered and are there do not add up");
  for (core::Core& core : host_cores_) core.check_lost_writes();
  if (checker_.count() > 0) throw std::logic_error(to_string(checker_.findings().front()));
}

/// What the kernel has sent is what the queues were given, and each queue has written it, reported
/// that it is full, or dropped it because its agent had gone.
void Server::check_messages() {
  std::int64_t given = 0;
  for (const wave::Producer& producer : producers_) {
    const wave::ProducerStats& s = producer.stats();
    given += s.sent + s.overflows + s.dropped;
  }
  const std::int64_t sent = kernel_->stats().messages + kernel_->stats().overflows;
  // A core may be inside of sending one.
  if (given < sent || given > sent + host_cores())
    throw std::logic_error("messages that were sent and those that queues know of do not add up");
}

}  // namespace experiments
