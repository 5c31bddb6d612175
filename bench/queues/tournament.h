// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>

#include "bench/queues/queue.h"
#include "sim/tournament.h"

namespace bench {

/// The winner, as the kernel uses it: what was popped or cancelled last leaves the tree only with
/// the next pop, unless it has been armed again by then.
class TournamentQueue {
 public:
  explicit TournamentQueue(std::size_t slots) {
    while (tree_.capacity() < slots) tree_.grow();
  }

  void arm(Slot slot, Ticks when) {
    if (slot == popped_) popped_ = sim::kNoSlot;
    if (slot == cancelled_) cancelled_ = sim::kNoSlot;
    tree_.set(slot, sim::Time{sim::Duration{when}}, order_++);
  }
  void cancel(Slot slot) {
    if (slot == popped_ || slot == cancelled_ || !tree_.pending(slot)) return;
    clear(cancelled_);
    cancelled_ = slot;
  }
  std::optional<Due> pop() {
    settle();
    if (tree_.empty()) return std::nullopt;
    popped_ = tree_.first();
    return Due{first_when(), popped_};
  }
  std::optional<Due> pop_at(Ticks when) {
    settle();
    if (tree_.empty() || first_when() != when) return std::nullopt;
    return pop();
  }

 private:
  Ticks first_when() const { return tree_.first_when().time_since_epoch().count(); }
  void settle() {
    clear(popped_);
    clear(cancelled_);
  }
  void clear(Slot& slot) {
    if (slot != sim::kNoSlot) tree_.clear(std::exchange(slot, sim::kNoSlot));
  }

  sim::Tournament tree_;
  std::uint64_t order_ = 0;
  Slot popped_ = sim::kNoSlot;
  Slot cancelled_ = sim::kNoSlot;
};

}  // namespace bench
