// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>

#include "native/futex.h"

namespace native {

/// By which a polling agent goes to sleep, and those who write what it polls wake it, at the price
/// of a load of a line that hardly ever changes.
///
/// The agent says that it sleeps and looks once more; the writer writes and looks whether it
/// sleeps. All four in the one order of seq_cst: whichever side is second sees what the first one
/// did (Dekker). So a waker's store before `wake` and a sleeper's loads after `announce` are
/// seq_cst.
class SleepFlag {
 public:
  explicit SleepFlag(std::uint32_t& word) : word_(word) {}

  // The sleeper's:
  void announce() { ref().store(1, std::memory_order_seq_cst); }
  void wait(std::optional<std::chrono::nanoseconds> limit) { futex_wait(word_, 1, limit); }
  void retract() { ref().store(0, std::memory_order_relaxed); }

  // The wakers':
  void wake() {
    if (ref().load(std::memory_order_seq_cst) == 0) return;
    // Of several that see it asleep, one makes the system call.
    if (ref().exchange(0, std::memory_order_relaxed) != 0) futex_wake(word_);
  }

 private:
  std::atomic_ref<std::uint32_t> ref() const { return std::atomic_ref(word_); }

  std::uint32_t& word_;
};

}  // namespace native
