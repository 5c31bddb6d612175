// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "sim/check.h"
#include "sim/entry.h"
#include "sim/reserved.h"
#include "sim/ring.h"
#include "sim/tournament.h"
#include "sim/units.h"

namespace sim {

/// Everything that is yet to happen, in total order: by instant, then by who was filed first.
///
/// Whatever may be pending over and over (a timer, a fiber) holds a slot and arms it. Closures and
/// sleeping processes borrow one. What is filed for the present instant without a slot goes through
/// a queue instead.
class Agenda {
 public:
  /// The place of an entry in the queue of the present instant.
  using Ticket = std::size_t;

  Agenda();
  ~Agenda();
  Agenda(const Agenda&) = delete;
  Agenda& operator=(const Agenda&) = delete;

  // Slots that somebody holds.
  template <class F>
  Slot open(Run run, F&& f);
  void close(Slot slot);
  void arm(Slot slot, Time when);
  void cancel(Slot slot);
  bool armed(Slot slot) const {
    return slot != fired_ && slot != cancelled_ && matches_.pending(slot);
  }
  Time due(Slot slot) const { return matches_.when(slot); }

  // Entries that run once.
  template <class F>
  void file(Time when, F&& f);
  template <class F>
  void file_now(F&& f);
  /// Runs `run` on a copy of `self` at `when`, unless the slot is taken back before.
  Slot lend(Time when, Run run, void* self);
  void take_back(Slot slot);

  /// Runs `run` on a copy of `self` at the present instant, after everything filed before.
  Ticket queue(Run run, void* self);
  void withdraw(Ticket ticket) { present_.at(ticket).run = nullptr; }

  // For the main loop.
  /// Between entries, keys of what ran and of what was cancelled must go.
  void settle();
  bool in_entry() const { return in_entry_; }
  /// Nothing is pending besides what is running.
  bool empty() const;
  /// Whether the next entry stands in the queue of the present instant, `now`.
  bool next_is_queued(Time now) const {
    return !present_.empty() && !matches_.first_before(now, present_.front().order);
  }
  /// Drops the first of the queue if it had been withdrawn.
  bool drop_withdrawn();
  void run_queued();
  bool none_armed() const { return matches_.empty(); }
  Time first_armed() const { return matches_.first_when(); }
  void run_armed();

  // For what runs straight from the main loop, so that nothing else is under way at this instant.
  void enter(const void* who) { running_ = who; }
  bool running(const void* who) const { return who == running_; }
  /// Whether `who` would be the next to run if it now waited for `when`, as far as that is cheap to
  /// say. A false answer costs time, nothing else.
  bool would_be_next(const void* who, Time when) {
    if (!running(who)) return false;
    if (when >= clear_until_ && goes_on_) clear_until_ = first_other();
    return when < clear_until_;
  }
  /// `who` has just armed `slot` to wait for it. If that comes next, it is taken as run: `who` goes
  /// on without being left. Having gone on once, it is likely to do so again, and worth knowing how
  /// far it can.
  bool goes_on(const void* who, Slot slot) {
    if (!running(who) || !present_.empty() || matches_.first() != slot) return false;
    fired_ = slot;
    goes_on_ = true;
    clear_until_ = Time::min();
    return true;
  }
  /// The slot that the present entry borrowed goes to whoever borrows next.
  void give_up_slot() { vacant_ = fired_; }

 private:
  struct Queued {
    Run run;  // null if withdrawn
    void* self;
    std::uint64_t order;
  };
  /// Ends an entry, also when it throws.
  struct Finish {
    Agenda& agenda;
    ~Finish() { agenda.settle(); }
  };

  std::uint64_t next_order();
  Slot borrow();
  Slot borrow_free();
  void grow();
  void add_entries(std::size_t from);
  void begin();
  void settle_slots();
  Time first_other();
  /// Fetches the entries that are likely to run soon. Worth it when they do not fit into the
  /// caches.
  void prefetch() const;
  static constexpr std::size_t kPrefetchFrom = 16'384;
  template <class Closure>
  static void run_closure(Agenda& agenda, void* self);
  static void run_queued_closure(Agenda& agenda, void* slot);

  Tournament matches_;
  Reserved space_{Tournament::kMostSlots * sizeof(Entry)};
  Entry* const entries_ = static_cast<Entry*>(space_.data());  // by slot
  std::vector<Slot> free_;
  Ring<Queued> present_;
  std::uint64_t order_ = 0;
  std::size_t held_ = 0;

  // The slot whose entry is running, and the one that it cancelled last. Their keys stay in the
  // tree until they are armed anew or the entry ends: in most models they are, and one replay does.
  Slot fired_ = kNoSlot;
  Slot cancelled_ = kNoSlot;
  // The slot whose entry is running, if the next to borrow one may have it.
  Slot vacant_ = kNoSlot;
  const void* running_ = nullptr;
  Time clear_until_ = Time::min();  // nothing else is due before, as far as known
  bool in_entry_ = false;
  bool goes_on_ = false;  // what runs has gone on through a wait
};

inline std::uint64_t Agenda::next_order() {
  SIM_CHECK(order_ < std::uint64_t{1} << Tournament::kOrderBits);
  return order_++;
}

inline void Agenda::arm(Slot slot, Time when) {
  if (slot == fired_) fired_ = kNoSlot;
  if (slot == cancelled_) cancelled_ = kNoSlot;
  if (when < clear_until_) clear_until_ = when;
  matches_.set(slot, when, next_order());
}

inline void Agenda::cancel(Slot slot) {
  if (!armed(slot)) return;
  if (cancelled_ != kNoSlot) matches_.clear(cancelled_);
  cancelled_ = slot;
}

inline void Agenda::begin() {
  clear_until_ = Time::min();
  goes_on_ = false;
  in_entry_ = true;
}

inline void Agenda::settle() {
  running_ = nullptr;
  in_entry_ = false;
  if (fired_ != kNoSlot || cancelled_ != kNoSlot || vacant_ != kNoSlot) settle_slots();
}

inline bool Agenda::drop_withdrawn() {
  if (present_.front().run != nullptr) return false;
  present_.pop();
  return true;
}

inline void Agenda::run_queued() {
  begin();
  const Finish finish{*this};
  Queued next = present_.pop();
  next.run(*this, &next.self);
}

inline void Agenda::run_armed() {
  begin();
  const Finish finish{*this};
  fired_ = matches_.first();
  if (matches_.capacity() >= kPrefetchFrom) prefetch();
  entries_[fired_].run(*this);
}

inline Slot Agenda::borrow_free() {
  if (free_.empty()) [[unlikely]]
    grow();
  const Slot slot = free_.back();
  free_.pop_back();
  return slot;
}

inline Slot Agenda::borrow() {
  return vacant_ != kNoSlot ? std::exchange(vacant_, kNoSlot) : borrow_free();
}

template <class F>
Slot Agenda::open(Run run, F&& f) {
  ++held_;
  const Slot slot = borrow_free();
  entries_[slot].store(run, std::forward<F>(f));
  return slot;
}

inline Slot Agenda::lend(Time when, Run run, void* self) {
  const Slot slot = borrow();
  entries_[slot].store(run, self);
  arm(slot, when);
  return slot;
}

inline Agenda::Ticket Agenda::queue(Run run, void* self) {
  clear_until_ = Time::min();
  present_.push({run, self, next_order()});
  return present_.next_number() - 1;
}

template <class Closure>
void Agenda::run_closure(Agenda& agenda, void*) {
  Closure closure = agenda.entries_[agenda.fired_].take<Closure>();
  agenda.give_up_slot();
  closure();
}

template <class F>
void Agenda::file(Time when, F&& f) {
  const Slot slot = borrow();
  entries_[slot].store(&run_closure<std::decay_t<F>>, std::forward<F>(f));
  arm(slot, when);
}

template <class F>
void Agenda::file_now(F&& f) {
  const Slot slot = borrow_free();
  entries_[slot].store(&run_closure<std::decay_t<F>>, std::forward<F>(f));
  // NOLINTNEXTLINE(performance-no-int-to-ptr): a number that travels where a pointer fits
  queue(&run_queued_closure, reinterpret_cast<void*>(std::uintptr_t{slot}));
}

}  // namespace sim
