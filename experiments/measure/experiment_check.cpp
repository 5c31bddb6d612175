// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstring>
#include <fmt/format.h>

#include "experiments/measure/experiment_checks.h"
#include "sim/config_error.h"
#include "sim/reflect.h"

namespace experiments {
namespace {

using sim::require;

// For every number

bool is_time(const sim::Leaf& leaf) {
  return leaf.kind == sim::Leaf::Kind::kQuantity &&
         std::strcmp(leaf.noun, sim::Quantity<sim::Duration>::scale().noun) == 0;
}

bool is_negative(const sim::Literal& literal) {
  if (const auto* whole = std::get_if<std::int64_t>(&literal)) return *whole < 0;
  if (const auto* real = std::get_if<double>(&literal)) return *real < 0;
  const auto* text = std::get_if<std::string>(&literal);
  return text != nullptr && text->starts_with('-');
}

constexpr sim::Duration kLongest = 10'000s;

/// Nothing in an experiment counts below zero, and sums of the longest times still fit.
void check_numbers(ExperimentParams params) {
  const auto look = [](const std::string& path, const sim::Field&, const sim::Leaf& leaf,
                       void* value) {
    using Kind = sim::Leaf::Kind;
    if (leaf.kind == Kind::kText || leaf.kind == Kind::kArgument) return;
    const sim::Literal literal = leaf.get(value);
    require(!is_negative(literal), path.c_str(), sim::found(literal) + " is negative",
            "give zero or more");
    if (is_time(leaf))
      require(*static_cast<const sim::Duration*>(value) <= kLongest, path.c_str(),
              sim::found(literal) + " is too long", "give at most 10000 s");
  };
  sim::for_each_leaf(sim::type_of<ExperimentParams>(), &params, look);
}

void check_run(const ExperimentParams& p) {
  require(p.run.length >= 1us, "run.length", "is too short", "give at least 1 us");
  require(1 <= p.run.replications && p.run.replications <= 10'000, "run.replications",
          fmt::format("{} is out of bounds", p.run.replications), "give 1 to 10000");
}

// The load

/// A generator's time for one request, if no line it needs were elsewhere.
sim::Duration shortest_assignment(const ExperimentParams& p) {
  const scheduling::KernelParams& linux_kernel = p.machine.linux_kernel;
  const double slower = static_cast<double>(core::kReferenceClock.hertz()) /
                        static_cast<double>(p.machine.host.core.clock.hertz()) /
                        p.machine.host.core.relative_ipc;
  const sim::Duration work = p.workload.assign + linux_kernel.syscall_entry +
                             linux_kernel.futex_wake + linux_kernel.syscall_exit;
  return sim::from_seconds(sim::to_seconds(work) * slower);
}

void check_rate(const ExperimentParams& p) {
  if (p.run.measure != Measure::kLoad || p.rpc) return;
  if (p.workload.arrivals.kind == workloads::ArrivalKind::kTrace) return;
  const sim::Duration each = shortest_assignment(p);
  const double most = p.workload.generators / sim::to_seconds(each);
  require(p.workload.arrivals.rate.per_second <= most, "workload.arrivals.rate",
          fmt::format("{:.0f} requests/s cannot be reached: {} generators that take {:.0f} ns for "
                      "each hand out {:.0f}/s at most",
                      p.workload.arrivals.rate.per_second, p.workload.generators, sim::to_ns(each),
                      most),
          "give a lower rate or more generators");
}

/// Clients may not announce a class that the policy has no SLO for. What a trace announces is not
/// known here; the policy takes unknown classes for the last.
void check_classes(const ExperimentParams& p) {
  if (p.system.policy.kind != PolicyKind::kMultiQueueShinjuku) return;
  const std::size_t announced = p.workload.arrivals.long_share > 0 ? 2 : 1;
  require(announced <= p.system.policy.classes.size(), "system.policy.classes",
          fmt::format("the load announces {} classes, and {} has an SLO", announced,
                      p.system.policy.classes.size()),
          "give an SLO for each class, or no workload.arrivals.long_share");
}

void check_search(const ExperimentParams& p) {
  if (p.run.measure == Measure::kLoad) return;
  require(p.workload.arrivals.kind != workloads::ArrivalKind::kTrace, "workload.arrivals.kind",
          "a trace has the rate that it has, and saturation is found by varying it",
          "use poisson, deterministic or mmpp");
}

// Virtual machines

void check_vm_load(const ExperimentParams& p) {
  const workloads::VmLoadParams& vm = p.vm;
  require(1 <= vm.vms && vm.vms <= 1000, "vm.vms", fmt::format("{} virtual machines", vm.vms),
          "give 1 to 1000");
  require(1 <= vm.vcpus && vm.vcpus <= 1000, "vm.vcpus", fmt::format("{} vCPUs", vm.vcpus),
          "give 1 to 1000");
  require(vm.busy <= vm.vcpus, "vm.busy",
          fmt::format("{} busy vCPUs, and each virtual machine has {}", vm.busy, vm.vcpus),
          fmt::format("give at most {}", vm.vcpus));
  require(vm.instructions_per_cycle > 0, "vm.instructions_per_cycle", "0 instructions are no work",
          "give more than 0");
  require(
      vm.vms * vm.vcpus <= p.system.queue_capacity, "vm.vcpus",
      fmt::format("{} x {} vCPUs, which send as many messages at once, and queues of {} entries",
                  vm.vms, vm.vcpus, p.system.queue_capacity),
      "give fewer or a larger system.queue_capacity");
}

void check_vm_host(const ExperimentParams& p) {
  const zen3::Zen3Params& host = p.machine.host;
  require(host.sockets >= 2, "machine.host.sockets",
          "the control plane that starts virtual machines runs on another socket than these",
          "give 2");
  require(host.threads_per_core <= 2, "machine.host.threads_per_core",
          fmt::format("{} threads share a core", host.threads_per_core), "give 1 or 2");
  const int cores = host.ccds * host.cores_per_ccd;
  const int cpus = cores * host.threads_per_core;
  require(cpus < memory::CoreSet::kMost, "machine.host.ccds",
          fmt::format("{} hardware threads in a socket", cpus),
          fmt::format("give at most {}", memory::CoreSet::kMost - 1));
  require(p.system.placement == Placement::kNic || cores >= 2, "machine.host.cores_per_ccd",
          "an agent on the host takes a core, and the socket has 1", "give at least 2");
  require(p.system.placement != Placement::kKernel, "system.placement",
          "core scheduling is an agent's policy", "use host or nic");
  require(p.system.placement != Placement::kOtherSocket && !p.machine.interconnect,
          "system.placement", "virtual machines are scheduled from their socket or across PCIe",
          "use host or nic, and no machine.interconnect");
  require(p.system.vm_slice >= 10us, "system.vm_slice", "is too short", "give at least 10 us");
  check_power(host);
  require(0.1 <= host.smt_speed && host.smt_speed <= 1, "machine.host.smt_speed",
          fmt::format("{} is out of bounds", host.smt_speed), "give 0.1 to 1");
}

// Faults

bool is_the_agents(FaultKind kind) {
  return kind != FaultKind::kLinkStall && kind != FaultKind::kMsixLost &&
         kind != FaultKind::kDmaLost;
}

bool happens_to_memory(FaultKind kind) {
  return kind != FaultKind::kAgentUpgrade && kind != FaultKind::kMsixLost;
}

void check_life(const ExperimentParams& p) {
  if (!p.system.life) return;
  const AgentLifeParams& life = *p.system.life;
  require(p.run.measure != Measure::kVm, "system.life", "is not modelled for virtual machines",
          "leave it out");
  require(p.system.placement == Placement::kHost || p.system.placement == Placement::kNic,
          "system.life", "is for agents on a core of the host or of the NIC", "use one of these");
  require(!p.machine.interconnect, "system.life", "is not modelled together with a coherent link",
          "leave out machine.interconnect");
  require(p.system.placement == Placement::kHost || p.machine.nic.cores >= 2, "machine.nic.cores",
          "a new agent gets ready on a core beside the old one's", "give at least 2");
  require(life.keeper.look_every >= 1us, "system.life.keeper.look_every", "leaves no time between",
          "give at least 1 us");
  require(life.launcher.start >= 10us, "system.life.launcher.start",
          "no process starts that quickly", "give at least 10 us");
}

void check_faults(const ExperimentParams& p) {
  constexpr std::size_t kMost = 10'000;
  require(p.faults.size() <= kMost, "faults", fmt::format("{} faults", p.faults.size()),
          fmt::format("give at most {}", kMost));
  const bool of_memory = p.run.measure == Measure::kMemory;
  require(p.faults.empty() || p.run.measure == Measure::kLoad || of_memory, "faults",
          "have no place in a search for saturation or a microbenchmark",
          "set run.measure to load or memory");
  for (std::size_t i = 0; i < p.faults.size(); ++i) {
    const FaultParams& fault = p.faults[i];
    const std::string path = fmt::format("faults.{}.kind", i);
    require(!of_memory || happens_to_memory(fault.kind), path.c_str(),
            "does not happen to memory management, which has no interrupts and one agent",
            "use agent_crash, agent_hang, agent_slow, agent_garbage, link_stall or dma_lost");
    require(of_memory || fault.kind != FaultKind::kDmaLost, path.c_str(),
            "happens to queues that are moved by DMA", "set run.measure to memory");
    if (of_memory && is_the_agents(fault.kind)) continue;
    if (is_the_agents(fault.kind))
      require(p.system.life.has_value(), path.c_str(), "is for agents that come and go",
              "give system.life, as in {\"keeper\": {\"watchdog\": \"20 ms\"}}");
    else
      require(
          p.system.placement == Placement::kNic && !p.machine.interconnect, path.c_str(),
          "happens on the PCIe link, which no agent on the host uses, nor one on a coherent link",
          "set system.placement to nic, without machine.interconnect");
  }
}

void check_policy(const ExperimentParams& p) {
  const bool schedules = p.run.measure != Measure::kMemory && p.run.measure != Measure::kVm &&
                         !is_benchmark(p.run.measure);
  require(schedules || p.system.policy.kind != PolicyKind::kLoaded, "system.policy.kind",
          "has nothing to schedule in this kind of measure", "use it with run.measure = load");
}

}  // namespace

void check(const ExperimentParams& params) {
  check_numbers(params);
  check_run(params);
  check_machine(params.machine);
  check_host_kind(params);
  check_mappings(params);
  check_life(params);
  check_faults(params);
  check_policy(params);
  if (params.run.measure == Measure::kMemory) return check_memory(params);
  if (params.run.measure == Measure::kVm) {
    check_vm_host(params);
    check_vm_load(params);
    return;
  }
  check_cores(params);
  check_rpc(params);
  check_placement(params);
  check_joined_cores(params);
  check_queues(params);
  check_classes(params);
  check_rate(params);
  check_search(params);
}

}  // namespace experiments
