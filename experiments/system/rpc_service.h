// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "experiments/system/cable.h"
#include "experiments/system/machine_params.h"
#include "experiments/system/metered_stack.h"
#include "experiments/system/observers.h"
#include "experiments/system/pcie_connection.h"
#include "experiments/system/rpc_params.h"
#include "experiments/system/rpc_stats.h"
#include "experiments/system/shared_queues.h"
#include "models/pcie/bus_master.h"
#include "models/pcie/dma.h"
#include "subsystems/rpc/announcer.h"
#include "subsystems/rpc/simulated_stack.h"
#include "subsystems/rpc/stack/stack_program.h"
#include "subsystems/scheduling/kernel.h"
#include "workloads/request_load.h"
#include "workloads/rpc_worker.h"

namespace experiments {

/// Everything between the clients and the worker threads of a server: network, port, stacks on
/// their cores, and how these tell the scheduling agent.
class RpcService {
 public:
  struct Wiring {
    sim::Simulation& sim;
    scheduling::Kernel& kernel;
    PcieConnection& pcie;
    memory::Domain& host;
    memory::Domain& nic;
    SharedQueues& queues;
    int worker_cpus;
    bool agent_on_nic;
    // The host core that makes the worker threads, and its queue; behind it, the stacks' queues.
    core::Core& starter;
    int starter_queue;
    std::vector<core::Core*> stacks;  // each one's core
  };

  /// Calls take `service`, which must outlive it, whatever `load` says.
  RpcService(const RpcParams& params, const pcie::PcieParams& pcie,
             const workloads::RequestLoadParams& load, const workloads::ServiceTimes& service,
             const Wiring& wiring, std::uint64_t seed, const fabric::Surveys& surveys);
  ~RpcService();

  /// Has reads and writes of all that is shared here checked.
  void attach(memory::Checker* checker);
  void start();
  /// These are told from now on.
  void observe(const Observers& observers);

  /// The agent's way to the classes of requests, where the stacks' memory is across PCIe for it;
  /// none: they are in its own table, or told.
  struct FarTable {
    wave::TablePlace place;
    memory::Mapping* mapping;
  };
  std::optional<FarTable> far_table();

  RpcStats stats() const;
  const workloads::RpcClientStats& clients() const { return clients_.stats(); }
  workloads::Census census(sim::Time before) const { return clients_.census(before); }
  /// What is wrong; empty: nothing.
  std::optional<std::string> broken() const;

 private:
  /// Words that the stacks write into the NIC's memory.
  struct ClassTable {
    ClassTable(sim::Simulation& sim, memory::Domain& nic, std::int64_t words, memory::Path& path);
    wave::TablePlace place;
    memory::Region region;
    memory::Mapping own;
    memory::Mapping across;
  };
  struct Stack;

  bool tells_class() const { return params_.channel.tells_class; }
  bool on_nic() const { return params_.placement == StackSide::kNic; }
  bool by_dma() const { return on_nic() && params_.channel.payload != rpc::PayloadPath::kNic; }
  std::size_t stacks() const { return wiring_.stacks.size(); }
  int threads_of(std::size_t stack) const;
  int thread(std::size_t stack, rpc::Worker worker) const {
    return static_cast<int>(stack) + worker * static_cast<int>(stacks());
  }
  std::vector<rpc::WorkerThread> threads(std::size_t stack) const;

  void build_table();
  std::unique_ptr<rpc::Announcer> make_announcer(std::size_t stack);
  void build_stack(std::size_t stack);
  void build_workers();
  void enter_threads();

  const RpcParams params_;
  const workloads::RequestLoadParams load_;
  const Wiring wiring_;
  workloads::RpcWorker::Service service_;

  fabric::Network network_;
  workloads::RpcClients clients_;
  Cable cable_;
  pcie::BusMaster bus_;
  pcie::Dma dma_;
  ethernet::Port port_;

  std::optional<ClassTable> far_classes_;
  std::optional<wave::TableWriter> classes_;
  std::deque<wave::Producer> notes_;
  std::deque<Stack> stacks_;
  std::deque<workloads::RpcWorker> workers_;  // by thread
};

}  // namespace experiments
