// SPDX-License-Identifier: Apache-2.0
#include "experiments/system/bulk_transports.h"

#include <utility>

#include "sim/uniform.h"

namespace experiments {

DmaTransport::DmaTransport(sim::Simulation& sim, const pcie::PcieParams& pcie,
                           const DmaQueueParams& queues)
    : sim_(sim),
      params_(queues),
      dma_(sim, pcie),
      host_ring_{.free = queues.descriptors, .waiting = {}},
      agent_ring_{.free = queues.descriptors, .waiting = {}},
      random_(sim.seed(), "lost transfers") {}

void DmaTransport::to_agent(core::Core& core, sim::Bytes size, std::function<void()> arrived) {
  submit(host_ring_, core, params_.doorbell, pcie::BulkDma::Kind::kFromHost, size,
         std::move(arrived));
}

void DmaTransport::to_host(core::Core& core, sim::Bytes size, std::function<void()> arrived) {
  submit(agent_ring_, core, sim::Duration{0}, pcie::BulkDma::Kind::kToHost, size,
         std::move(arrived));
}

void DmaTransport::submit(Ring& ring, core::Core& core, sim::Duration notice,
                          pcie::BulkDma::Kind kind, sim::Bytes size,
                          std::function<void()> arrived) {
  core.spend(params_.submit);
  core.sync();
  take(ring, core);
  std::function<void()> noticed = [this, &ring, kind, size,
                                   arrived = std::move(arrived)]() mutable {
    begin(ring, kind, size, std::move(arrived));
  };
  sim_.after(notice, std::move(noticed));
}

DmaTransport::Turn::Turn(Ring& ring, core::Core& core) : ring_(ring), core_(core) {
  ring_.waiting.push_back(&core_);
}

DmaTransport::Turn::~Turn() {
  std::erase(ring_.waiting, &core_);
  wake_next(ring_);
}

void DmaTransport::take(Ring& ring, core::Core& core) {
  const Turn turn(ring, core);
  while (ring.free == 0 || ring.waiting.front() != &core) core.park();
  --ring.free;
}

void DmaTransport::begin(Ring& ring, pcie::BulkDma::Kind kind, sim::Bytes size,
                         std::function<void()> arrived) {
  if (sim_.now() < stalled_until_) {
    std::function<void()> later = [this, &ring, kind, size,
                                   arrived = std::move(arrived)]() mutable {
      begin(ring, kind, size, std::move(arrived));
    };
    sim_.at(stalled_until_, std::move(later));
    return;
  }
  dma_.submit(kind, size, [this, &ring, arrived = std::move(arrived)] { end(ring, arrived); });
}

void DmaTransport::end(Ring& ring, const std::function<void()>& arrived) {
  if (loses()) {
    ++lost_;
    sim_.after(params_.reclaim, [&ring] { give_back(ring); });
    return;
  }
  arrived();
  give_back(ring);
}

void DmaTransport::lose(double share, sim::Time until) {
  lost_share_ = share;
  lost_until_ = until;
}

bool DmaTransport::loses() {
  if (sim_.now() >= lost_until_) return false;
  return sim::chance(lost_share_, random_);
}

void DmaTransport::give_back(Ring& ring) {
  ++ring.free;
  wake_next(ring);
}

void DmaTransport::wake_next(Ring& ring) {
  if (ring.free > 0 && !ring.waiting.empty()) ring.waiting.front()->unpark();
}

void SharedMemoryTransport::to_agent(core::Core& core, sim::Bytes, std::function<void()> arrived) {
  hand_over(core, std::move(arrived));
}

void SharedMemoryTransport::to_host(core::Core& core, sim::Bytes, std::function<void()> arrived) {
  hand_over(core, std::move(arrived));
}

/// The lines themselves move when they are read, which is part of what reading an entry takes.
void SharedMemoryTransport::hand_over(core::Core& core, std::function<void()> arrived) {
  core.sync();
  sim_.after(sim::Duration{0}, std::move(arrived));
}

}  // namespace experiments
