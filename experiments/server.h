// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>

#include "experiments/machine_params.h"
#include "experiments/system_params.h"
#include "models/core/core.h"
#include "models/machine/graph.h"
#include "models/memory/pcie_path.h"
#include "models/pcie/msix.h"
#include "subsystems/scheduling/kernel.h"
#include "subsystems/scheduling/policies/agent_program.h"
#include "subsystems/wave/simulated_runtime.h"
#include "workloads/request_load.h"

namespace experiments {

/// Everything that a run counts. Plain and subtractable: warm-up is a copy and a subtraction.
struct ServerStats {
  workloads::RequestStats requests;
  scheduling::CpuStats cpus;
  scheduling::KernelStats kernel;
  scheduling::AgentStats agent;
  wave::DecisionTime decisions;

  static void describe(auto&& stat) {
    stat(&ServerStats::requests, "requests", "the load");
    stat(&ServerStats::cpus, "cpus", "all worker CPUs together");
    stat(&ServerStats::kernel, "kernel", "the host's scheduling class");
    stat(&ServerStats::agent, "agent", "the agent");
    stat(&ServerStats::decisions, "decisions", "decisions for CPUs that waited");
  }
  friend ServerStats operator-(ServerStats a, const ServerStats& b);
};

/// The host graph's parts that a machine is wired from.
struct Machine {
  machine::Graph graph;
  zen3::Zen3 host;
  mount_evans::MountEvans nic;
};
Machine make_machine(const MachineParams& params);

/// A host that serves requests on threads that an agent schedules, from the host or from the NIC.
class Server {
 public:
  Server(const MachineParams& machine, const SystemParams& system,
         const workloads::RequestLoadParams& load, std::uint64_t seed);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  sim::Simulation& simulation() { return sim_; }
  void run_until(sim::Time end) { sim_.run_until(end); }

  ServerStats stats();
  const memory::Checker& checker() const { return checker_; }
  /// Whatever must hold at any instant; throws std::logic_error with what does not.
  void check_invariants();

 private:
  void build_domains(const MachineParams& machine);
  void build_path(const MachineParams& machine);
  void build_queues();
  void build_kernel(const MachineParams& machine);
  void build_agent(const MachineParams& machine);
  void build_load(const workloads::RequestLoadParams& load, std::uint64_t seed);

  bool has_agent() const { return system_.placement != Placement::kKernel; }
  bool on_nic() const { return system_.placement == Placement::kNic; }
  int host_cores() const { return system_.workers + 1 + generators_; }
  wave::QueuePlace queue_place(int cpu) const;
  wave::SlotPlace slot_place(int cpu) const;
  core::Core& host_core(int cpu) { return host_cores_[static_cast<std::size_t>(cpu)]; }

  const SystemParams system_;
  const int generators_;
  sim::Simulation sim_;
  memory::Checker checker_;

  // Hardware
  core::CoreParams host_core_params_;
  core::CoreParams nic_core_params_;
  std::optional<memory::Domain> host_;
  std::optional<memory::Domain> nic_;
  std::optional<pcie::Link> link_;
  std::optional<pcie::RootComplex> root_complex_;
  std::optional<pcie::Mmio> mmio_;
  std::optional<pcie::Msix> msix_;
  std::optional<memory::PciePath> path_;

  // Queues
  std::optional<memory::Region> queues_;
  std::optional<memory::Mapping> agent_mapping_;
  std::optional<memory::Mapping> message_mapping_;
  std::optional<memory::Mapping> decision_mapping_;
  std::deque<wave::Producer> producers_;
  std::deque<wave::DecisionReader> readers_;

  // Software, above the cores that run it
  std::optional<scheduling::Kernel> kernel_;
  std::unique_ptr<wave::Notifier> notifier_;
  std::optional<wave::SimulatedRuntime> runtime_;
  std::unique_ptr<scheduling::Policy> policy_;
  std::optional<scheduling::AgentProgram> agent_;
  std::optional<workloads::RequestLoad> load_;

  // Last: programs stop before anything they use goes away.
  std::deque<core::Core> host_cores_;
  std::optional<core::Core> nic_core_;
};

}  // namespace experiments
