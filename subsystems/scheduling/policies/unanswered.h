// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "subsystems/wave/agent/runtime.h"
#include "subsystems/wave/agent/scheduling.h"

namespace scheduling {

/// Notifications of which nothing has been heard yet, oldest first. An interrupt can be lost; the
/// decision stays in the slot, so that it is enough to notify again. A notification that comes
/// twice does no harm: the CPU finds nothing new the second time.
class Unanswered {
 public:
  using Instant = wave::Instant;
  using Cpu = wave::scheduling::Cpu;
  struct Notification {
    Cpu cpu;
    std::uint32_t sequence;  // of the decision
    Instant due;             // to be sent again
  };

  /// None: nothing is ever sent again.
  explicit Unanswered(std::optional<Instant> patience) : patience_(patience) {}

  void sent(Cpu cpu, std::uint32_t sequence, Instant now) {
    if (patience_) waiting_.push_back({cpu, sequence, now + *patience_});
  }
  /// When the next one is due, if it still waits by then.
  Instant due() const { return waiting_.empty() ? wave::kNever : waiting_.front().due; }
  /// Takes the oldest one if it is due.
  std::optional<Notification> take(Instant now) {
    if (due() > now) return std::nullopt;
    const Notification oldest = waiting_.front();
    waiting_.pop_front();
    return oldest;
  }
  /// Forgets from the head those for which `answered` holds, so that nobody wakes up for them.
  template <class F>
  void drop_answered(F answered) {
    while (!waiting_.empty() && answered(waiting_.front())) waiting_.pop_front();
  }
  std::size_t size() const { return waiting_.size(); }

 private:
  const std::optional<Instant> patience_;
  std::deque<Notification> waiting_;
};

}  // namespace scheduling
