// SPDX-License-Identifier: Apache-2.0
#pragma once

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
    order_ += sim::Tournament::kOrderStep;
    tree_.set(slot, sim::Time{sim::Duration{when}}, order_);
  }
  void cancel(Slot slot) { tree_.clear(slot); }
  std::optional<Due> pop() {
    tree_.settle();
    if (tree_.empty()) return std::nullopt;
    const Ticks when = first_when();
    return Due{when, tree_.take_first()};
  }
  std::optional<Due> pop_at(Ticks when) {
    tree_.settle();
    if (tree_.empty() || first_when() != when) return std::nullopt;
    return Due{when, tree_.take_first()};
  }

 private:
  Ticks first_when() const { return tree_.first_when().time_since_epoch().count(); }

  sim::Tournament tree_;
  std::uint64_t order_ = 0;
};

}  // namespace bench
