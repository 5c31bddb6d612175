// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

#include "native/futex.h"

namespace native {

/// What a CPU may be interrupted for. Values are bits: several may be pending.
enum class Interrupt : std::uint32_t {
  kDecision = 1,  // there is a decision in the slot
  kNewAgent = 2,  // the agent wants to know whether this CPU waits
  kWork = 4,      // there is something to run
  kStop = 8,      // the host ends
};

/// A CPU's pending interrupts. A CPU that runs something looks at the word now and then; an idle
/// one sleeps on it. One word says both who is to be woken and for what, and each change of it is
/// atomic, so that no interrupt is slept through.
class InterruptWord {
 public:
  explicit InterruptWord(std::uint32_t& word) : word_(word) {}

  void raise(Interrupt what) {
    // Release: who takes the interrupt sees what it is about.
    const std::uint32_t before =
        ref().fetch_or(static_cast<std::uint32_t>(what), std::memory_order_release);
    if ((before & kAsleep) != 0) futex_wake(word_);
  }

  /// A glance, without order: `take` is what counts.
  bool pending() const { return (ref().load(std::memory_order_relaxed) & ~kAsleep) != 0; }

  /// Takes all of them.
  std::uint32_t take() { return ref().exchange(0, std::memory_order_acquire) & ~kAsleep; }

  /// Waits until something is pending.
  void sleep() {
    while ((ref().fetch_or(kAsleep, std::memory_order_relaxed) & ~kAsleep) == 0)
      futex_wait(word_, kAsleep);
  }

 private:
  static constexpr std::uint32_t kAsleep = 1u << 31;

  std::atomic_ref<std::uint32_t> ref() const { return std::atomic_ref(word_); }

  std::uint32_t& word_;
};

}  // namespace native
