// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "experiments/system/agents.h"
#include "experiments/system/control_channel.h"
#include "experiments/system/faults.h"
#include "experiments/system/machine.h"
#include "experiments/system/observers.h"
#include "experiments/system/pcie_connection.h"
#include "experiments/system/rpc_params.h"
#include "experiments/system/rpc_stats.h"
#include "experiments/system/shared_inputs.h"
#include "experiments/system/shared_queues.h"
#include "experiments/system/stoppable.h"
#include "models/interconnect/coherent_path.h"
#include "sim/member_wise.h"
#include "subsystems/scheduling/kernel.h"
#include "subsystems/scheduling/policies/agent_program.h"
#include "subsystems/wave/simulated_runtime.h"
#include "workloads/request_load.h"
#include "workloads/service_times.h"

namespace experiments {

class RpcService;

/// Everything that a run counts. Plain and subtractable: warm-up is a copy and a subtraction.
struct ServerStats {
  workloads::RequestStats requests;
  scheduling::CpuStats cpus;
  scheduling::KernelStats kernel;
  scheduling::AgentStats agent;
  wave::DecisionTime decisions;
  scheduling::KeeperStats keeper;
  FaultStats faults;

  static void describe(auto&& stat) {
    stat(&ServerStats::requests, "requests", "the load");
    stat(&ServerStats::cpus, "cpus", "all worker CPUs together");
    stat(&ServerStats::kernel, "kernel", "the host's scheduling class");
    stat(&ServerStats::agent, "agent", "the agent");
    stat(&ServerStats::decisions, "decisions", "decisions for CPUs that waited");
    stat(&ServerStats::keeper, "keeper", "what became of agents");
    stat(&ServerStats::faults, "faults", "what went wrong on purpose");
  }
  friend ServerStats operator-(const ServerStats& a, const ServerStats& b) {
    return sim::difference(a, b);
  }
};

/// A host that serves requests on threads that an agent schedules, from the host or from the NIC.
/// They come from generators on the host, or, with an RPC stack, over a network.
class Server {
 public:
  Server(const MachineParams& machine, const SystemParams& system,
         const workloads::RequestLoadParams& load, std::uint64_t seed,
         const std::vector<FaultParams>& faults = {},
         const std::optional<RpcParams>& rpc = std::nullopt, const SharedInputs& inputs = {});
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  sim::Simulation& simulation() { return sim_; }
  scheduling::Kernel& kernel() { return *kernel_; }
  /// Throws Stopped once the inputs' `stop` is true.
  void run_until(sim::Time end) { experiments::run_until(sim_, end, stop_); }

  ServerStats stats();
  // Of a server with an RPC stack; nothing of others:
  std::optional<RpcStats> rpc_stats() const;
  const workloads::RpcClientStats* clients() const;
  /// Requests that came before an instant and have not been answered yet.
  workloads::Census waiting_since(sim::Time before) const;
  std::int64_t in_flight() const { return waiting_since(sim::Time::max()).all; }
  const memory::Checker& checker() const { return checker_; }
  /// These are told of all that happens from now on; nobody if they are null.
  void observe(const Observers& observers);
  /// What it is made of, for who observes it. Worker CPUs come first, by number.
  std::vector<CorePlace> cores();
  SharedQueues& queues() { return *queues_; }
  QueueLayout layout() const;
  /// Whether a coherent link, rather than PCIe, is between the agent and its CPUs.
  bool is_coherent() const { return path_ != nullptr && path_->coherent(); }
  pcie::LinkStats link_stats() { return pcie_->link.stats(); }
  /// None with an RPC stack.
  const workloads::RequestLoad* load() const { return load_ ? &*load_ : nullptr; }
  /// None without an agent, or with agents that come and go.
  const wave::SimulatedRuntime* runtime() const { return runtime_ ? &*runtime_ : nullptr; }

  /// Whatever must hold at any instant; throws std::logic_error with what does not.
  void check_invariants();
  /// None without agents that come and go.
  Agents* agents() { return agents_ ? &*agents_ : nullptr; }

 private:
  void build_domains(const MachineParams& machine);
  void build_path(const MachineParams& machine);
  void build_queues();
  void build_kernel(const MachineParams& machine);
  void build_agent();
  void build_agents();
  void build_load(const workloads::RequestLoadParams& load, std::uint64_t seed);
  void build_rpc(const MachineParams& machine, const workloads::RequestLoadParams& load,
                 std::uint64_t seed, const fabric::Surveys& surveys);
  const workloads::RequestStats& requests() const;

  bool policy_reads_words();
  bool has_agent() const { return system_.placement != Placement::kKernel; }
  bool on_nic() const { return system_.placement == Placement::kNic; }
  /// The agent is a core of the host, and submits decisions by system call.
  bool on_host() const { return !on_nic(); }
  bool on_other_socket() const { return system_.placement == Placement::kOtherSocket; }
  std::vector<int> host_threads(const MachineParams& machine) const;
  core::Core& agent_core() { return on_nic() ? *nic_core_ : host_core(system_.workers); }
  // With agents that come and go: a core for their keeper, and one for a second agent.
  int keeper_cpu() const { return system_.workers + 1 + generators_; }
  core::Core& second_agent_core() {
    return on_nic() ? *second_nic_core_ : host_core(keeper_cpu() + 1);
  }
  bool stack_on_host() const { return rpc_params_ && rpc_params_->placement == StackSide::kHost; }
  std::vector<core::Core*> stack_cores();
  int host_cores() const {
    return keeper_cpu() + (system_.life ? 2 : 0) + (stack_on_host() ? stacks_ : 0);
  }
  CoreRole role_of(int host_core) const;
  void check_messages() const;
  void check_requests() const;
  core::Core& host_core(int cpu) { return host_cores_[static_cast<std::size_t>(cpu)]; }

  const SystemParams system_;
  const std::optional<RpcParams> rpc_params_;
  const int stacks_;      // cores that run the RPC stack
  const int generators_;  // host cores from which the load comes, or on which it is begun
  const int threads_;
  const std::atomic<bool>* const stop_;
  sim::Simulation sim_;
  memory::Checker checker_;

  // Hardware
  std::optional<memory::Domain> host_;  // and the NIC's cores, if a coherent link joins them
  std::optional<memory::Domain> nic_;
  std::optional<PcieConnection> pcie_;
  std::optional<interconnect::CoherentPath> coherent_path_;
  memory::Path* path_ = nullptr;  // between the agent and its CPUs; none: they are neighbours

  std::optional<SharedQueues> queues_;

  // Software, above the cores that run it
  std::optional<scheduling::Kernel> kernel_;
  std::unique_ptr<wave::Notifier> notifier_;
  std::optional<wave::SimulatedRuntime> runtime_;
  std::unique_ptr<scheduling::Policy> policy_;
  std::optional<scheduling::AgentProgram> agent_;  // one for ever; or
  std::unique_ptr<wave::ControlChannel> channel_;
  std::optional<Agents> agents_;  // some that come and go
  std::optional<Faults> faults_;
  std::unique_ptr<workloads::ServiceTimes> service_;
  std::optional<workloads::RequestLoad> load_;  // by generators; or
  std::unique_ptr<RpcService> rpc_;             // over the network

  // Last: programs stop before anything they use goes away.
  std::deque<core::Core> host_cores_;
  std::optional<core::Core> nic_core_;
  std::optional<core::Core> second_nic_core_;
  std::deque<core::Core> nic_stack_cores_;
};

}  // namespace experiments
