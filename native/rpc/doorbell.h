// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>

namespace native {

/// Where a thread sleeps until it is rung or a descriptor has something to read. Whoever rings
/// costs the kernel nothing while it is awake.
class Doorbell {
 public:
  Doorbell();
  ~Doorbell();
  Doorbell(const Doorbell&) = delete;
  Doorbell& operator=(const Doorbell&) = delete;

  /// After what it is rung for has been written.
  void ring();

  /// Says that it is about to sleep; what `ring` was called for before may be seen after this only.
  /// So: `prepare`, look once more, then `sleep` or `stay`.
  void prepare();
  void stay() { sleeping_.store(false, std::memory_order_relaxed); }
  /// Until it is rung, `descriptor` is readable, or so much time has passed.
  void sleep(int descriptor, std::chrono::nanoseconds at_most);

 private:
  std::atomic<bool> sleeping_{false};
  int event_;
};

}  // namespace native
