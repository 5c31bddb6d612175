// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <type_traits>
#include <utility>

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
  bool armed(Slot slot) const { return matches_.pending(slot); }
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
  void queue(Run run, void* self);
  /// What to withdraw with, for what is queued next.
  Ticket next_ticket() const { return present_.next_number(); }
  void withdraw(Ticket ticket) { present_.at(ticket).run = nullptr; }

  // For the main loop.
  /// Ends the entry that ran: what it filed, moved and cancelled takes effect.
  void settle() { matches_.settle(); }
  /// Nothing is pending besides what is running.
  bool empty() const;
  /// Whether the next entry stands in the queue of the present instant, `now`.
  bool next_is_queued(Time now) const {
    return !present_.empty() && !matches_.first_before(now, present_.front().order);
  }
  /// Drops the first of the queue if it had been withdrawn.
  bool drop_withdrawn();
  /// Both give `call` what to run, and with what.
  template <class Call>
  void run_queued(Call call);
  bool none_armed() const { return matches_.empty(); }
  Time first_armed() const { return matches_.first_when(); }
  template <class Call>
  void run_armed(Call call);

  // For what runs straight from the main loop, so that nothing else is under way at this instant.
  void enter(const void* who);
  bool running(const void* who) const { return who == running_; }
  /// Whether `who` would be the next to run if it now waited for `when`, as far as that is cheap to
  /// say. A false answer costs time, nothing else.
  bool would_be_next(const void* who, Time when) {
    if (!running(who)) return false;
    if (when >= clear_until_ && clear_until_ != kNotWorthLooking) clear_until_ = next_when();
    return when < clear_until_;
  }
  /// `who` has just armed `slot` to wait for it. If that comes next, it is taken as run: `who` goes
  /// on without being left. Having gone on once, it is likely to do so again, and worth knowing how
  /// far it can.
  bool goes_on(const void* who, Slot slot);
  /// A borrowed slot that is not pending any more goes to whoever borrows next: in most models this
  /// entry does, and one replay does for both.
  void give_up(Slot slot);
  /// Of the entry that holds what its `run` was given.
  Slot slot_of(const void* stored) const {
    const auto* const first = reinterpret_cast<const std::byte*>(entries_);
    const auto distance = static_cast<std::size_t>(static_cast<const std::byte*>(stored) - first);
    return static_cast<Slot>(distance / sizeof(Entry));
  }

 private:
  struct Queued {
    Run run;  // null if withdrawn
    void* self;
    std::uint64_t order;
  };

  static constexpr Time kNotWorthLooking{};  // no instant is before it
  static constexpr Time kWorthLooking{Duration{-1}};

  std::uint64_t next_order();
  Slot borrow();
  void grow();
  void add_entries(std::size_t from);
  Time next_when();
  /// Fetches what is likely to run soon now that `slot` has run.
  void prefetch_around(Slot slot) const;
  static constexpr std::size_t kPrefetchFrom = 2'048;
  template <class Closure>
  static void run_closure(Agenda& agenda, void* self);
  static void run_queued_closure(Agenda& agenda, void* entry);

  Tournament matches_;
  Reserved space_{Tournament::kMostSlots * sizeof(Entry)};
  Entry* const entries_ = static_cast<Entry*>(space_.data());  // by slot
  Slot free_ = kNoSlot;  // the first of a list through the entries; given up last, borrowed first
  Ring<Queued> present_;
  std::uint64_t order_ = Tournament::kOrderStep;
  std::size_t held_ = 0;

  const void* running_ = nullptr;
  // Nothing else is due before, as far as known. Worth looking at once what runs has gone on
  // through a wait.
  Time clear_until_ = kNotWorthLooking;
};

inline std::uint64_t Agenda::next_order() {
  const std::uint64_t order = order_;
  order_ += Tournament::kOrderStep;
  SIM_CHECK(order_ != 0);
  return order;
}

inline void Agenda::arm(Slot slot, Time when) {
  if (when < clear_until_) clear_until_ = when;
  matches_.set(slot, when, next_order());
}

inline void Agenda::cancel(Slot slot) {
  if (armed(slot)) matches_.clear(slot);
}

inline void Agenda::enter(const void* who) {
  running_ = who;
  clear_until_ = kNotWorthLooking;
}

inline bool Agenda::drop_withdrawn() {
  if (present_.front().run != nullptr) return false;
  present_.drop_front();
  return true;
}

template <class Call>
void Agenda::run_queued(Call call) {
  running_ = nullptr;
  // In place: who runs reads it before anything else can be queued.
  Queued& next = present_.front();
  present_.drop_front();
  call(next.run, &next.self);
  if (!matches_.settled()) settle();
}

template <class Call>
void Agenda::run_armed(Call call) {
  running_ = nullptr;
  const Slot slot = matches_.take_first();
  call(entries_[slot].run(), entries_[slot].stored());
  settle();
  if (matches_.capacity() >= kPrefetchFrom) prefetch_around(slot);
}

inline bool Agenda::goes_on(const void* who, Slot slot) {
  if (!running(who) || !present_.empty()) return false;
  settle();
  if (matches_.first() != slot) return false;
  matches_.take_first();
  clear_until_ = kWorthLooking;
  return true;
}

inline void Agenda::give_up(Slot slot) {
  entries_[slot].set_next(std::exchange(free_, slot));
}

inline Slot Agenda::borrow() {
  if (free_ == kNoSlot) [[unlikely]]
    grow();
  return std::exchange(free_, entries_[free_].next());
}

template <class F>
Slot Agenda::open(Run run, F&& f) {
  ++held_;
  const Slot slot = borrow();
  entries_[slot].store(run, std::forward<F>(f));
  return slot;
}

inline Slot Agenda::lend(Time when, Run run, void* self) {
  const Slot slot = borrow();
  entries_[slot].store(run, self);
  arm(slot, when);
  return slot;
}

inline void Agenda::queue(Run run, void* self) {
  clear_until_ = kNotWorthLooking;
  present_.push({run, self, next_order()});
}

template <class Closure>
void Agenda::run_closure(Agenda& agenda, void* self) {
  // Moved out, so that the entry can be used again while the closure runs.
  Closure closure(std::move(*std::launder(static_cast<Closure*>(self))));
  const Slot slot = agenda.slot_of(self);
  if constexpr (!std::is_trivially_destructible_v<Closure>) agenda.entries_[slot].drop();
  agenda.give_up(slot);
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
  const Slot slot = borrow();
  entries_[slot].store(&run_closure<std::decay_t<F>>, std::forward<F>(f));
  queue(&run_queued_closure, &entries_[slot]);
}

}  // namespace sim
