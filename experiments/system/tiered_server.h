// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "experiments/system/bulk_transports.h"
#include "experiments/system/machine_params.h"
#include "experiments/system/memory_faults.h"
#include "experiments/system/memory_params.h"
#include "experiments/system/observers.h"
#include "experiments/system/system_params.h"
#include "experiments/system/tiered_stats.h"
#include "subsystems/memory/access_delays.h"
#include "subsystems/memory/agent_thread.h"
#include "subsystems/memory/daemon.h"
#include "subsystems/memory/policies/sol.h"
#include "subsystems/memory/policies/tiering_agent.h"
#include "workloads/page_load.h"
#include "workloads/page_replay.h"
#include "workloads/request_sampler.h"

namespace experiments {

/// A server whose application has more memory than its fast tier should hold, and an agent that
/// decides what stays, on cores of the host or of the NIC.
class TieredServer {
 public:
  TieredServer(const MachineParams& machine, Placement placement, const MemoryParams& memory,
               std::uint64_t seed, const std::vector<FaultParams>& faults = {});
  ~TieredServer();
  TieredServer(const TieredServer&) = delete;
  TieredServer& operator=(const TieredServer&) = delete;

  sim::Simulation& simulation() { return sim_; }
  tiering::TieredMemory& memory() { return *memory_; }
  tiering::Daemon& daemon() { return *daemon_; }
  void run_until(sim::Time end) { sim_.run_until(end); }

  TieredStats stats();
  /// These are told of all that happens from now on; nobody if they are null.
  void observe(const Observers& observers);
  /// What it is made of, for who observes it.
  std::vector<CorePlace> cores();
  /// Of the batches, by how often they are scanned at present.
  std::vector<double> period_shares() const;
  /// Whatever must hold at any instant; throws std::logic_error with what does not.
  void check_invariants() const;

 private:
  void build_cores(const MachineParams& machine);
  void build_daemon(const MachineParams& machine);
  void build_load(std::uint64_t seed);
  void build_agent(std::uint64_t seed);
  double true_rate(tiering::Batch batch) const;
  bool on_nic() const { return placement_ == Placement::kNic; }

  const Placement placement_;
  const MemoryParams params_;
  sim::Simulation sim_;
  std::optional<memory::Domain> host_;
  std::optional<memory::Domain> nic_;
  DmaTransport* dma_ = nullptr;                    // if that is the way
  std::unique_ptr<tiering::Transport> transport_;  // before the cores: they may end in its queues
  std::deque<core::Core> host_cores_;
  std::deque<core::Core> nic_cores_;

  std::optional<tiering::TieredMemory> memory_;
  std::optional<workloads::PageLoad> load_;  // or the other
  std::optional<workloads::PageReplay> replay_;
  std::optional<tiering::Migrator> migrator_;
  std::optional<tiering::AccessDelays> delays_;
  std::optional<workloads::RequestSampler> sampler_;
  std::optional<tiering::Daemon> daemon_;
  std::optional<tiering::Meeting> meeting_;
  std::deque<tiering::AgentThread> threads_;
  std::optional<MemoryFaults> faults_;
  std::unique_ptr<tiering::TieringAgent> agent_;
  std::vector<const tiering::Sol*> sols_;  // its policies, if that is what they are
};

}  // namespace experiments
