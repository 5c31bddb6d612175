// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>

#include "models/core/core.h"
#include "models/pcie/dma.h"

namespace rpc {

/// How one core gives descriptors to the DMA block: each is there when the core, which may be ahead
/// of the simulation, has written it.
class DmaOutbox {
 public:
  /// `submit` is what writing one takes.
  DmaOutbox(pcie::Dma& dma, sim::Duration submit) : dma_(dma), submit_(submit) {}

  void submit(core::Core& core, pcie::Transfer transfer) {
    core.spend(submit_);
    dma_.submit(std::move(transfer), core.now() - core.simulation().now());
  }

 private:
  pcie::Dma& dma_;
  const sim::Duration submit_;
};

}  // namespace rpc
