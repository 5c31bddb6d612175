// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <utility>

#include "models/core/core.h"
#include "models/pcie/dma.h"

namespace rpc {

/// Descriptors that one core has written for the DMA block. Each gets there when the core, which
/// may be ahead of the simulation, has written it.
class DmaOutbox {
 public:
  /// `submit` is what writing one takes.
  DmaOutbox(pcie::Dma& dma, sim::Duration submit) : dma_(dma), submit_(submit) {}

  void submit(core::Core& core, pcie::Transfer transfer) {
    core.spend(submit_);
    written_.push_back(std::move(transfer));
    core.simulation().at(core.now(), [this] {
      dma_.submit(std::move(written_.front()));
      written_.pop_front();
    });
  }

 private:
  pcie::Dma& dma_;
  const sim::Duration submit_;
  std::deque<pcie::Transfer> written_;
};

}  // namespace rpc
