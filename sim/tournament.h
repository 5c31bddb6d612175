// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "sim/branch_free.h"
#include "sim/reserved.h"
#include "sim/units.h"

namespace sim {

/// A place in the agenda. Whoever holds one may have one entry pending in it.
using Slot = std::uint32_t;
inline constexpr Slot kNoSlot = ~Slot{0};

/// Who is due first among many slots with at most one entry each: a tree of matches that the
/// earlier entry wins, four slots in each match of the first round and two winners in each of the
/// others. To file, to move and to cancel are all the same: the slot's key changes and the matches
/// between it and the root are played again. docs/decisions/0001-event-queue.md says why this one.
///
/// Matches are played late. A change stands in its leaf until `settle`, or until a slot changes
/// that has another first match; what was taken out wins on until `settle`, or until its slot has
/// changed. So one replay does for what is taken and filed again, and for neighbours that change
/// together, as the two timers of one object do.
class Tournament {
 public:
  static constexpr int kSlotBits = 22;
  static constexpr std::size_t kMostSlots = std::size_t{1} << kSlotBits;
  /// Orders of filing count in such steps from the first, which leaves room for the slot.
  static constexpr std::uint64_t kOrderStep = kMostSlots;

  Tournament() { clear_all(); }

  std::size_t capacity() const { return capacity_; }
  /// Room for twice as many slots.
  void grow();

  /// Files `slot` at `when`, wherever it was before. Of equal instants the lower `order` is first.
  void set(Slot slot, Time when, std::uint64_t order) { change(slot, key(when, order, slot)); }
  void clear(Slot slot) { change(slot, kIdle); }
  /// Takes the first out.
  Slot take_first();
  /// Plays the matches that are still to be played. What is said of the first is true only then.
  void settle();

  bool settled() const { return changed_ == kNoSlot && !taken_wins(); }

  bool pending(Slot slot) const { return leaves_[slot].low != kIdle.low; }
  /// When `slot` is due; the end of time if it is not pending.
  Time when(Slot slot) const { return instant(leaves_[slot]); }

  bool empty() const { return nodes_[kRoot].low == kIdle.low; }
  Slot first() const { return slot_of(nodes_[kRoot].low); }
  Time first_when() const { return instant(nodes_[kRoot]); }
  /// Whether the first is due before something else that is due at `when` with `order`.
  bool first_before(Time when, std::uint64_t order) const {
    return nodes_[kRoot] < key(when, order, 0);
  }
  /// When the first will be due once what was taken out has gone. Does not play that match, as it
  /// is likely to be filed again.
  Time next_when();

  /// Who won the part of the tree around `slot` that is a 2^`parts`th of the whole: one of those
  /// likely to be the first soon.
  Slot winner_around(Slot slot, int parts) const {
    return slot_of(nodes_[(inner() + slot / kFour) >> (rounds_ - parts)].low);
  }
  void prefetch(Slot slot) const { __builtin_prefetch(&leaves_[slot]); }

 private:
  // Instant, then order and slot: one comparison decides, however many ties there are.
  using Key = Words;
  // An idle slot is due after everything, even what is due at the end of time.
  static constexpr Key kIdle{~std::uint64_t{0}, ~std::uint64_t{0} >> 1};
  // Winners: the first round's begin at `inner`, those of the match between 2n and 2n + 1 stand in
  // n. Four leaves fill a cache line.
  static constexpr std::size_t kRoot = 1;
  static constexpr std::size_t kFour = 4;

  static Key key(Time when, std::uint64_t order, Slot slot) {
    return {order | slot, static_cast<std::uint64_t>(when.time_since_epoch().count())};
  }
  static Time instant(Key key) { return Time{Duration{static_cast<std::int64_t>(key.high)}}; }
  static Slot slot_of(std::uint64_t low) { return static_cast<Slot>(low & (kMostSlots - 1)); }
  std::size_t inner() const { return capacity_ / kFour; }

  void change(Slot slot, Key key);
  void play_changed() {
    if (changed_ != kNoSlot) replay(std::exchange(changed_, kNoSlot));
  }
  bool taken_wins() const { return nodes_[kRoot].low == taken_; }
  void replay(Slot slot);
  void clear_all();
  Key first_match(Slot slot) const;
  /// Where a place is counted in bytes, which spares a shift for each access.
  static Key& at(Key* keys, std::size_t place) {
    return *reinterpret_cast<Key*>(reinterpret_cast<std::byte*>(keys) + place);
  }

  Reserved leaf_space_{kMostSlots * sizeof(Key)};
  Reserved node_space_{kMostSlots / 2 * sizeof(Key)};
  Key* const leaves_ = static_cast<Key*>(leaf_space_.data());
  Key* const nodes_ = static_cast<Key*>(node_space_.data());
  std::size_t capacity_ = 16;
  int rounds_ = 2;           // after the first
  Slot changed_ = kNoSlot;   // the matches of this slot and of its neighbours are to be played
  std::uint64_t taken_ = 0;  // the low word of the key that was taken out last
};

inline Slot Tournament::take_first() {
  taken_ = nodes_[kRoot].low;
  const Slot slot = first();
  leaves_[slot] = kIdle;
  return slot;
}

inline void Tournament::change(Slot slot, Key key) {
  if ((slot ^ changed_) >= kFour) {
    play_changed();
    changed_ = slot;
  }
  leaves_[slot] = key;
}

/// Mostly what was taken out has been filed again. Then its slot is known from `taken_` long before
/// it comes back from who filed it, and the processor can go ahead with the matches.
inline void Tournament::settle() {
  const Slot taken = slot_of(taken_);
  if ((changed_ ^ taken) < kFour) {
    changed_ = kNoSlot;
    replay(taken);
  } else {
    play_changed();
    if (taken_wins()) replay(taken);
  }
}

/// Who wins the match of `slot` and its neighbours. What `slot` itself holds is loaded by one and
/// the same instruction always, so that a processor that has guessed where the latest change went
/// is right about the neighbours.
inline Tournament::Key Tournament::first_match(Slot slot) const {
  const std::size_t place = slot * sizeof(Key);
  const Key others =
      lesser(at(leaves_, place ^ 2 * sizeof(Key)), at(leaves_, place ^ 3 * sizeof(Key)));
  return lesser(lesser(at(leaves_, place), at(leaves_, place ^ sizeof(Key))), others);
}

inline void Tournament::replay(Slot slot) {
  std::size_t place = (inner() + slot / kFour) * sizeof(Key);
  Key key = first_match(slot);
  do {
    at(nodes_, place) = key;
    key = lesser(key, at(nodes_, place ^ sizeof(Key)));
    place = place / 2 & ~(sizeof(Key) - 1);
  } while (place != kRoot * sizeof(Key));
  nodes_[kRoot] = key;
}

}  // namespace sim
