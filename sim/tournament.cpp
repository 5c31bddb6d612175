// SPDX-License-Identifier: Apache-2.0
#include "sim/tournament.h"

#include <algorithm>

#include "sim/check.h"

namespace sim {

void Tournament::grow() {
  const std::size_t old = capacity();
  SIM_CHECK(2 * old <= std::size_t{1} << kSlotBits);
  std::vector<Key> nodes(4 * old, kIdle);
  std::copy_n(nodes_.begin() + static_cast<std::ptrdiff_t>(old), old,
              nodes.begin() + static_cast<std::ptrdiff_t>(2 * old));
  for (std::size_t n = 2 * old - 1; n >= kRoot; --n) {
    nodes[n] = lesser(nodes[2 * n], nodes[2 * n + 1]);
  }
  nodes_ = std::move(nodes);
}

Tournament::Key Tournament::first_key_without(Slot slot) const {
  Key first = kIdle;
  for (std::size_t node = leaf(slot); node != kRoot; node /= 2) {
    first = lesser(first, nodes_[node ^ 1]);
  }
  return first;
}

}  // namespace sim
