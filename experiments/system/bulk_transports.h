// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <functional>

#include "models/pcie/bulk_dma.h"
#include "sim/describe.h"
#include "sim/random.h"
#include "subsystems/memory/transport.h"

namespace experiments {

using namespace std::chrono_literals;

/// Queues that are moved by DMA: a ring of descriptors for each direction.
struct DmaQueueParams {
  int descriptors = 64;
  sim::Duration submit = 60ns;
  sim::Duration doorbell = 430ns;
  sim::Duration reclaim = 10ms;

  static void describe(auto&& field) {
    using P = DmaQueueParams;
    using sim::Range;
    field(&P::descriptors, "descriptors", "of each ring; who finds none free waits",
          sim::assumed("a small ring"), Range{1, 1024});
    field(&P::submit, "submit", "writing a descriptor and telling the engine, for who does it",
          sim::derived("a line of combined stores and a fence; on the NIC less"),
          Range{30ns, 200ns});
    field(&P::doorbell, "doorbell", "until the NIC's engine sees what the host has written",
          sim::derived("hardware.md 8.3: a posted write from a core to the NIC"),
          Range{300ns, 600ns});
    field(&P::reclaim, "reclaim", "until a driver takes back a descriptor whose end got lost",
          sim::assumed("a timer's look"), Range{1ms, 1s});
  }
};

/// Through the NIC's DMA engines.
class DmaTransport : public tiering::Transport {
 public:
  DmaTransport(sim::Simulation& sim, const pcie::PcieParams& pcie, const DmaQueueParams& queues);

  void to_agent(core::Core& core, sim::Bytes size, std::function<void()> arrived) override;
  void to_host(core::Core& core, sim::Bytes size, std::function<void()> arrived) override;

  // Faults:
  /// No transfer begins before then.
  void stall(sim::Time until) { stalled_until_ = std::max(stalled_until_, until); }
  /// For a share of the transfers, nobody learns that they have ended.
  void lose(double share, sim::Time until);
  std::int64_t lost() const { return lost_; }

  const pcie::BulkDma& dma() const { return dma_; }
  /// Is told of transfers from now on; nobody if it is null.
  void observe(pcie::Observer* observer) { dma_.observe(observer); }

 private:
  struct Ring {
    int free;
    std::deque<core::Core*> waiting;  // for their turn, with one that is free also whose it is
  };
  /// A core's place among those that wait, until it has its turn or is killed.
  class Turn {
   public:
    Turn(Ring& ring, core::Core& core);
    ~Turn();
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

   private:
    Ring& ring_;
    core::Core& core_;
  };
  static void take(Ring& ring, core::Core& core);
  static void wake_next(Ring& ring);
  void submit(Ring& ring, core::Core& core, sim::Duration notice, pcie::BulkDma::Kind kind,
              sim::Bytes size, std::function<void()> arrived);
  void begin(Ring& ring, pcie::BulkDma::Kind kind, sim::Bytes size, std::function<void()> arrived);
  void end(Ring& ring, const std::function<void()>& arrived);
  bool loses();
  static void give_back(Ring& ring);

  sim::Simulation& sim_;
  const DmaQueueParams params_;
  pcie::BulkDma dma_;
  Ring host_ring_;
  Ring agent_ring_;
  sim::Time stalled_until_{};
  sim::Stream random_;
  double lost_share_ = 0;
  sim::Time lost_until_{};
  std::int64_t lost_ = 0;
};

/// Within the host: what one core has written is there for the others.
class SharedMemoryTransport : public tiering::Transport {
 public:
  explicit SharedMemoryTransport(sim::Simulation& sim) : sim_(sim) {}

  void to_agent(core::Core& core, sim::Bytes size, std::function<void()> arrived) override;
  void to_host(core::Core& core, sim::Bytes size, std::function<void()> arrived) override;

 private:
  void hand_over(core::Core& core, std::function<void()> arrived);

  sim::Simulation& sim_;
};

}  // namespace experiments
