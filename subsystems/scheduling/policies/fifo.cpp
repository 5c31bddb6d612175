// SPDX-License-Identifier: Apache-2.0
#include "subsystems/scheduling/policies/fifo.h"

#include <algorithm>

namespace scheduling {

void Fifo::runnable(ThreadId thread, Why why, Instant) {
  if (why == Why::kRefused || why == Why::kPreempted)
    waiting_.push_front(thread);
  else
    waiting_.push_back(thread);
}

void Fifo::gone(ThreadId thread) {
  std::erase(waiting_, thread);
}

std::optional<ThreadId> Fifo::pick(Cpu, Instant) {
  if (waiting_.empty()) return std::nullopt;
  const ThreadId next = waiting_.front();
  waiting_.pop_front();
  return next;
}

}  // namespace scheduling
