// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "models/core/core.h"
#include "subsystems/wave/agent/scheduling.h"
#include "subsystems/wave/message_queue.h"

namespace scheduling {

/// A message queue as the kernel sees it (ghost-kernel.md 1, 7): whoever has something to tell
/// appends under the queue's lock, and then wakes an agent.
struct Queue {
  explicit Queue(wave::Producer& p) : producer(p) {}

  /// Of the CPUs whose agents the queue wakes, the one where it happened, else the first.
  int wakes(int happened_on) const {
    const bool second = happened_on != wave::scheduling::kNoCpu && wake_up[1] == happened_on;
    return second ? wake_up[1] : wake_up[0];
  }

  wave::Producer& producer;
  memory::SharedLine lock;
  std::array<int, 2> wake_up{wave::scheduling::kNoCpu, wave::scheduling::kNoCpu};
};

}  // namespace scheduling
