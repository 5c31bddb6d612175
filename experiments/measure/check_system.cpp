// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdint>
#include <fmt/format.h>

#include "experiments/measure/experiment_checks.h"
#include "models/interconnect/coherent_path.h"
#include "models/memory/fixed_path.h"
#include "sim/config_error.h"
#include "subsystems/scheduling/status_words.h"

namespace experiments {
namespace {

using memory::MemoryType;
using sim::require;

bool crosses_coherent_link(const ExperimentParams& p) {
  return p.system.placement == Placement::kOtherSocket ||
         (p.system.placement == Placement::kNic && joins_nic(p.machine));
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

bool is_power_of_two(int n) {
  return n > 0 && (n & (n - 1)) == 0;
}

}  // namespace

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

}  // namespace experiments
