// SPDX-License-Identifier: Apache-2.0
#include "sim/agenda_seats.h"

namespace sim {

void AgendaSeats::add_seats(Seat from) {
  const auto count = static_cast<Seat>(matches_.capacity());
  seats_space_.use(count * sizeof(Seat));
  slots_space_.use(count * sizeof(Slot));
  free_.reserve(count);
  for (Seat seat = count; seat-- > from;) {
    slot_in_[seat] = kNoSlot;
    free_.push_back(seat);
  }
}

}  // namespace sim
