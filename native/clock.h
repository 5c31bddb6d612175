// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

#include "subsystems/wave/agent/runtime.h"

namespace native {

/// The machine's monotonic clock, since the run began; the same for all processes.
class Clock {
 public:
  wave::Instant now() const { return std::chrono::steady_clock::now() - start_; }
  std::chrono::steady_clock::time_point at(wave::Instant when) const {
    return start_ + std::chrono::duration_cast<std::chrono::nanoseconds>(when);
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace native
