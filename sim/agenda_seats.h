// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "sim/reserved.h"
#include "sim/tournament.h"
#include "sim/units.h"

namespace sim {

/// Which slots are pending, and who of them is first. Only those that are pending have a seat in
/// the tournament, so that it is as small as what is pending, however many slots there are.
///
/// Whoever leaves a seat leaves its key behind in the tree. Mostly somebody else sits down there
/// next, and one replay does for both.
class AgendaSeats {
 public:
  AgendaSeats() { add_seats(0); }

  /// Files `slot` at `when`, wherever it was before. Of equal instants the lower `order` is first.
  void set(Slot slot, Time when, std::uint64_t order);
  /// `slot`, which is pending, is so no longer.
  void leave(Slot slot);
  /// Clears keys left behind that are due first: all below is right only when none is.
  void tidy();

  bool pending(Slot slot) const { return seat_of_[slot] != kNone; }
  /// When `slot` is due; it must be pending.
  Time when(Slot slot) const { return matches_.when(seat_of_[slot] - 1); }

  /// No slot is pending. Right at any time.
  bool nobody() const { return free_seats_ == matches_.capacity(); }
  bool empty() const { return matches_.empty(); }
  /// kNoSlot if it is a key left behind.
  Slot first() const { return slot_in_[matches_.first()]; }
  Time first_when() const { return matches_.first_when(); }
  bool first_before(Time when, std::uint64_t order) const {
    return matches_.first_before(when, order);
  }

  std::size_t capacity() const { return matches_.capacity(); }
  /// Calls `f` for most of the next few.
  template <class F>
  void for_contenders(F f) const;

 private:
  using Seat = Slot;  // a slot of the tournament
  static constexpr Seat kNone = 0;
  static constexpr std::size_t kFewest = 32;
  static constexpr std::size_t kReview = 16;

  Seat take_seat(Slot slot);
  void grow();
  void review();
  void shrink();
  void move_to_free(Seat from);
  void add_seats(Seat from);

  Tournament matches_;
  // Three arrays of one length, in address space as they never move.
  Reserved space_{3 * Tournament::kMostSlots * sizeof(Seat)};
  Seat* const seat_of_ = static_cast<Seat*>(space_.data());  // by slot, from 1
  Slot* const slot_in_ = seat_of_ + Tournament::kMostSlots;  // by seat
  Seat* const free_ = slot_in_ + Tournament::kMostSlots;     // the one left last on top
  std::size_t free_seats_ = 0;
  std::size_t takes_to_review_ = kReview * kFewest;
  std::size_t fewest_free_ = 0;  // since the last review
};

inline void AgendaSeats::set(Slot slot, Time when, std::uint64_t order) {
  Seat seat = seat_of_[slot];
  if (seat == kNone) seat_of_[slot] = seat = take_seat(slot) + 1;
  matches_.set(seat - 1, when, order);
}

inline void AgendaSeats::leave(Slot slot) {
  const Seat seat = seat_of_[slot] - 1;
  seat_of_[slot] = kNone;
  slot_in_[seat] = kNoSlot;
  free_[free_seats_++] = seat;
}

inline void AgendaSeats::tidy() {
  while (!matches_.empty() && first() == kNoSlot) matches_.clear(matches_.first());
}

template <class F>
void AgendaSeats::for_contenders(F f) const {
  for (const Seat seat : matches_.contenders()) {
    if (seat < matches_.capacity() && slot_in_[seat] != kNoSlot) f(slot_in_[seat]);
  }
}

}  // namespace sim
