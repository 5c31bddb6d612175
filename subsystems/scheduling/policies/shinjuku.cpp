// SPDX-License-Identifier: Apache-2.0
#include "subsystems/scheduling/policies/shinjuku.h"

namespace scheduling {

/// A thread whose decision was refused has not had its turn.
void Shinjuku::runnable(ThreadId thread, Why why, Instant) {
  if (why == Why::kRefused)
    waiting_.push_front(thread);
  else
    waiting_.push_back(thread);
}

void Shinjuku::gone(ThreadId thread) {
  std::erase(waiting_, thread);
}

std::optional<ThreadId> Shinjuku::pick(Cpu, Instant) {
  if (waiting_.empty()) return std::nullopt;
  const ThreadId next = waiting_.front();
  waiting_.pop_front();
  return next;
}

}  // namespace scheduling
