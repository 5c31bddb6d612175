// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <coroutine>
#include <cstddef>
#include <exception>
#include <utility>

#include "sim/frame_pool.h"
#include "sim/simulation.h"

namespace sim {

/// A sequence with waiting in it. Starts at once, runs until its first wait; whoever starts it
/// holds it, and letting go destroys it wherever it waits.
class [[nodiscard]] Process {
 public:
  struct promise_type {
    Process get_return_object() {
      return Process{std::coroutine_handle<promise_type>::from_promise(*this)};
    }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }

    static void* operator new(std::size_t size) { return take_frame(size); }
    static void operator delete(void* frame, std::size_t size) { give_frame(frame, size); }
  };

  Process() = default;
  Process(Process&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Process& operator=(Process&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~Process() {
    if (handle_) handle_.destroy();
  }

  bool done() const { return !handle_ || handle_.done(); }

 private:
  explicit Process(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
  std::coroutine_handle<promise_type> handle_;
};

/// `co_await delay(sim, 10ns)`.
class [[nodiscard]] Delay {
 public:
  Delay(Simulation& sim, Duration d) : sim_(sim), d_(d) {}
  Delay(const Delay&) = delete;
  Delay& operator=(const Delay&) = delete;
  /// The process may be destroyed while it waits.
  ~Delay() {
    if (slot_ != kNoSlot) sim_.agenda_.take_back(slot_);
  }

  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> process) {
    SIM_CHECK(d_ >= Duration{0});
    const Time when = sim_.now() + d_;
    if (sim_.pass(process.address(), when)) return false;
    slot_ = sim_.agenda_.lend(when, &resume, process.address());
    if (!sim_.pass_armed(process.address(), slot_, when)) return true;
    sim_.agenda_.give_up(slot_);
    return false;
  }
  void await_resume() noexcept { slot_ = kNoSlot; }

 private:
  static void resume(Agenda& agenda, void* self) {
    void* const process = *static_cast<void**>(self);
    agenda.give_up(agenda.slot_of(self));
    agenda.enter(process);
    std::coroutine_handle<>::from_address(process).resume();
  }

  Simulation& sim_;
  Duration d_;
  Slot slot_ = kNoSlot;
};

inline Delay delay(Simulation& sim, Duration d) {
  return {sim, d};
}

}  // namespace sim
