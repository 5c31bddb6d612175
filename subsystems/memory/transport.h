// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "models/core/core.h"
#include "sim/units.h"

namespace tiering {

/// The way between the host's daemon and the agent, for much at a time: memory that both see, or a
/// DMA engine between two memories.
class Transport {
 public:
  virtual ~Transport() = default;

  /// Called on `core`, which may have to wait for room; `arrived()` runs when all of it is where
  /// the other side sees it. What goes one way arrives in order.
  virtual void to_agent(core::Core& core, sim::Bytes size, std::function<void()> arrived) = 0;
  virtual void to_host(core::Core& core, sim::Bytes size, std::function<void()> arrived) = 0;
};

}  // namespace tiering
