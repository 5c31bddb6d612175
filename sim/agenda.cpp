// SPDX-License-Identifier: Apache-2.0
#include "sim/agenda.h"

namespace sim {

/// Ends an entry, also when it throws.
struct Agenda::Finish {
  Agenda& agenda;
  ~Finish() { agenda.settle(); }
};

Agenda::Agenda() : entries_(matches_.capacity()) {
  free_.reserve(entries_.size());
  for (std::size_t n = entries_.size(); n-- > 0;) free_.push_back(static_cast<Slot>(n));
}

void Agenda::grow() {
  const std::size_t old = entries_.size();
  matches_.grow();
  entries_.resize(matches_.capacity());
  free_.reserve(entries_.size());
  for (std::size_t n = entries_.size(); n-- > old;) free_.push_back(static_cast<Slot>(n));
}

Slot Agenda::open(Run run, void* self) {
  ++held_;
  const Slot slot = borrow_free();
  entries_[slot].store(run, self);
  return slot;
}

void Agenda::close(Slot slot) {
  --held_;
  take_back(slot);
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
  for (Slot slot = matches_.first(); slot < entries_.size(); ++slot) {
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

bool Agenda::drop_withdrawn() {
  if (present_.front().run != nullptr) return false;
  present_.pop();
  return true;
}

void Agenda::run_queued() {
  clear_until_ = Time::min();
  const Finish finish{*this};
  Queued next = present_.pop();
  next.run(*this, &next.self);
}

void Agenda::run_queued_closure(Agenda& agenda, void* slot) {
  agenda.fired_ = static_cast<Slot>(*static_cast<std::uintptr_t*>(slot));
  agenda.entries_[agenda.fired_].run(agenda);
}

void Agenda::run_armed() {
  clear_until_ = Time::min();
  const Finish finish{*this};
  fired_ = matches_.first();
  entries_[fired_].run(*this);
}

void Agenda::settle() {
  if (fired_ != kNoSlot && matches_.pending(fired_)) matches_.clear(fired_);
  if (cancelled_ != kNoSlot) matches_.clear(cancelled_);
  if (vacant_ != kNoSlot) free_.push_back(vacant_);
  fired_ = cancelled_ = vacant_ = kNoSlot;
  running_ = nullptr;
}

}  // namespace sim
