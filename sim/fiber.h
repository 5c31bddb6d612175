// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <utility>

#include "sim/context.h"
#include "sim/sanitizer.h"
#include "sim/simulation.h"
#include "sim/stack_pool.h"
#include "sim/wait_place.h"

namespace sim {

/// Ordinary blocking code inside a simulation: it has a stack of its own and may wait anywhere in
/// it, except inside a catch block. Destroying a fiber unwinds its stack.
class Fiber final : public WaitPlace {
 public:
  static constexpr std::size_t kDefaultStack = std::size_t{64} * 1024;

  /// `body` starts at the present instant, after what is already due then.
  Fiber(Simulation& sim, std::function<void()> body, std::size_t stack_size = kDefaultStack,
        std::string name = {});
  ~Fiber();
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  // For the body, and what it calls:
  void sleep(Duration d) { sleep_until(sim_.now() + d); }
  void sleep_until(Time when) {
    check_may_wait(when);
    if (!sim_.pass(this, when)) wait_until(when, Wait::kSleep);
  }
  /// Waits for `unpark`. An `unpark` that came since the last wait is used up at once.
  void park();
  /// The same with a limit: true if unparked, false if `deadline` came first. What is due at the
  /// deadline itself and was filed before the wait began still counts as unparked.
  bool park_until(Time deadline);

  // For everybody else:
  /// Lets a parked fiber go on at the present instant, after what is already due then.
  void unpark();
  /// The same at a later instant, or sooner if it was to go on sooner anyway. Nothing if it is not
  /// parked.
  void unpark_at(Time when);
  bool done() const { return wait_ == Wait::kDone; }
  std::size_t waiting() const override { return wait_ == Wait::kPark ? 1 : 0; }

 private:
  enum class Wait { kStart, kRunning, kSleep, kPark, kReady, kDone };
  struct Unwind {};

  friend class Simulation;
  static void run(Agenda& agenda, void* self);
  [[noreturn]] static void enter(Context main_loop, void* self) noexcept;
  void check_may_wait(Time when) const {
    SIM_CHECK(sim_.agenda_.running(this));  // only its own body may make a fiber wait
    SIM_CHECK(when >= sim_.now());
  }
  /// True if unparked, false if `when` came.
  [[gnu::always_inline]] bool wait_until(Time when, Wait why);
  void run_body();
  void switch_in();
  [[gnu::always_inline]] void switch_out();
  [[noreturn]] static void unwind();

  Simulation& sim_;
  Wait wait_ = Wait::kStart;
  bool token_ = false;
  bool unparked_ = false;    // rather than timed out
  bool unpark_due_ = false;  // the slot is armed for `unpark_at`, not for a deadline
  bool unwinding_ = false;
  Slot slot_;              // for sleeping, and for the deadline of parking
  Agenda::Ticket ticket_;  // while ready
  Context inside_;         // where the body waits
  Context outside_ = nullptr;
  Stack stack_;
  const void* outer_bottom_ = nullptr;  // the stack of the main loop, for AddressSanitizer
  std::size_t outer_size_ = 0;
  std::function<void()> body_;
};

// All that switches stacks is inline, up to the main loop on one side and to the body's own
// function on the other. A processor predicts where a function returns to from the calls it has
// seen, and these were made on another stack: each return between a switch and the next call is a
// wrong guess.

[[gnu::always_inline]] inline void Fiber::switch_in() {
  void* own = nullptr;
  announce_switch(&own, stack_.bottom, stack_.size);
  inside_ = jump(inside_, this);
  confirm_switch(own, nullptr, nullptr);
}

inline void Fiber::switch_out() {
  SIM_CHECK(!unwinding_);  // a destructor must not wait
  void* own = nullptr;
  announce_switch(&own, outer_bottom_, outer_size_);
  outside_ = jump(outside_, nullptr);
  confirm_switch(own, &outer_bottom_, &outer_size_);
  if (unwinding_) unwind();
}

[[gnu::always_inline]] inline void Fiber::run(Agenda& agenda, void* self) {
  auto* fiber = *static_cast<Fiber**>(self);
  agenda.enter(fiber);
  fiber->unparked_ = fiber->wait_ == Wait::kReady || std::exchange(fiber->unpark_due_, false);
  fiber->wait_ = Wait::kRunning;
  fiber->switch_in();
}

inline bool Fiber::wait_until(Time when, Wait why) {
  sim_.agenda_.arm(slot_, when);
  if (sim_.pass_armed(this, slot_, when)) return false;
  wait_ = why;
  switch_out();
  return unparked_;
}

inline void Fiber::park() {
  check_may_wait(sim_.now());
  if (std::exchange(token_, false)) return;
  wait_ = Wait::kPark;
  switch_out();
}

inline bool Fiber::park_until(Time deadline) {
  if (std::exchange(token_, false)) return true;
  check_may_wait(deadline);
  if (sim_.pass(this, deadline)) return false;  // nobody runs before then who could unpark
  return wait_until(deadline, Wait::kPark);
}

}  // namespace sim
