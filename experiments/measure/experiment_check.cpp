// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstring>
#include <fmt/format.h>

#include "experiments/measure/experiment.h"
#include "experiments/measure/kernel_costs.h"
#include "models/interconnect/coherent_path.h"
#include "models/memory/fixed_path.h"
#include "sim/config_error.h"
#include "sim/reflect.h"
#include "subsystems/memory/policies/lessons.h"
#include "subsystems/scheduling/status_words.h"
#include "workloads/page_capture.h"

namespace experiments {
namespace {

using memory::MemoryType;
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

// The machine

void check_clock(const char* path, sim::Frequency clock) {
  require(sim::Frequency::megahertz(100) <= clock && clock <= sim::Frequency::gigahertz(100), path,
          "no core has such a clock", "give 100 MHz to 100 GHz");
}

void check_ipc(const char* path, double ipc) {
  require(0.05 <= ipc && ipc <= 20, path, fmt::format("{} is out of bounds", ipc),
          "give 0.05 to 20");
}

int host_threads(const zen3::Zen3Params& host) {
  constexpr int kMost = 1024;  // of each factor, so that the product fits
  for (const int factor : {host.sockets, host.ccds, host.cores_per_ccd, host.threads_per_core})
    require(1 <= factor && factor <= kMost, "machine.host",
            fmt::format("{} sockets of {} dies of {} cores of {} threads", host.sockets, host.ccds,
                        host.cores_per_ccd, host.threads_per_core),
            "give at least one of each");
  const std::int64_t all =
      std::int64_t{host.sockets} * host.ccds * host.cores_per_ccd * host.threads_per_core;
  require(all <= kMost, "machine.host", fmt::format("{} hardware threads", all),
          fmt::format("give at most {}", kMost));
  return static_cast<int>(all);
}

/// The PCIe model says "link.lanes: what would do".
void check_pcie(const pcie::PcieParams& pcie) {
  const auto broken = pcie::check(pcie);
  if (!broken) return;
  const auto colon = broken->find(": ");
  const std::string member = broken->substr(0, colon);
  const bool is_path = member.find(' ') == std::string::npos;
  throw sim::ConfigError(is_path ? "machine.pcie." + member : "machine.pcie",
                         "no link is like this",
                         is_path ? "give " + broken->substr(colon + 2) : *broken);
}

/// A line's way to a core includes that to every nearer one: the machine's graph has the
/// differences.
void require_no_nearer(sim::Duration farther, const char* path, sim::Duration nearer,
                       const char* than) {
  require(farther >= nearer, path,
          fmt::format("{} is below {}, {}", sim::to_text(farther), than, sim::to_text(nearer)),
          "give at least that");
}

void check_distances(const zen3::Zen3Params& host, bool has_interconnect) {
  require_no_nearer(host.transfer_ccx, "machine.host.transfer_ccx", host.transfer_smt,
                    "machine.host.transfer_smt");
  require_no_nearer(host.transfer_socket, "machine.host.transfer_socket", host.transfer_ccx,
                    "machine.host.transfer_ccx");
  if (has_interconnect) return;  // it says how far the other socket is
  require_no_nearer(host.transfer_cross, "machine.host.transfer_cross", host.transfer_socket,
                    "machine.host.transfer_socket");
}

void check_machine(const MachineParams& m) {
  host_threads(m.host);
  check_distances(m.host, m.interconnect.has_value());
  check_clock("machine.host.core.clock", m.host.core.clock);
  check_ipc("machine.host.core.relative_ipc", m.host.core.relative_ipc);
  require(m.host.core.wc_buffers >= 1, "machine.host.core.wc_buffers", "0 buffers combine nothing",
          "give at least 1");
  require(m.host.core.wc_partial.count >= 1, "machine.host.core.wc_partial", "is empty",
          "give at least 1 B");
  require(1 <= m.nic.cores && m.nic.cores <= memory::CoreSet::kMost, "machine.nic.cores",
          fmt::format("the agent cannot run on a NIC with {} cores", m.nic.cores),
          fmt::format("give 1 to {}", memory::CoreSet::kMost));
  check_clock("machine.nic.core.clock", m.nic.core.clock);
  check_ipc("machine.nic.core.relative_ipc", m.nic.core.relative_ipc);
  check_pcie(m.pcie);
}

// The socket's power and clock

void check_boost(const zen3::PowerParams& p) {
  check_clock("machine.host.power.min_clock", p.min_clock);
  require(p.clock_step >= sim::Frequency::megahertz(1), "machine.host.power.clock_step",
          sim::to_text(p.clock_step) + " is no step", "give at least 1 MHz");
  require(p.min_clock <= p.all_core_clock, "machine.host.power.all_core_clock",
          fmt::format("{} is below machine.host.power.min_clock, {}",
                      sim::to_text(p.all_core_clock), sim::to_text(p.min_clock)),
          "give a higher clock");
  require(p.all_core_clock <= p.max_clock, "machine.host.power.max_clock",
          fmt::format("{} is below machine.host.power.all_core_clock, {}",
                      sim::to_text(p.max_clock), sim::to_text(p.all_core_clock)),
          "give a higher clock");
  check_clock("machine.host.power.max_clock", p.max_clock);
  require(p.update_period >= 1us, "machine.host.power.update_period", "is too short",
          "give at least 1 us");
  require(p.voltage_least.millivolts > 0 && p.voltage.millivolts > 0, "machine.host.power.voltage",
          "no core runs on 0 V", "give a voltage");
}

/// What the socket draws with every core halted has to leave something for those that are busy.
void check_budget(const zen3::Zen3Params& host) {
  const zen3::PowerParams& p = host.power;
  const int cores = host.ccds * host.cores_per_ccd;
  const double halted = p.uncore.watts() + cores * p.core_halted.watts();
  require(p.budget.watts() > halted, "machine.host.power.budget",
          fmt::format("{} is not more than the {:.1f} W that the socket draws with all {} cores "
                      "halted",
                      sim::to_text(p.budget), halted, cores),
          "give a larger budget");
}

void check_host_kind(const ExperimentParams& p) {
  const MachineParams& m = p.machine;
  if (p.run.measure == Measure::kKernel)
    require(m.host_kind == HostKind::kSkylake || host_threads(m.host) >= kKernelCpus,
            "machine.host", "the kernel's microbenchmarks need 12 cores", "give more");
  else
    require(m.host_kind == HostKind::kZen3, "machine.host_kind",
            "skylake has no link to a SmartNIC", "use zen3, or run.measure = kernel");
  check_clock("machine.skylake.core.clock", m.skylake.core.clock);
  check_ipc("machine.skylake.core.relative_ipc", m.skylake.core.relative_ipc);
  require_no_nearer(m.skylake.transfer_cross, "machine.skylake.transfer_cross",
                    m.skylake.transfer_mesh, "machine.skylake.transfer_mesh");
  require(m.skylake.minimal_switch > m.skylake.syscall, "machine.skylake.minimal_switch",
          "shorter than the system call that is part of it", "give more");
  require(m.skylake.sockets >= 1 && m.skylake.cores >= kKernelCpus && m.skylake.cores <= 128 &&
              m.skylake.sockets <= 8,
          "machine.skylake", "no such processor", "give 1 to 8 sockets of 12 to 128 cores");
}

// The system on the machine

void check_cores(const ExperimentParams& p) {
  const SystemParams& s = p.system;
  const int generators = p.workload.generators;
  constexpr int kMost = memory::CoreSet::kMost;
  require(1 <= s.workers && s.workers <= kMost, "system.workers",
          fmt::format("{} workers", s.workers), fmt::format("give 1 to {}", kMost));
  require(1 <= generators && generators <= kMost, "workload.generators",
          fmt::format("{} generators", generators), fmt::format("give 1 to {}", kMost));
  const int there = std::min(host_threads(p.machine.host), kMost);
  if (p.rpc) {
    const std::int64_t stack = p.rpc->placement == StackSide::kHost ? p.rpc->cores : 0;
    return require(s.workers + 2 + stack <= there, "system.workers",
                   fmt::format("{} workers, {} cores for the RPC stack, one for the agent and one "
                               "that makes the threads, and the host has {}",
                               s.workers, stack, there),
                   "give fewer");
  }
  const int others = 1 + generators + (s.life ? 2 : 0);
  require(s.workers + others <= there, "system.workers",
          fmt::format(
              "{} workers, the agent's core{} and {} load generators need {} cores, and the "
              "host has {}",
              s.workers, s.life ? ", its keeper's two" : "", generators, s.workers + others, there),
          there > others ? fmt::format("give at most {}", there - others)
                         : "give the host more cores, or fewer generators");
}

bool crosses_coherent_link(const ExperimentParams& p) {
  return p.system.placement == Placement::kOtherSocket ||
         (p.system.placement == Placement::kNic && joins_nic(p.machine));
}

/// Each link joins what it joins.
void check_placement(const ExperimentParams& p) {
  const Placement placement = p.system.placement;
  require(placement != Placement::kKernel || p.system.policy.kind == PolicyKind::kFifo,
          "system.policy.kind",
          "is not asked: with system.placement kernel Linux's fair class decides",
          "leave it out, or place an agent");
  require(placement != Placement::kNic || !joins_sockets(p.machine), "machine.interconnect.joins",
          "this link joins the host's sockets, and the agent is on a core of the NIC",
          "use system.placement other_socket, or a link that joins the NIC");
  if (placement != Placement::kOtherSocket) return;
  require(p.machine.host.sockets >= 2, "system.placement", "the host has one socket only",
          "set machine.host.sockets to 2");
  require(joins_sockets(p.machine), "system.placement",
          "the agent is on the other socket, and no link between sockets is chosen",
          "set machine.interconnect.preset to xgmi or upi");
  const int here = p.system.workers + 1 + p.workload.generators;
  require(here <= p.machine.host.threads_per_socket(), "system.workers",
          fmt::format("the workers and the load would reach into the agent's socket: they take {} "
                      "CPUs of {}",
                      here, p.machine.host.threads_per_socket()),
          "give fewer");
}

/// The directory of a domain has room for so many cores.
void check_joined_cores(const ExperimentParams& p) {
  if (!joins_nic(p.machine)) return;
  constexpr int kMost = memory::CoreSet::kMost;
  const int joined = p.system.workers + 1 + p.workload.generators + p.machine.nic.cores;
  require(joined <= kMost, "machine.nic.cores",
          fmt::format("the link makes {} cores of host and NIC coherent", joined),
          fmt::format("give at most {} in all", kMost));
}

/// The memory model refuses what no hardware allows, in its own words.
void try_mapping(const char* path, MemoryType type, memory::Path* across) {
  sim::Simulation sim;
  memory::Domain nic("nic", {}, 1, {sim::Duration{0}});
  memory::Region queues(sim, "queues in NIC memory", nic, sim::Bytes{memory::kCacheLine});
  try {
    if (across != nullptr)
      memory::Mapping(queues, type, *across);
    else
      memory::Mapping(queues, type);
  } catch (const memory::BadMapping& bad) {
    throw sim::ConfigError(path, bad.what());
  }
}

/// The host's two mappings, across whatever lies between it and the agent.
void try_host_mappings(const ExperimentParams& p) {
  sim::Simulation sim;
  memory::FixedPath pcie(sim, sim::Duration{1}, sim::Duration{1});
  interconnect::CoherentPath coherent(
      sim, p.machine.interconnect.value_or(interconnect::CoherentLinkParams{}));
  memory::Path* across = &pcie;
  if (crosses_coherent_link(p)) across = &coherent;
  try_mapping("system.message_mapping", p.system.message_mapping, across);
  try_mapping("system.decision_mapping", p.system.decision_mapping, across);
}

void check_queue_home(const ExperimentParams& p) {
  if (p.system.queue_home == QueueHome::kAgent) return;
  require(crosses_coherent_link(p), "system.queue_home",
          "a NIC behind PCIe does not cache host memory, and its cores reach it by DMA only",
          "use agent, or a coherent link");
  require(p.system.nic_mapping != MemoryType::kUncached, "system.nic_mapping",
          "the agent would poll the host's memory by uncached loads across the link",
          "use WB, or system.queue_home agent");
}

void check_mappings(const ExperimentParams& p) {
  const SystemParams& s = p.system;
  // Queues in the host's own memory are WB.
  if (s.placement == Placement::kHost || s.placement == Placement::kKernel) return;
  const bool coherent = crosses_coherent_link(p);
  try_mapping("system.nic_mapping", s.nic_mapping, nullptr);
  try_host_mappings(p);
  require(s.message_mapping != MemoryType::kWriteThrough, "system.message_mapping",
          "WT would answer from the host's cache whether the agent has freed an entry",
          coherent ? "use UC, WC or WB" : "use UC or WC");
  require(s.decision_mapping != MemoryType::kWriteCombining, "system.decision_mapping",
          "WC would hold outcomes back and cache no decision",
          coherent ? "use UC, WT or WB" : "use UC or WT");
  check_queue_home(p);
}

bool is_power_of_two(int n) {
  return n > 0 && (n & (n - 1)) == 0;
}

void check_queues(const ExperimentParams& p) {
  const int capacity = p.system.queue_capacity;
  require(is_power_of_two(capacity) && 2 <= capacity && capacity <= 65536, "system.queue_capacity",
          fmt::format("{} entries", capacity), "give a power of two from 2 to 65536");
  const int threads = p.workload.threads;
  constexpr int kMostThreads = scheduling::StatusWordTable::kCapacity;
  require(1 <= threads && threads <= kMostThreads, "workload.threads",
          fmt::format("{} threads", threads),
          fmt::format("give 1 to {}: each needs a status word", kMostThreads));
  // Each thread serves the requests of one generator.
  require(p.rpc || threads >= p.workload.generators, "workload.threads",
          fmt::format("{} threads for {} load generators, each of which hands out to its own",
                      threads, p.workload.generators),
          "give at least as many threads as workload.generators");
  // A generator makes its threads in one go, and each sends a message.
  const int burst = (threads + p.workload.generators - 1) / p.workload.generators;
  require(burst <= capacity, "workload.threads",
          fmt::format("{} generators make {} threads, {} messages at once in queues of {} entries",
                      p.workload.generators, threads, burst, capacity),
          "give fewer threads or a larger system.queue_capacity");
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
  check_boost(host.power);
  check_budget(host);
  require(0.1 <= host.smt_speed && host.smt_speed <= 1, "machine.host.smt_speed",
          fmt::format("{} is out of bounds", host.smt_speed), "give 0.1 to 1");
}

// Memory management

void check_batches(const tiering::TieringParams& t) {
  require(1 <= t.batch_pages && t.batch_pages <= tiering::TouchTable::kMostPages,
          "memory.tiering.batch_pages", fmt::format("{} pages", t.batch_pages),
          fmt::format("give 1 to {}", tiering::TouchTable::kMostPages));
  require(t.page >= sim::Bytes{4096}, "memory.tiering.page",
          fmt::format("{} bytes are no page", t.page.count), "give at least 4 KiB");
  constexpr std::int64_t kMost = 1 << 24;
  require(1 <= t.batches() && t.batches() <= kMost, "memory.tiering.memory",
          fmt::format("is {} batches of {} pages", t.batches(), t.batch_pages),
          fmt::format("give 1 to {}, or another memory.tiering.batch_pages", kMost));
  require(t.host.entry.count >= 1 && t.host.chunk >= t.host.entry, "memory.tiering.host.chunk",
          "holds no entry", "give at least memory.tiering.host.entry, which is at least a byte");
}

void check_tiering(const tiering::TieringParams& t) {
  check_batches(t);
  require(1 <= t.periods && t.periods <= tiering::kMostPeriods, "memory.tiering.periods",
          fmt::format("{} periods", t.periods), fmt::format("give 1 to {}", tiering::kMostPeriods));
  require(t.shortest_period >= 1ms, "memory.tiering.shortest_period", "is too short",
          "give at least 1 ms");
  require(1 <= t.epoch_periods && t.epoch_periods <= 1000, "memory.tiering.epoch_periods",
          fmt::format("{} is out of bounds", t.epoch_periods), "give 1 to 1000");
  require(0 < t.objective && t.objective < 1, "memory.tiering.objective",
          fmt::format("{} is out of bounds", t.objective), "give more than 0 and less than 1");
  require(t.threads >= 1 && t.threads <= t.batches(), "memory.tiering.threads",
          fmt::format("{} threads, and there are {} batches", t.threads, t.batches()),
          "give each thread a batch at least");
  require(t.host.patience >= 1ms, "memory.tiering.host.patience", "is none", "give at least 1 ms");
  require(t.fast_memory >= t.batch_pages * t.page, "memory.tiering.fast_memory",
          "holds not even a batch", "give more");
  require(1 <= t.migration.together && t.migration.together <= 1 << 20,
          "memory.tiering.migration.together", fmt::format("{} pages", t.migration.together),
          "give 1 to 1048576");
  require(1 <= t.migration.tries && t.migration.tries <= 1000, "memory.tiering.migration.tries",
          fmt::format("{} tries", t.migration.tries), "give 1 to 1000");
  require(t.application.cores >= 1, "memory.tiering.application.cores", "0 cores run nothing",
          "give at least 1");
  require(0 <= t.application.far_cores && t.application.far_cores <= t.application.cores,
          "memory.tiering.application.far_cores",
          fmt::format("{} of {} cores", t.application.far_cores, t.application.cores),
          "give 0 to memory.tiering.application.cores");
  require(0 <= t.application.tlb_entries && t.application.tlb_entries <= 1 << 20,
          "memory.tiering.application.tlb_entries",
          fmt::format("{} entries", t.application.tlb_entries), "give 0 for no TLB, to 1048576");
}

void check_tiering_policy(const MemoryParams& m) {
  const TieringPolicyParams& p = m.policy;
  const auto is_share = [](double share, const char* path) {
    require(0 < share && share < 1, path, fmt::format("{} is out of bounds", share),
            "give more than 0 and less than 1");
  };
  is_share(p.saturated, "memory.policy.saturated");
  is_share(p.sample, "memory.policy.sample");
  is_share(p.remote_limit, "memory.policy.remote_limit");
  require(p.reserve < 1 - m.tiering.objective, "memory.policy.reserve",
          fmt::format("is {}, and the objective leaves {:.3g}", p.reserve, 1 - m.tiering.objective),
          "give less than memory.tiering.objective leaves");
  require(p.predicted <= 1, "memory.policy.predicted",
          fmt::format("{} is out of bounds", p.predicted), "give 0 to 1");
  require(p.kept < 1, "memory.policy.kept", fmt::format("{} is out of bounds", p.kept),
          "give less than 1");
  require(p.tolerated < 1, "memory.policy.tolerated",
          fmt::format("{} is out of bounds", p.tolerated), "give less than 1");
  require(1 <= p.threshold && p.threshold <= m.tiering.batch_pages, "memory.policy.threshold",
          fmt::format("{} pages, and a batch has {}", p.threshold, m.tiering.batch_pages),
          "give 1 to memory.tiering.batch_pages");
  require(p.scans_to_age >= 1, "memory.policy.scans_to_age", "0 scans say nothing",
          "give at least 1");
  if (p.kind != TieringPolicyKind::kSol) return;
  require(p.remote_limit > 1 - m.tiering.objective, "memory.policy.remote_limit",
          fmt::format("is {}, and the objective leaves {:.3g} to the slow tier", p.remote_limit,
                      1 - m.tiering.objective),
          "give more than memory.tiering.objective leaves");
}

void check_page_replay(const MemoryParams& m) {
  require(m.tiering.batch_pages == workloads::kPagesOfBatch && m.tiering.page == sim::Bytes{4096},
          "memory.load.kind", "captures are of pages of 4 KiB in batches of 64",
          "give such to memory.tiering, or use key_value");
  require(m.load.interval >= 1ms, "memory.load.interval", "is too short", "give at least 1 ms");
}

void check_page_load(const MemoryParams& m) {
  const workloads::PageLoadParams& load = m.load;
  const sim::Bytes batch = m.tiering.batch_pages * m.tiering.page;
  require(load.cluster.count >= batch.count && load.cluster.count % batch.count == 0,
          "memory.load.cluster",
          fmt::format("{} bytes are not whole batches of {}", load.cluster.count, batch.count),
          "give a multiple of memory.tiering.batch_pages x memory.tiering.page");
  require(load.index_memory < 1, "memory.load.index_memory", "leaves nothing to data",
          "give less than 1");
  require(load.index_pages >= 0 && load.data_pages >= 1 && load.pages() <= 64,
          "memory.load.data_pages",
          fmt::format("a request accesses {} pages of index and {} of data", load.index_pages,
                      load.data_pages),
          "give at least one of data, and 64 in all at most");
  require(load.puts <= 1, "memory.load.puts", fmt::format("{} is no share", load.puts),
          "give 0 to 1");
  const double data = (1 - load.index_memory) * static_cast<double>(m.tiering.memory.count);
  require(data >= static_cast<double>(load.cluster.count), "memory.load.cluster",
          "is more than all data", "give less, or more memory.tiering.memory");
  require(load.requests.per_second > 0, "memory.load.requests", "0 requests show nothing",
          "give more than 0");
  require(load.exponent <= 10, "memory.load.exponent",
          fmt::format("{} is out of bounds", load.exponent), "give 0 to 10");
  require(load.drift <= 1, "memory.load.drift", fmt::format("{} is out of bounds", load.drift),
          "give 0 to 1");
  for (const auto& [path, span] : {std::pair{"memory.load.drift_every", load.drift_every},
                                   std::pair{"memory.load.sweep_every", load.sweep_every},
                                   std::pair{"memory.load.sweep_takes", load.sweep_takes}})
    require(span == 0s || span >= 1ms, path, "is too short", "give 0 for never, or at least 1 ms");
}

void check_memory(const ExperimentParams& p) {
  const MemoryParams& m = p.memory;
  check_tiering(m.tiering);
  check_tiering_policy(m);
  if (m.load.kind == workloads::PageLoadKind::kCapture)
    check_page_replay(m);
  else
    check_page_load(m);
  require(1 <= m.dma_queues.descriptors, "memory.dma_queues.descriptors", "0 move nothing",
          "give at least 1");
  require(p.system.placement == Placement::kHost || p.system.placement == Placement::kNic,
          "system.placement", "memory is managed from cores of the host or of the NIC",
          "use host or nic");
  require(!p.machine.interconnect, "machine.interconnect",
          "is not modelled for memory management, whose queues are moved by DMA", "leave it out");
  const bool on_nic = p.system.placement == Placement::kNic;
  const zen3::Zen3Params& host = p.machine.host;
  const int cores =
      on_nic ? p.machine.nic.cores : host.sockets * host.ccds * host.cores_per_ccd - 2;
  require(m.tiering.threads <= cores, "memory.tiering.threads",
          fmt::format("{} threads, each on a core of its own, and there are {}{}",
                      m.tiering.threads, cores, on_nic ? "" : " beside the daemon's two"),
          fmt::format("give at most {}", cores));
}

// The RPC stack

void check_rpc_place(const ExperimentParams& p) {
  const RpcParams& rpc = *p.rpc;
  require(p.system.placement == Placement::kHost || p.system.placement == Placement::kNic, "rpc",
          "workers of an RPC stack are scheduled by an agent on the host or on the NIC",
          "set system.placement to host or nic");
  require(!p.machine.interconnect, "rpc", "is not modelled together with a coherent link",
          "leave out machine.interconnect");
  require(!p.system.life, "rpc", "is not modelled with agents that come and go",
          "leave out system.life");
  require(1 <= rpc.cores && rpc.cores <= 64, "rpc.cores", fmt::format("{} cores", rpc.cores),
          "give 1 to 64");
  const int agents = p.system.placement == Placement::kNic ? 1 : 0;
  require(rpc.placement == StackSide::kHost || rpc.cores + agents <= p.machine.nic.cores,
          "rpc.cores",
          fmt::format("{} cores for the stack{}, and the NIC has {}", rpc.cores,
                      agents > 0 ? " and one for the agent" : "", p.machine.nic.cores),
          "give fewer, or more machine.nic.cores");
  require(p.workload.threads >= rpc.cores, "workload.threads",
          fmt::format("{} threads, and each of the {} cores of the stack needs one at least",
                      p.workload.threads, rpc.cores),
          "give more threads or fewer rpc.cores");
  require(p.workload.threads <= p.system.queue_capacity, "workload.threads",
          fmt::format("{} threads, which begin at once, and queues of {} entries",
                      p.workload.threads, p.system.queue_capacity),
          "give fewer or a larger system.queue_capacity");
  // A search tries fewer cores, one of which then has all threads.
  const int cores = p.run.measure == Measure::kStackCores ? 1 : rpc.cores;
  const std::int64_t notes = 2 * ((std::int64_t{p.workload.threads} + cores - 1) / cores);
  require(notes <= p.system.queue_capacity, "system.queue_capacity",
          fmt::format("{} entries, and a core of the stack has notes about up to {} threads",
                      p.system.queue_capacity, notes / 2),
          fmt::format("give at least {}", notes));
}

void check_rpc_channel(const RpcParams& rpc) {
  const rpc::ChannelParams& c = rpc.channel;
  require(c.payload != rpc::PayloadPath::kNic || rpc.placement == StackSide::kNic,
          "rpc.channel.payload", "bodies stay on the NIC only if the stack runs there",
          "use host_dram or host_cache, or set rpc.placement to nic");
  require(
      c.request_mapping == MemoryType::kWriteThrough || c.request_mapping == MemoryType::kUncached,
      "rpc.channel.request_mapping", "is not one for loads across PCIe", "use WT or UC");
  require(
      c.reply_mapping == MemoryType::kWriteCombining || c.reply_mapping == MemoryType::kUncached,
      "rpc.channel.reply_mapping", "is not one for stores across PCIe", "use WC or UC");
  require(c.body_read <= 1, "rpc.channel.body_read", fmt::format("{} is no share", c.body_read),
          "give 0 to 1");
  for (const auto& [path, entries] : {std::pair{"rpc.channel.receive_ring", c.receive_ring},
                                      std::pair{"rpc.channel.transmit_ring", c.transmit_ring}})
    require(2 <= entries && entries <= 65536 && entries % 2 == 0, path,
            fmt::format("{} entries", entries), "give an even number, 2 to 65536");
  require(1 <= c.return_batch && c.return_batch <= c.receive_ring / 2, "rpc.channel.return_batch",
          fmt::format("{} of {} entries", c.return_batch, c.receive_ring),
          "give at least 1, and at most half of rpc.channel.receive_ring");
  require(1 <= c.lines_ahead && c.lines_ahead <= 256, "rpc.channel.lines_ahead",
          fmt::format("{} lines", c.lines_ahead), "give 1 to 256");
  require(1 <= c.body_room && c.body_room <= 65536, "rpc.channel.body_room",
          fmt::format("{} lines", c.body_room), "give 1 to 65536");
}

void check_rpc(const ExperimentParams& p) {
  require(p.rpc || p.run.measure != Measure::kStackCores, "run.measure",
          "there is no RPC stack whose cores could be counted",
          "give rpc, as in {\"placement\": \"host\"}");
  if (!p.rpc) return;
  const RpcParams& rpc = *p.rpc;
  check_rpc_place(p);
  check_rpc_channel(rpc);
  require(rpc.stack.most_waiting <= 1 << 20, "rpc.stack.most_waiting",
          fmt::format("{} requests", rpc.stack.most_waiting), "give at most 1048576");
  require(1 <= rpc.stack.most_incomplete && rpc.stack.most_incomplete <= 1 << 20,
          "rpc.stack.most_incomplete", fmt::format("{} messages", rpc.stack.most_incomplete),
          "give 1 to 1048576");
  require(rpc.stack.most_message.count >= std::int64_t{rpc::kHeaderBytes} &&
              rpc.stack.most_message.count <= std::int64_t{rpc::kHeaderBytes + rpc::kMostBodyBytes},
          "rpc.stack.most_message", fmt::format("{} bytes", rpc.stack.most_message.count),
          fmt::format("give {} to {}", rpc::kHeaderBytes, rpc::kHeaderBytes + rpc::kMostBodyBytes));
  const int entries = rpc.port.indirection_entries;
  require(rpc.cores <= entries && entries <= 65536 && (entries & (entries - 1)) == 0,
          "rpc.port.indirection_entries", fmt::format("{} entries", entries),
          "give a power of two that is no less than rpc.cores, up to 65536");
  require(rpc.engine.bandwidth >= sim::Bandwidth::gigabits_per_second(1), "rpc.engine.bandwidth",
          "is too little", "give at least 1 Gb/s");
  require(rpc.clients.loop == workloads::LoopKind::kOpen || p.run.measure == Measure::kLoad,
          "rpc.clients.loop", "a closed loop offers what it gets answered, and nothing else",
          "use open, or set run.measure to load");
  require(rpc.clients.malformed == 0 || p.run.measure == Measure::kLoad, "rpc.clients.malformed",
          "a search asks how much of what comes a system does, and these calls it drops",
          "give 0, or set run.measure to load");
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
