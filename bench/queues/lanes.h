// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>
#include <vector>

#include "bench/queues/queue.h"
#include "sim/ring.h"

namespace bench {

/// A queue with a fast lane: what is armed for the present instant waits in line instead.
template <Queue Q>
class WithPresent {
 public:
  explicit WithPresent(std::size_t slots) : queue_(slots), ticket_(slots, kNoTicket) {}

  void arm(Slot slot, Ticks when) {
    withdraw(slot);
    if (when != now_) return queue_.arm(slot, when);
    queue_.cancel(slot);
    ticket_[slot] = lane_.next_number();
    lane_.push(slot);
  }
  void cancel(Slot slot) {
    withdraw(slot);
    queue_.cancel(slot);
  }

  /// What the queue holds for this instant was armed before time came here, hence goes first.
  std::optional<Due> pop() {
    while (!lane_.empty()) {
      if (const auto due = queue_.pop_at(now_)) return due;
      const std::size_t number = lane_.front_number();
      const Slot slot = lane_.pop();
      if (ticket_[slot] == number) return withdraw(slot), Due{now_, slot};
    }
    const auto due = queue_.pop();
    if (due) now_ = due->when;
    return due;
  }
  std::optional<Due> pop_at(Ticks when) { return when == now_ ? pop_now() : std::nullopt; }

 private:
  static constexpr std::size_t kNoTicket = ~std::size_t{0};
  void withdraw(Slot slot) { ticket_[slot] = kNoTicket; }
  std::optional<Due> pop_now() { return lane_.empty() ? queue_.pop_at(now_) : pop(); }

  Q queue_;
  sim::Ring<Slot> lane_;
  std::vector<std::size_t> ticket_;  // by slot, the place in the lane
  Ticks now_ = -1;
};

}  // namespace bench
