// SPDX-License-Identifier: Apache-2.0
#include "experiments/system/server.h"

#include <bit>
#include <fmt/format.h>
#include <numeric>
#include <stdexcept>

#include "experiments/policy/policies.h"
#include "experiments/system/notifiers.h"
#include "experiments/system/rpc_service.h"
#include "subsystems/scheduling/invariants.h"

namespace experiments {

Server::Server(const MachineParams& machine, const SystemParams& system,
               const workloads::RequestLoadParams& load, std::uint64_t seed,
               const std::vector<FaultParams>& faults, const std::optional<RpcParams>& rpc,
               const SharedInputs& inputs)
    : system_(system),
      rpc_params_(rpc),
      stacks_(rpc ? rpc->cores : 0),
      generators_(rpc ? 1 : load.generators),
      threads_(load.threads),
      stop_(inputs.stop),
      sim_(seed) {
  build_domains(machine);
  build_path(machine);
  build_queues();
  build_kernel(machine);
  if (has_agent())
    notifier_ = make_notifier(machine, *kernel_, *pcie_, on_host() ? nullptr : path_);
  if (system_.life)
    build_agents();
  else if (has_agent())
    build_agent();
  service_ = workloads::make_service_times(load.service, seed, inputs.captures);
  if (rpc)
    build_rpc(machine, load, seed, inputs.surveys);
  else
    build_load(load, seed);
  faults_.emplace(sim_, faults, Faults::Targets{agents(), pcie_->link, pcie_->msix});
}

Server::~Server() = default;

// Worker CPUs come first, then the core that the agent takes when it runs on the host, then the
// load generators' or the RPC stack's, then those that come with agents that come and go: so a
// worker sits on the same core in all placements.

std::vector<int> Server::host_threads(const MachineParams& params) const {
  std::vector<int> threads(static_cast<std::size_t>(host_cores()));
  std::iota(threads.begin(), threads.end(), 0);
  if (on_other_socket())
    threads[static_cast<std::size_t>(system_.workers)] = params.host.threads_per_socket();
  return threads;
}

void Server::build_domains(const MachineParams& params) {
  host_.emplace("host", coherence_of(params, host_threads(params)));
  for (int cpu = 0; cpu < host_cores(); ++cpu) {
    const bool far = on_other_socket() && cpu == system_.workers;
    host_cores_.emplace_back(sim_, fmt::format("cpu{}", cpu), *host_, cpu,
                             far ? params.host.other_socket_core() : params.host.core);
  }
  if (joins_nic(params)) {
    nic_core_.emplace(sim_, "nic0", *host_, host_cores(), params.nic.core.core());
  } else {
    const Machine machine = make_machine(params);
    nic_.emplace("nic", params.nic.caches.domain(), params.nic.cores,
                 machine.graph.table(machine.nic.cores));
    nic_core_.emplace(sim_, "nic0", *nic_, 0, params.nic.core.core());
    if (system_.life && on_nic())
      second_nic_core_.emplace(sim_, "nic1", *nic_, 1, params.nic.core.core());
    if (stack_on_host()) return;
    for (int i = 1; i <= stacks_; ++i)
      nic_stack_cores_.emplace_back(sim_, fmt::format("nic{}", i), *nic_, i,
                                    params.nic.core.core());
  }
}

std::vector<core::Core*> Server::stack_cores() {
  std::vector<core::Core*> cores;
  for (int i = 0; i < stacks_; ++i)
    cores.push_back(stack_on_host() ? &host_core(system_.workers + 1 + generators_ + i)
                                    : &nic_stack_cores_[static_cast<std::size_t>(i)]);
  return cores;
}

void Server::build_path(const MachineParams& params) {
  pcie_.emplace(sim_, params.pcie);
  if (params.interconnect) coherent_path_.emplace(sim_, *params.interconnect);
  if (on_other_socket() || (on_nic() && joins_nic(params)))
    path_ = &*coherent_path_;
  else if (on_nic())
    path_ = &pcie_->path;
}

/// The workers' queues, then the generators' and the stacks'; the keeper's takes a message for each
/// thread. A word for each thread, by its number, which counts from one.
QueueLayout Server::layout() const {
  QueueLayout layout{.queues = system_.workers + generators_ + stacks_,
                     .slots = system_.workers,
                     .capacity = system_.queue_capacity,
                     .words = threads_ + 1};
  if (!system_.life) return layout;
  layout.keeper_capacity = std::bit_ceil(static_cast<std::uint32_t>(threads_ + 1));
  layout.places = Agents::kPlaces;
  return layout;
}

void Server::build_queues() {
  core::Core& home = system_.queue_home == QueueHome::kAgent ? agent_core() : host_core(0);
  queues_.emplace(home, layout(), system_, path_);
  if (system_.check_memory) queues_->region().attach(&checker_);
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
    if (has_agent())
      kernel_->add_cpu(host_core(cpu), queues_->producer(cpu), queues_->reader(cpu));
    else
      kernel_->add_cpu(host_core(cpu));
  }
  kernel_->start();
}

void Server::build_agent() {
  core::Core& core = agent_core();
  runtime_.emplace(core, queues_->agent_mapping(), *notifier_, system_.agent);
  runtime_->use(queues_->memory());
  policy_ = make_policy(system_.policy, *runtime_);
  scheduling::AgentOptions options = agent_options(system_, on_host());
  options.work_by_message = rpc_params_.has_value();
  agent_.emplace(*runtime_, *policy_, options);
  core.start([this] { agent_->run(); });
}

void Server::build_agents() {
  if (on_nic())
    channel_ = std::make_unique<PcieChannel>(pcie_->link);
  else
    channel_ = std::make_unique<LocalChannel>(sim_);
  agents_.emplace(system_, Agents::Wiring{.sim = sim_,
                                          .kernel = *kernel_,
                                          .channel = *channel_,
                                          .notifier = *notifier_,
                                          .queues = *queues_,
                                          .cores = {&agent_core(), &second_agent_core()},
                                          .keeper = host_core(keeper_cpu()),
                                          .keeper_queue = layout().queues,
                                          .on_host = on_host()});
  agents_->start();
}

void Server::build_load(const workloads::RequestLoadParams& load, std::uint64_t seed) {
  std::vector<workloads::RequestLoad::Station> stations;
  for (int g = 0; g < generators_; ++g) {
    const int cpu = system_.workers + 1 + g;
    stations.push_back(
        {.core = &host_core(cpu), .messages = &queues_->producer(system_.workers + g), .cpu = cpu});
  }
  load_.emplace(load, *service_, *kernel_, std::move(stations), seed,
                policy_reads_words() ? &queues_->table() : nullptr);
  load_->start();
}

void Server::build_rpc(const MachineParams& machine, const workloads::RequestLoadParams& load,
                       std::uint64_t seed, const fabric::Surveys& surveys) {
  rpc_ = std::make_unique<RpcService>(*rpc_params_, machine.pcie, load, *service_,
                                      RpcService::Wiring{.sim = sim_,
                                                         .kernel = *kernel_,
                                                         .pcie = *pcie_,
                                                         .host = *host_,
                                                         .nic = *nic_,
                                                         .queues = *queues_,
                                                         .worker_cpus = system_.workers,
                                                         .agent_on_nic = on_nic(),
                                                         .starter = host_core(system_.workers + 1),
                                                         .starter_queue = system_.workers,
                                                         .stacks = stack_cores()},
                                      seed, surveys);
  if (const auto classes = rpc_->far_table())
    runtime_->use_table(classes->place, *classes->mapping);
  if (system_.check_memory) rpc_->attach(&checker_);
  rpc_->start();
}

const workloads::RequestStats& Server::requests() const {
  return rpc_ ? rpc_->clients().calls : load_->stats();
}

const workloads::RpcClientStats* Server::clients() const {
  return rpc_ ? &rpc_->clients() : nullptr;
}

std::optional<RpcStats> Server::rpc_stats() const {
  return rpc_ ? std::optional(rpc_->stats()) : std::nullopt;
}

workloads::Census Server::waiting_since(sim::Time before) const {
  return rpc_ ? rpc_->census(before) : load_->census(before);
}

bool Server::policy_reads_words() {
  return agents_ ? agents_->reads_words() : policy_ && policy_->reads_words();
}

void Server::observe(const Observers& observers) {
  for (const CorePlace& place : cores()) place.core->observe(observers.cores);
  pcie_->observe(observers);
  if (coherent_path_) coherent_path_->observe(observers.paths);
  if (rpc_) rpc_->observe(observers);
}

std::vector<CorePlace> Server::cores() {
  std::vector<CorePlace> places;
  for (int i = 0; i < host_cores(); ++i) {
    if (on_nic() && i == system_.workers) continue;  // the agent's, if it were on the host
    places.push_back({.core = &host_core(i), .role = role_of(i), .on_nic = false});
  }
  if (on_nic()) places.push_back({.core = &*nic_core_, .role = CoreRole::kAgent, .on_nic = true});
  if (second_nic_core_)
    places.push_back({.core = &*second_nic_core_, .role = CoreRole::kSecondAgent, .on_nic = true});
  for (core::Core& core : nic_stack_cores_)
    places.push_back({.core = &core, .role = CoreRole::kStack, .on_nic = true});
  return places;
}

/// As they are dealt out, see above.
CoreRole Server::role_of(int host_core) const {
  if (host_core < system_.workers) return CoreRole::kWorker;
  if (host_core == system_.workers) return CoreRole::kAgent;
  if (host_core <= system_.workers + generators_) return CoreRole::kGenerator;
  if (!system_.life) return CoreRole::kStack;
  if (host_core == keeper_cpu()) return CoreRole::kKeeper;
  return CoreRole::kSecondAgent;
}

ServerStats Server::stats() {
  ServerStats stats;
  stats.faults = faults_->stats();
  stats.requests = requests();
  for (int cpu = 0; cpu < system_.workers; ++cpu)
    stats.cpus = stats.cpus + kernel_->cpu(cpu).stats();
  stats.kernel = kernel_->stats();
  if (agent_) stats.agent = agent_->stats();
  if (runtime_) stats.decisions = runtime_->decision_time();
  if (agents_) {
    const Agents::Counted counted = agents_->counted();
    stats.agent = counted.stats;
    stats.decisions = counted.decisions;
    stats.keeper = agents_->keeper().stats();
    stats.faults.garbage = counted.garbage;
  }
  return stats;
}

void Server::check_invariants() {
  if (kernel_->stats().overflows > 0 && !system_.life)
    throw std::logic_error("a message queue overflowed");
  if (const auto broken = scheduling::Invariants(*kernel_).broken())
    throw std::logic_error(*broken);
  check_messages();
  check_requests();
  for (core::Core& core : host_cores_) core.check_lost_writes();
  // A protocol that is broken on purpose is found out, and that is no defect of ours.
  if (checker_.count() > 0 && system_.flush_decisions)
    throw std::logic_error(to_string(checker_.findings().front()));
}

void Server::check_requests() const {
  if (rpc_) {
    if (const auto broken = rpc_->broken()) throw std::logic_error(*broken);
    return;
  }
  const workloads::RequestStats& requests = load_->stats();
  const workloads::Census there = load_->census();
  if (requests.arrived - requests.completed != there.all)
    throw std::logic_error("requests that came, were answered and are there do not add up");
  if (requests.long_ones.in_flight() != there.long_ones)
    throw std::logic_error("long requests that came, were answered and are there do not add up");
}

/// What the kernel has sent is what the queues were given, and each queue has written it, reported
/// that it is full, or dropped it because its agent had gone.
void Server::check_messages() const {
  std::int64_t given = 0;
  for (const wave::Producer& producer : queues_->producers()) {
    const wave::ProducerStats& s = producer.stats();
    given += s.sent + s.overflows + s.dropped;
  }
  const std::int64_t sent = kernel_->stats().messages + kernel_->stats().overflows;
  // A core may be inside of sending one.
  if (given < sent || given > sent + host_cores())
    throw std::logic_error("messages that were sent and those that queues know of do not add up");
}

}  // namespace experiments
