// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <utility>

#include "sim/context.h"
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

  static void run(Agenda& agenda, void* self);
  [[noreturn]] static void enter(Context main_loop, void* self) noexcept;
  void check_may_wait(Time when) const {
    SIM_CHECK(sim_.agenda_.running(this));  // only its own body may make a fiber wait
    SIM_CHECK(when >= sim_.now());
  }
  /// True if unparked, false if `when` came.
  bool wait_until(Time when, Wait why);
  void run_body();
  void switch_in();
  void switch_out();

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

}  // namespace sim
