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
/// what is already due then; until they do, they stand at the head of the list.
class WaitList final : public WaitPlace {
  struct Link {
    Link* previous = nullptr;
    Link* next = nullptr;
  };

 public:
  /// One process in a list. Lives in the process, as part of what it awaits.
  class Waiter : Link {
   public:
    Waiter() = default;
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;

   protected:
    ~Waiter() { SIM_CHECK(outside()); }

    bool outside() const { return next == nullptr; }
    bool woken() const { return ticket_ != kNotWoken; }

    void wait(WaitList& list, std::coroutine_handle<> process);
    /// The process goes on, having been woken.
    void arrive();
    /// The process is destroyed, waiting or woken.
    void leave(WaitList& list);

   private:
    friend class WaitList;
    static constexpr Agenda::Ticket kNotWoken = ~Agenda::Ticket{0};
    static void resume(Agenda& agenda, void* process);

    // While it stands in a list:
    void* process_;
    Agenda::Ticket ticket_;
  };

  explicit WaitList(Simulation& sim, std::string name)
      : WaitPlace(sim, std::move(name)), agenda_(sim.agenda_) {}
  /// No process may wait for something that goes away: models keep their processes as last members.
  ~WaitList() { SIM_CHECK(ends_.next == &ends_); }

  bool somebody_waits() const { return waiting_ != &ends_; }
  Waiter& first_waiting() { return static_cast<Waiter&>(*waiting_); }
  std::size_t waiting() const override { return count(waiting_, &ends_); }
  void wake_first();

  /// Woken, but not yet running.
  std::size_t woken() const { return count(ends_.next, waiting_); }
  Waiter& last_woken() { return static_cast<Waiter&>(*waiting_->previous); }
  static Waiter& before(Waiter& waiter) { return static_cast<Waiter&>(*waiter.previous); }

 private:
  static std::size_t count(const Link* from, const Link* to);
  void append(Waiter& waiter);

  Agenda& agenda_;
  Link ends_{&ends_, &ends_};  // between the last and the first
  Link* waiting_ = &ends_;     // the first that has not been woken
};

inline void WaitList::append(Waiter& waiter) {
  waiter.previous = ends_.previous;
  waiter.next = &ends_;
  ends_.previous->next = &waiter;
  ends_.previous = &waiter;
  if (!somebody_waits()) waiting_ = &waiter;
}

inline void WaitList::wake_first() {
  Waiter& waiter = first_waiting();
  waiting_ = waiter.next;
  waiter.ticket_ = agenda_.next_ticket();
  agenda_.queue(&Waiter::resume, waiter.process_);
}

inline void WaitList::Waiter::wait(WaitList& list, std::coroutine_handle<> process) {
  process_ = process.address();
  ticket_ = kNotWoken;
  list.append(*this);
}

inline void WaitList::Waiter::arrive() {
  previous->next = next;
  next->previous = previous;
  next = nullptr;
}

inline void WaitList::Waiter::resume(Agenda& agenda, void* process) {
  void* const address = *static_cast<void**>(process);
  agenda.enter(address);
  std::coroutine_handle<>::from_address(address).resume();
}

}  // namespace sim
