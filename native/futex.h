// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace native {

/// Sleeps while `word` is `expected`, at most for `limit`. Returns early when it likes; the caller
/// looks again.
void futex_wait(std::uint32_t& word, std::uint32_t expected,
                std::optional<std::chrono::nanoseconds> limit = std::nullopt);
/// Wakes whoever sleeps on `word`, in this process or another.
void futex_wake(std::uint32_t& word);

/// Tells a hyper-thread's sibling that this one only waits.
inline void relax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

}  // namespace native
