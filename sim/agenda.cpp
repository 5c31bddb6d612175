// SPDX-License-Identifier: Apache-2.0
#include "sim/agenda.h"

#include <memory>
#include <new>

namespace sim {

Agenda::~Agenda() {
  SIM_CHECK(held_ == 0);  // no timer or fiber outlives its simulation
  std::destroy_n(entries_, slots_);
}

void Agenda::grow() {
  SIM_CHECK(slots_ < Tournament::kMostSlots);
  add_entries(slots_ == 0 ? kFirstSlots : slots_);
}

void Agenda::add_entries(std::size_t more) {
  const std::size_t old = std::exchange(slots_, slots_ + more);
  space_.use(slots_ * sizeof(Entry));
  free_.reserve(slots_);
  for (std::size_t n = old; n < slots_; ++n) ::new (static_cast<void*>(&entries_[n])) Entry;
  for (std::size_t n = slots_; n-- > old;) free_.push_back(static_cast<Slot>(n));
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
  return pending_.nobody();
}

Time Agenda::first_other() {
  if (!present_.empty()) return Time::min();
  pending_.tidy();
  return pending_.first_when();
}

void Agenda::run_queued_closure(Agenda& agenda, void* slot) {
  agenda.fired_ = static_cast<Slot>(*static_cast<std::uintptr_t*>(slot));
  agenda.entries_[agenda.fired_].run(agenda);
}

void Agenda::prefetch() const {
  pending_.for_contenders([this](Slot slot) { __builtin_prefetch(&entries_[slot]); });
}

}  // namespace sim
