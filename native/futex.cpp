// SPDX-License-Identifier: Apache-2.0
#include "native/futex.h"

#include <climits>
#include <ctime>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace native {

// Not FUTEX_PRIVATE: the word may be another process's as well.

void futex_wait(std::uint32_t& word, std::uint32_t expected,
                std::optional<std::chrono::nanoseconds> limit) {
  std::timespec span{};
  if (limit) {
    span.tv_sec = static_cast<time_t>(limit->count() / 1'000'000'000);
    span.tv_nsec = static_cast<long>(limit->count() % 1'000'000'000);
  }
  ::syscall(SYS_futex, &word, FUTEX_WAIT, expected, limit ? &span : nullptr, nullptr, 0);
}

void futex_wake(std::uint32_t& word) {
  ::syscall(SYS_futex, &word, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
}

}  // namespace native
