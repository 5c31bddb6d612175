// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "subsystems/wave/agent/runtime.h"

namespace native {

/// Real work of a given length: a chase through memory of its own, each step of which needs the one
/// before. It is counted in steps, so that it does not become less when the operating system takes
/// the CPU away meanwhile.
class Work {
 public:
  Work();

  /// Does so many steps.
  void step(std::int64_t steps);

  /// How many steps take a microsecond on this machine, when nothing else runs: the best of several
  /// tries.
  static std::int64_t steps_per_us();

 private:
  static constexpr std::size_t kWords = 2048;  // 8 KiB: stays in the first cache when left alone

  std::array<std::uint32_t, kWords> next_{};
  std::uint32_t at_ = 0;
};

}  // namespace native
