// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "experiments/system/observers.h"
#include "experiments/system/pcie_connection.h"
#include "experiments/system/shared_queues.h"
#include "models/zen3/package.h"
#include "sim/member_wise.h"
#include "subsystems/scheduling/kernel.h"
#include "subsystems/scheduling/policies/vm_agent.h"
#include "subsystems/wave/simulated_runtime.h"
#include "workloads/vm_load.h"

namespace experiments {

/// Everything that a run counts. Plain and subtractable.
struct VmStats {
  scheduling::CpuStats cpus;
  scheduling::KernelStats kernel;
  scheduling::VmAgentStats agent;
  zen3::PackageStats package;

  static void describe(auto&& stat) {
    stat(&VmStats::cpus, "cpus", "all CPUs of the socket together");
    stat(&VmStats::kernel, "kernel", "the host's scheduling class");
    stat(&VmStats::agent, "agent", "the agent");
    stat(&VmStats::package, "package", "power and clock of the socket");
  }
  friend VmStats operator-(const VmStats& a, const VmStats& b) { return sim::difference(a, b); }
};

/// A socket that runs virtual machines, under a policy of core scheduling whose agent runs on the
/// NIC or has a core of the socket, which no guest may share.
///
/// Not modelled: ticks of the agent's own core; a clock of that core that follows the socket's; the
/// other socket, but for the control plane that starts the machines.
class VmHost {
 public:
  VmHost(const MachineParams& machine, const SystemParams& system,
         const workloads::VmLoadParams& load, std::uint64_t seed);
  ~VmHost();
  VmHost(const VmHost&) = delete;
  VmHost& operator=(const VmHost&) = delete;

  sim::Simulation& simulation() { return sim_; }
  scheduling::Kernel& kernel() { return *kernel_; }
  zen3::Package& package() { return *package_; }
  void run_until(sim::Time end) { sim_.run_until(end); }

  VmStats stats();
  double instructions(sim::Duration work) const { return load_->instructions(work); }
  /// These are told of all that happens from now on; nobody if they are null.
  void observe(const Observers& observers);
  /// Those that run anything, for who observes them: the guests' CPUs come first, by number.
  std::vector<CorePlace> cores();
  /// The virtual machine of each vCPU, by the number of its thread, which counts from one.
  std::vector<std::int32_t> vm_of() const { return load_->vm_of(); }
  SharedQueues& queues() { return *queues_; }
  QueueLayout layout() const;
  pcie::LinkStats link_stats() { return pcie_->link.stats(); }
  /// Whatever must hold at any instant; throws std::logic_error with what does not.
  void check_invariants();

 private:
  void build_cores(const MachineParams& machine);
  void build_queues();
  void build_kernel(const MachineParams& machine);
  void build_load(const workloads::VmLoadParams& load, std::uint64_t seed);
  void build_agent(const MachineParams& machine);

  bool on_nic() const { return system_.placement == Placement::kNic; }
  int agent_cpu() const { return guest_cpus_; }
  int creator_cpu() const { return socket_cpus_; }
  core::Core& agent_core() { return on_nic() ? *nic_core_ : host_core(agent_cpu()); }
  core::Core& host_core(int cpu) { return host_cores_[static_cast<std::size_t>(cpu)]; }

  const SystemParams system_;
  const int threads_per_core_;
  const int socket_cpus_;
  const int guest_cpus_;  // of them, those that run guests: the first ones
  sim::Simulation sim_;

  // Hardware
  std::optional<memory::Domain> host_;
  std::optional<memory::Domain> nic_;
  std::optional<zen3::Package> package_;
  std::optional<PcieConnection> pcie_;

  std::optional<SharedQueues> queues_;

  // Software, above the cores that run it
  std::optional<scheduling::Kernel> kernel_;
  std::unique_ptr<wave::Notifier> notifier_;
  std::optional<wave::SimulatedRuntime> runtime_;
  std::optional<scheduling::VmPolicy> policy_;
  std::optional<scheduling::VmAgent> agent_;
  std::optional<workloads::VmLoad> load_;

  // Last: programs stop before anything they use goes away.
  std::deque<core::Core> host_cores_;
  std::optional<core::Core> nic_core_;
};

}  // namespace experiments
