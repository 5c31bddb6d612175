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
  free_.reserve(count);
  for (std::size_t n = from; n < count; ++n) ::new (static_cast<void*>(&entries_[n])) Entry;
  for (std::size_t n = count; n-- > from;) free_.push_back(static_cast<Slot>(n));
}

void Agenda::close(Slot slot) {
  --held_;
  take_back(slot);
  entries_[slot].drop();
}

void Agenda::take_back(Slot slot) {
  cancel(slot);
  free_.push_back(slot);
}

bool Agenda::empty() const {
  for (Ticket t = present_.front_number(); t != present_.next_number(); ++t) {
    if (present_.at(t).run != nullptr) return false;
  }
  if (matches_.empty()) return true;
  for (Slot slot = matches_.first(); slot < matches_.capacity(); ++slot) {
    if (armed(slot)) return false;
  }
  for (Slot slot = 0; slot < matches_.first(); ++slot) {
    if (armed(slot)) return false;
  }
  return true;
}

Time Agenda::first_other() {
  if (!present_.empty()) return Time::min();
  if (cancelled_ != kNoSlot) matches_.clear(std::exchange(cancelled_, kNoSlot));
  return fired_ == kNoSlot ? matches_.first_when() : matches_.first_when_without(fired_);
}

void Agenda::run_queued_closure(Agenda& agenda, void* slot) {
  agenda.fired_ = static_cast<Slot>(*static_cast<std::uintptr_t*>(slot));
  agenda.entries_[agenda.fired_].run(agenda);
}

void Agenda::prefetch() const {
  for (const Slot slot : matches_.contenders()) __builtin_prefetch(&entries_[slot]);
}

void Agenda::settle_slots() {
  if (fired_ != kNoSlot && matches_.pending(fired_)) matches_.clear(fired_);
  if (cancelled_ != kNoSlot) matches_.clear(cancelled_);
  if (vacant_ != kNoSlot) free_.push_back(vacant_);
  fired_ = cancelled_ = vacant_ = kNoSlot;
}

}  // namespace sim
