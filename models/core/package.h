// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "models/memory/domain.h"

namespace core {

/// What a core with nothing to do is in: polling, or one of the states that Linux offers.
enum class IdleState : std::uint8_t { kPoll, kC1, kC2 };

/// What cores share in a processor package, its power and its clock. It hears when they stop and go
/// on, and sets their speed.
class Package {
 public:
  virtual ~Package() = default;
  virtual void halted(memory::CoreIndex core, IdleState state) = 0;
  virtual void resumed(memory::CoreIndex core) = 0;
  /// Whether the core has lost its power while it was halted, so that it takes long to come back.
  virtual bool gated(memory::CoreIndex core) const = 0;
};

}  // namespace core
