// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>

#include "models/core/core.h"
#include "models/ethernet/port.h"
#include "models/pcie/dma.h"
#include "models/pcie/mmio.h"
#include "subsystems/rpc/announcer.h"
#include "subsystems/rpc/channel_params.h"
#include "subsystems/rpc/requests.h"
#include "subsystems/rpc/stack/runtime.h"
#include "subsystems/rpc/stack_memory.h"
#include "subsystems/rpc/worker_end.h"
#include "subsystems/wave/simulated_runtime.h"

namespace rpc {

/// What is around one stack's core.
struct StackPlace {
  core::Core& core;
  memory::Domain& host;  // where the workers are
  memory::NodeIndex host_node = 0;
  int worker_cpus = 0;
  ethernet::Port& port;
  pcie::Mmio& mmio;                // how a host core reaches the port's registers
  memory::Path* to_nic = nullptr;  // how the workers reach the stack's memory; none: it is theirs
  pcie::Dma* dma = nullptr;        // brings requests to the host; needed for a stack on the NIC
                                   // unless bodies stay there
  std::uint64_t address = 0;       // of this stack's memory in the host, for address translation

  bool on_nic() const { return to_nic != nullptr; }
};

struct StackStats {
  std::int64_t packets = 0;
  std::int64_t given = 0;
  std::int64_t replies = 0;
  std::int64_t transmitted = 0;
  std::int64_t refused = 0;

  static void describe(auto&& stat) {
    stat(&StackStats::packets, "packets", "taken from the receive ring");
    stat(&StackStats::given, "given", "requests handed to workers");
    stat(&StackStats::replies, "replies", "taken from workers");
    stat(&StackStats::transmitted, "transmitted", "packets written into the transmit ring");
    stat(&StackStats::refused, "refused", "packets dropped because the transmit ring was full");
  }
};

/// What a call of Runtime::charge takes on the reference core.
using StageCost = std::function<sim::Duration(Stage stage, std::uint32_t bytes)>;

/// The RPC stack's runtime on a simulated core of host or NIC. Owns one pair of the port's queues,
/// the places of its workers' requests and the queues of their replies.
///
/// A request goes to a worker in one of two ways. On the workers' side, or if bodies stay on the
/// NIC, the core writes the header and tells the scheduler. Otherwise the DMA block moves header
/// and body to host memory, and the note follows: behind it on the link, or from this core when it
/// has seen the transfer's completion. Either way, who acts on the note finds the request.
///
/// Not modelled: a body that the stack's core reads by itself (its cost is `charge`'s).
class SimulatedStack : public Runtime {
 public:
  SimulatedStack(const StackPlace& place, const ChannelParams& params, StageCost cost, int workers,
                 Announcer& announcer);
  ~SimulatedStack() override;

  // The program's calls:
  Instant now() override;
  Event poll(Instant deadline) override;
  bool leaving() override { return wave_.leaving(); }
  Worker workers() const override;
  void give(Worker worker, const Message& message) override;
  void transmit(const Packet& packet, Worker from) override;
  void charge(Stage stage, std::uint32_t bytes) override;

  // Others':
  void ask_to_leave() { wave_.ask_to_leave(); }
  WorkerEnd& worker(Worker worker) { return ends_[static_cast<std::size_t>(worker)]; }
  /// The number of its queue at the port.
  int queue() const { return queue_; }
  const StackStats& stats() const { return stats_; }
  memory::Region& memory() { return memory_.region(); }
  memory::Region& requests() { return requests_.region(); }

 private:
  /// Polls for messages only: there is no slot to notify anybody of.
  class NobodyToNotify : public wave::Notifier {
   public:
    void notify(core::Core& sender, int cpu) override;
  };

  bool take_in(const wave::Event& seen, Event& event);
  void give_back_entry();
  void send_by_dma(Worker worker, const Message& message);
  void write_register(void (ethernet::Port::*what)(int, std::uint64_t), std::uint64_t count);

  const StackPlace place_;
  const ChannelParams params_;
  const StageCost cost_;
  Announcer& announcer_;
  StackMemory memory_;
  Requests requests_;
  std::deque<WorkerEnd> ends_;
  NobodyToNotify nobody_;
  wave::SimulatedRuntime wave_;
  int queue_;
  std::uint64_t taken_ = 0;   // entries of the receive ring
  std::uint64_t posted_ = 0;  // entries of the transmit ring
  StackStats stats_;
};

}  // namespace rpc
