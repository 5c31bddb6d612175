// SPDX-License-Identifier: Apache-2.0
#include "sim/agenda_seats.h"

#include <algorithm>

namespace sim {

AgendaSeats::Seat AgendaSeats::take_seat(Slot slot) {
  if (--takes_to_review_ == 0) [[unlikely]]
    review();
  if (free_seats_ == 0) [[unlikely]]
    grow();
  const Seat seat = free_[--free_seats_];
  slot_in_[seat] = slot;
  fewest_free_ = std::min(fewest_free_, free_seats_);
  return seat;
}

void AgendaSeats::grow() {
  const auto old = static_cast<Seat>(capacity());
  matches_.grow();
  add_seats(old);
}

void AgendaSeats::add_seats(Seat from) {
  const auto count = static_cast<Seat>(capacity());
  for (Seat seat = count; seat-- > from;) {
    slot_in_[seat] = kNoSlot;
    free_[free_seats_++] = seat;
  }
}

/// A model often files much more as it starts than ever again, and each replay would pay for it.
/// Should it need the room soon after, growing costs little against the takes in between.
void AgendaSeats::review() {
  takes_to_review_ = kReview * capacity();
  if (capacity() > kFewest && fewest_free_ >= capacity() / 2) shrink();
  fewest_free_ = free_seats_;
}

void AgendaSeats::shrink() {
  const auto half = static_cast<Seat>(capacity() / 2);
  free_seats_ = 0;
  for (Seat seat = half; seat-- > 0;) {
    if (slot_in_[seat] == kNoSlot) free_[free_seats_++] = seat;
  }
  for (Seat seat = half; seat < 2 * half; ++seat) {
    if (slot_in_[seat] != kNoSlot) move_to_free(seat);
  }
  matches_.shrink();
}

void AgendaSeats::move_to_free(Seat from) {
  const Seat to = free_[--free_seats_];
  const Slot slot = slot_in_[from];
  matches_.move_before_shrinking(from, to);
  slot_in_[to] = slot;
  seat_of_[slot] = to + 1;
}

}  // namespace sim
