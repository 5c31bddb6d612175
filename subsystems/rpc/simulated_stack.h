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
#include "subsystems/rpc/dma_outbox.h"
#include "subsystems/rpc/requests.h"
#include "subsystems/rpc/stack/runtime.h"
#include "subsystems/rpc/stack_memory.h"
#include "subsystems/rpc/worker_end.h"
#include "subsystems/wave/simulated_runtime.h"

namespace rpc {

/// What is around one stack's core.
struct StackPlace {
  core::Core& core;
  ethernet::Port& port;
  memory::Domain& host;                        // where the workers are
  memory::NodeIndex host_node = 0;             // whose memory they share with devices and stack
  int worker_cpus = 1;                         // numbered from 0
  pcie::Mmio* mmio = nullptr;                  // a host core's way to the port's registers
  pcie::Socket socket = pcie::Socket::kLocal;  // a host core's
  memory::Path* workers_to_nic = nullptr;      // of a stack on the NIC; none: it is on the host
  pcie::Dma* dma = nullptr;   // brings requests to the host, for a stack on the NIC whose bodies go
                              // there
  std::uint64_t address = 0;  // of 4 GiB that this stack has in a device's view of the host

  bool on_nic() const { return workers_to_nic != nullptr; }
};

struct SimulatedStackStats {
  std::int64_t packets = 0;
  std::int64_t given = 0;
  std::int64_t replies = 0;
  std::int64_t transmitted = 0;
  std::int64_t refused = 0;

  static void describe(auto&& stat) {
    using S = SimulatedStackStats;
    stat(&S::packets, "packets", "taken from the receive ring");
    stat(&S::given, "given", "requests handed to workers");
    stat(&S::replies, "replies", "taken from workers");
    stat(&S::transmitted, "transmitted", "packets written into the transmit ring");
    stat(&S::refused, "refused", "packets dropped because the transmit ring was full");
  }
};

/// What Runtime::charge takes on the reference core.
using StageCost = std::function<sim::Duration(Stage stage, std::uint32_t bytes)>;

/// The RPC stack's runtime on a simulated core of host or NIC. Has one pair of the port's queues,
/// the places of its workers' requests, and the queues of their replies.
///
/// A request goes to a worker in one of two ways. On the workers' side, or if bodies stay on the
/// NIC, the core writes the header and tells the scheduler. Otherwise the DMA block moves header
/// and body to host memory, and the note follows: behind them on the link, or into the NIC's memory
/// when all of them are on their way. Either way, who acts on the note finds the request.
///
/// Not modelled: what the core itself reads of bodies (that is `charge`'s).
class SimulatedStack : public Runtime {
 public:
  SimulatedStack(const StackPlace& place, const ChannelParams& params, StageCost cost, int workers,
                 Announcer& announcer);

  // The program's calls:
  Instant now() override { return wave_.now(); }
  Event poll(Instant deadline) override;
  bool leaving() override { return wave_.leaving(); }
  Worker workers() const override { return static_cast<Worker>(ends_.size()); }
  void give(Worker worker, const Message& message) override;
  bool transmit(const Packet& packet, Worker from) override;
  void charge(Stage stage, std::uint32_t bytes) override;

  // Others':
  void ask_to_leave() { wave_.ask_to_leave(); }
  WorkerEnd& worker(Worker worker) { return ends_[static_cast<std::size_t>(worker)]; }
  /// The number of its queues at the port.
  int queue() const { return queue_; }
  const SimulatedStackStats& stats() const { return stats_; }
  const wave::ProducerStats& replies(int cpu) { return memory_.replies(cpu).stats(); }
  core::Core& core() { return place_.core; }

  // For a checker:
  memory::Region& memory() { return memory_.region(); }
  memory::Region& requests() { return requests_.region(); }

 private:
  /// There is no slot of which anybody could be notified.
  struct NobodyToNotify : wave::Notifier {
    void notify(core::Core& sender, int cpu) override;
  };

  void take_packet(const wave::Slot& slot, Event& event);
  void take_reply(const wave::Slot& slot, Event& event);
  void give_by_dma(Worker worker, const Header& header);
  void locate_body(const Packet& packet, Worker from, ethernet::Frame& frame);
  void write_register(bool returned, std::uint64_t count);
  void registered(bool returned, std::uint64_t count);

  const StackPlace place_;
  const ChannelParams params_;
  const StageCost cost_;
  Announcer& announcer_;
  StackMemory memory_;
  Requests requests_;
  std::deque<WorkerEnd> ends_;
  std::optional<DmaOutbox> outbox_;  // if requests go by DMA
  NobodyToNotify nobody_;
  wave::SimulatedRuntime wave_;
  const int queue_;
  std::uint64_t taken_ = 0;   // entries of the receive ring
  std::uint64_t posted_ = 0;  // entries of the transmit ring
  SimulatedStackStats stats_;
};

}  // namespace rpc
