// SPDX-License-Identifier: Apache-2.0
#include "sim/agenda.h"

#include <memory>
#include <new>

namespace sim {

Agenda::Agenda() {
  add_entries(0);
}

Agenda::~Agenda() {
  SIM_CHECK(held_ == 0);  // no timer or fiber outlives its simulation
  std::destroy_n(entries_, matches_.capacity());
}

void Agenda::grow() {
  const std::size_t old = matches_.capacity();
  matches_.grow();
  add_entries(old);
}

void Agenda::add_entries(std::size_t from) {
  const std::size_t count = matches_.capacity();
  space_.use(count * sizeof(Entry));
  for (std::size_t n = count; n-- > from;) {
    ::new (static_cast<void*>(&entries_[n])) Entry;
    give_up(static_cast<Slot>(n));
  }
}

void Agenda::close(Slot slot) {
  --held_;
  entries_[slot].drop();
  take_back(slot);
}

void Agenda::take_back(Slot slot) {
  cancel(slot);
  give_up(slot);
}

bool Agenda::empty() const {
  for (Ticket t = present_.front_number(); t != present_.next_number(); ++t) {
    if (present_.at(t).run != nullptr) return false;
  }
  if (matches_.settled()) return matches_.empty();
  for (Slot slot = 0; slot < matches_.capacity(); ++slot) {
    if (armed(slot)) return false;
  }
  return true;
}

Time Agenda::next_when() {
  return present_.empty() ? matches_.next_when() : kWorthLooking;
}

void Agenda::prefetch_around(Slot slot) const {
  const Slot far = matches_.winner_around(slot, 7);
  matches_.prefetch(far);
  __builtin_prefetch(&entries_[far]);
  const Slot near = matches_.winner_around(slot, 4);
  if (near < matches_.capacity()) entries_[near].prefetch_target();  // unless all of it is idle
}

void Agenda::run_queued_closure(Agenda& agenda, void* entry) {
  Entry& queued = **static_cast<Entry**>(entry);
  queued.run()(agenda, queued.stored());
}

}  // namespace sim
