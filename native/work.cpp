// SPDX-License-Identifier: Apache-2.0
#include "native/work.h"

#include <algorithm>
#include <chrono>
#include <memory>

namespace native {

/// One round through all words, each a fixed odd distance from the one before.
Work::Work() {
  constexpr std::uint32_t kStride = 1027;  // odd, so that it meets every word of a power of two
  for (std::size_t i = 0; i < kWords; ++i)
    next_[i] = static_cast<std::uint32_t>((i + kStride) % kWords);
}

void Work::step(std::int64_t steps) {
  std::uint32_t at = at_;
  for (std::int64_t i = 0; i < steps; ++i) at = next_[at];
  at_ = at;
}

std::int64_t Work::steps_per_us() {
  using Clock = std::chrono::steady_clock;
  constexpr std::int64_t kSteps = 20'000;
  const auto work = std::make_unique<Work>();
  Clock::duration best = Clock::duration::max();
  for (int i = 0; i < 50; ++i) {
    const Clock::time_point begin = Clock::now();
    work->step(kSteps);
    best = std::min(best, Clock::now() - begin);
  }
  const std::int64_t ns = std::chrono::nanoseconds(best).count();
  return std::max<std::int64_t>(1, kSteps * 1000 / std::max<std::int64_t>(ns, 1));
}

}  // namespace native
