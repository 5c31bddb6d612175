// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "sim/branch_free.h"
#include "sim/reserved.h"
#include "sim/units.h"

namespace sim {

/// A place in the agenda. Whoever holds one may have one entry pending in it.
using Slot = std::uint32_t;
inline constexpr Slot kNoSlot = ~Slot{0};

/// Who is due first among many slots with at most one entry each: a binary tree of matches that the
/// earlier entry wins. To file, to move and to cancel are all the same: the slot's key changes and
/// the matches between it and the root are played again. docs/decisions/0001-event-queue.md says
/// why this one.
class Tournament {
 public:
  static constexpr int kSlotBits = 22;
  static constexpr std::size_t kMostSlots = std::size_t{1} << kSlotBits;
  static constexpr int kOrderBits = 64 - kSlotBits;

  Tournament() { std::fill_n(nodes_, 2 * capacity_, kIdle); }

  std::size_t capacity() const { return capacity_; }
  /// Room for twice as many slots.
  void grow();

  /// Files `slot` at `when`, wherever it was before. Of equal instants the lower `order` is first.
  void set(Slot slot, Time when, std::uint64_t order) { replay(slot, key(when, order, slot)); }
  void clear(Slot slot) { replay(slot, kIdle); }

  bool pending(Slot slot) const { return nodes_[leaf(slot)] != kIdle; }
  /// When `slot` is due; the end of time if it is not pending.
  Time when(Slot slot) const { return instant(nodes_[leaf(slot)]); }

  bool empty() const { return nodes_[kRoot] == kIdle; }
  Slot first() const { return slot_of(nodes_[kRoot]); }
  Time first_when() const { return instant(nodes_[kRoot]); }
  /// Whether the first is due before something else that is due at `when` with `order`.
  bool first_before(Time when, std::uint64_t order) const {
    return nodes_[kRoot] < key(when, order, 0);
  }
  /// The winners of the matches four rounds before the last: most of the next few are among them.
  std::array<Slot, 16> contenders() const {
    std::array<Slot, 16> slots;
    for (std::size_t n = 0; n < 16; ++n) slots[n] = slot_of(nodes_[16 + n]);
    return slots;
  }
  /// When the first of all slots but `slot` is due.
  Time first_when_without(Slot slot) const;

 private:
  // Instant, order and slot, from the top: one comparison decides, however many ties there are.
  using Key = Uint128;
  // An idle slot is due after everything, even what is due at the end of time.
  static constexpr Key kIdle = (Key{1} << 127) - 1;
  static constexpr std::size_t kRoot =
      1;  // the children of n are 2n and 2n + 1, its rival is n ^ 1

  static Key key(Time when, std::uint64_t order, Slot slot) {
    const auto picoseconds = static_cast<std::uint64_t>(when.time_since_epoch().count());
    return Key{picoseconds} << 64 | (order << kSlotBits | slot);
  }
  static Time instant(Key key) { return Time{Duration{static_cast<std::int64_t>(key >> 64)}}; }
  static Slot slot_of(Key key) { return static_cast<Slot>(key & (kMostSlots - 1)); }
  std::size_t leaf(Slot slot) const { return capacity_ + slot; }

  void replay(Slot slot, Key key) {
    std::size_t node = leaf(slot);
    nodes_[node] = key;
    do {
      key = lesser(key, nodes_[node ^ 1]);
      node /= 2;
      nodes_[node] = key;
    } while (node != kRoot);
  }

  Reserved space_{2 * kMostSlots * sizeof(Key)};
  Key* const nodes_ = static_cast<Key*>(space_.data());
  std::size_t capacity_ = 16;
};

}  // namespace sim
