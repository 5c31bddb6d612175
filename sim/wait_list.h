// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <coroutine>
#include <cstddef>
#include <string>
#include <utility>

#include "sim/simulation.h"
#include "sim/wait_place.h"

namespace sim {

/// Processes that wait, first come first served. Those woken go on at the present instant, after
/// what is already due then.
class WaitList final : public WaitPlace {
 public:
  /// One process in a list. Lives in the process, as part of what it awaits.
  class Waiter {
   public:
    explicit Waiter(WaitList& list) : list_(list) {}
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;

   protected:
    ~Waiter() { SIM_CHECK(state_ == State::kOutside); }

    void wait(std::coroutine_handle<> process);
    /// The process goes on; nothing to do if it never waited.
    void arrive();
    enum class Left { kOutside, kWaiting, kWoken };
    /// The process is destroyed: leaves the list, and tells where it stood.
    Left leave();

   private:
    friend class WaitList;
    using State = Left;
    static void resume(Agenda& agenda, void* self);

    WaitList& list_;
    State state_ = State::kOutside;
    std::coroutine_handle<> process_;
    Agenda::Ticket ticket_ = 0;
    Waiter* previous_ = nullptr;
    Waiter* next_ = nullptr;
  };

  explicit WaitList(Simulation& sim, std::string name)
      : WaitPlace(sim, std::move(name)), agenda_(sim.agenda_) {}
  /// No process may wait for something that goes away: models keep their processes as last members.
  ~WaitList() { SIM_CHECK(waiting_ == 0 && woken_ == 0); }

  bool empty() const { return first_ == nullptr; }
  Waiter& first() { return *first_; }
  std::size_t waiting() const override { return waiting_; }
  /// Woken, but not yet running.
  std::size_t woken() const { return woken_; }

  void wake_first();

 private:
  void append(Waiter& waiter);
  void unlink(Waiter& waiter);

  Agenda& agenda_;
  Waiter* first_ = nullptr;
  Waiter* last_ = nullptr;
  std::size_t waiting_ = 0;
  std::size_t woken_ = 0;
};

inline void WaitList::append(Waiter& waiter) {
  waiter.previous_ = last_;
  waiter.next_ = nullptr;
  (last_ == nullptr ? first_ : last_->next_) = &waiter;
  last_ = &waiter;
  ++waiting_;
}

inline void WaitList::unlink(Waiter& waiter) {
  (waiter.previous_ == nullptr ? first_ : waiter.previous_->next_) = waiter.next_;
  (waiter.next_ == nullptr ? last_ : waiter.next_->previous_) = waiter.previous_;
  --waiting_;
}

inline void WaitList::wake_first() {
  Waiter& waiter = *first_;
  unlink(waiter);
  ++woken_;
  waiter.state_ = Waiter::State::kWoken;
  waiter.ticket_ = agenda_.queue(&Waiter::resume, &waiter);
}

inline void WaitList::Waiter::wait(std::coroutine_handle<> process) {
  process_ = process;
  state_ = State::kWaiting;
  list_.append(*this);
}

inline void WaitList::Waiter::arrive() {
  if (state_ == State::kOutside) return;
  --list_.woken_;
  state_ = State::kOutside;
}

inline void WaitList::Waiter::resume(Agenda& agenda, void* self) {
  const auto process = (*static_cast<Waiter**>(self))->process_;
  agenda.enter(process.address());
  process.resume();
}

inline WaitList::Waiter::Left WaitList::Waiter::leave() {
  if (state_ == State::kWaiting) list_.unlink(*this);
  if (state_ == State::kWoken) {
    list_.agenda_.withdraw(ticket_);
    --list_.woken_;
  }
  return std::exchange(state_, State::kOutside);
}

}  // namespace sim
