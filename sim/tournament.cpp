// SPDX-License-Identifier: Apache-2.0
#include "sim/tournament.h"

#include <algorithm>

#include "sim/check.h"

namespace sim {

void Tournament::clear_all() {
  std::fill_n(leaves_, capacity_, kIdle);
  std::fill_n(nodes_, 2 * inner(), kIdle);
}

void Tournament::grow() {
  settle();
  SIM_CHECK(capacity_ < kMostSlots);
  std::fill_n(leaves_ + capacity_, capacity_, kIdle);
  capacity_ *= 2;
  ++rounds_;
  leaf_space_.use(capacity_ * sizeof(Key));
  node_space_.use(2 * inner() * sizeof(Key));
  for (std::size_t n = 0; n < inner(); ++n)
    nodes_[inner() + n] = first_match(static_cast<Slot>(kFour * n));
  for (std::size_t n = inner() - 1; n >= kRoot; --n) {
    nodes_[n] = lesser(nodes_[2 * n], nodes_[2 * n + 1]);
  }
}

Time Tournament::next_when() {
  play_changed();
  if (!taken_wins()) return first_when();
  const Slot taken = first();
  Key next = first_match(taken);  // its own key has gone
  for (std::size_t n = inner() + taken / kFour; n != kRoot; n /= 2) {
    next = lesser(next, nodes_[n ^ 1]);
  }
  return instant(next);
}

}  // namespace sim
