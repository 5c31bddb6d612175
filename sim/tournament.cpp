// SPDX-License-Identifier: Apache-2.0
#include "sim/tournament.h"

#include <algorithm>

#include "sim/check.h"

namespace sim {

void Tournament::grow() {
  const std::size_t old = capacity_;
  SIM_CHECK(old < kMostSlots);
  capacity_ = 2 * old;
  space_.use(2 * capacity_ * sizeof(Key));
  std::copy_n(nodes_ + old, old, nodes_ + capacity_);
  std::fill_n(nodes_ + capacity_ + old, old, kIdle);
  for (std::size_t n = capacity_ - 1; n >= kRoot; --n) {
    nodes_[n] = lesser(nodes_[2 * n], nodes_[2 * n + 1]);
  }
}

Time Tournament::first_when_without(Slot slot) const {
  Key first = kIdle;
  for (std::size_t node = leaf(slot); node != kRoot; node /= 2) {
    first = lesser(first, nodes_[node ^ 1]);
  }
  return instant(first);
}

}  // namespace sim
