// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "bench/queues/queue.h"
#include "sim/ring.h"
#include "sim/tournament.h"

namespace bench {

/// A queue with a fast lane: what is armed for the present instant waits in line instead.
template <PeekingQueue Q>
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

 private:
  static constexpr std::size_t kNoTicket = ~std::size_t{0};
  void withdraw(Slot slot) { ticket_[slot] = kNoTicket; }

  Q queue_;
  sim::Ring<Slot> lane_;
  std::vector<std::size_t> ticket_;  // by slot, the place in the lane
  Ticks now_ = -1;
};

/// A tournament in which entries that wait for one of a few fixed delays stand in line, one line
/// per delay: instants within a line only grow, so that only its head takes part.
class TournamentWithDelays {
 public:
  static constexpr std::array<Ticks, 6> kDelays = {1, 2, 4'000, 12'000, 100'000, 130'000};

  explicit TournamentWithDelays(std::size_t slots)
      : slots_(static_cast<Slot>(slots)), order_of_(slots, kNotInLine) {
    while (tree_.capacity() < slots + kDelays.size()) tree_.grow();
  }

  void arm(Slot slot, Ticks when) {
    cancel(slot);
    const auto line = std::find(kDelays.begin(), kDelays.end(), when - now_) - kDelays.begin();
    const auto lane = static_cast<Slot>(line);
    order_ += sim::Tournament::kOrderStep;
    if (lane == kDelays.size()) return set(slot, when, order_);
    order_of_[slot] = order_;
    lanes_[lane].push({when, order_, slot});
    if (lanes_[lane].size() == 1) promote(lane);
  }
  void cancel(Slot slot) {
    order_of_[slot] = kNotInLine;
    if (tree_.pending(slot)) tree_.clear(slot);
  }

  std::optional<Due> pop() {
    while (!settled_and_empty()) {
      const Slot first = tree_.first();
      const Ticks when = tree_.first_when().time_since_epoch().count();
      if (first < slots_) return Due{now_ = when, tree_.take_first()};
      const Item item = lanes_[first - slots_].pop();
      promote(first - slots_);
      if (order_of_[item.slot] != item.order) continue;  // cancelled at the head of its line
      order_of_[item.slot] = kNotInLine;
      return Due{now_ = when, item.slot};
    }
    return std::nullopt;
  }

 private:
  struct Item {
    Ticks when;
    std::uint64_t order;
    Slot slot;
  };
  static constexpr std::uint64_t kNotInLine = ~std::uint64_t{0};

  void set(Slot slot, Ticks when, std::uint64_t order) {
    tree_.set(slot, sim::Time{sim::Duration{when}}, order);
  }
  /// The head of a line takes part with the order in which it was armed, so that ties stay exact.
  void promote(Slot lane) {
    auto& line = lanes_[lane];
    while (!line.empty() && order_of_[line.front().slot] != line.front().order) line.pop();
    if (line.empty()) return tree_.clear(slots_ + lane);
    set(slots_ + lane, line.front().when, line.front().order);
  }
  bool settled_and_empty() {
    tree_.settle();
    return tree_.empty();
  }

  Slot slots_;
  sim::Tournament tree_;
  std::array<sim::Ring<Item>, kDelays.size()> lanes_;
  std::vector<std::uint64_t> order_of_;  // by slot, while it stands in line
  std::uint64_t order_ = 0;
  Ticks now_ = 0;
};

}  // namespace bench
