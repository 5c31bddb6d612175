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
  /// A ring of those who wait, with the list itself between the last and the first.
  struct Link {
    Link* previous;
    Link* next;
  };

 public:
  /// One process in a list. Lives in the process, as part of what it awaits.
  class Waiter : Link {
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
    bool outside() const { return state_ == State::kOutside; }
    /// The process is destroyed: leaves the list, and tells where it stood.
    Left leave();

   private:
    friend class WaitList;
    using State = Left;
    static void resume(Agenda& agenda, void* process);

    WaitList& list_;
    State state_ = State::kOutside;
    void* process_;          // unless outside
    Agenda::Ticket ticket_;  // once woken
  };

  explicit WaitList(Simulation& sim, std::string name)
      : WaitPlace(sim, std::move(name)), agenda_(sim.agenda_) {}
  /// No process may wait for something that goes away: models keep their processes as last members.
  ~WaitList() { SIM_CHECK(empty() && woken_ == 0); }

  bool empty() const { return ends_.next == &ends_; }
  Waiter& first() { return static_cast<Waiter&>(*ends_.next); }
  std::size_t waiting() const override;
  /// Woken, but not yet running.
  std::size_t woken() const { return woken_; }

  void wake_first();

 private:
  void append(Waiter& waiter);
  static void unlink(Waiter& waiter);

  Agenda& agenda_;
  Link ends_{&ends_, &ends_};
  std::size_t woken_ = 0;
};

inline void WaitList::append(Waiter& waiter) {
  waiter.previous = ends_.previous;
  waiter.next = &ends_;
  ends_.previous->next = &waiter;
  ends_.previous = &waiter;
}

inline void WaitList::unlink(Waiter& waiter) {
  waiter.previous->next = waiter.next;
  waiter.next->previous = waiter.previous;
}

inline void WaitList::wake_first() {
  Waiter& waiter = first();
  unlink(waiter);
  ++woken_;
  waiter.state_ = Waiter::State::kWoken;
  waiter.ticket_ = agenda_.queue(&Waiter::resume, waiter.process_);
}

inline void WaitList::Waiter::wait(std::coroutine_handle<> process) {
  process_ = process.address();
  state_ = State::kWaiting;
  list_.append(*this);
}

inline void WaitList::Waiter::arrive() {
  if (outside()) return;
  --list_.woken_;
  state_ = State::kOutside;
}

inline void WaitList::Waiter::resume(Agenda& agenda, void* process) {
  void* const address = *static_cast<void**>(process);
  agenda.enter(address);
  std::coroutine_handle<>::from_address(address).resume();
}

}  // namespace sim
