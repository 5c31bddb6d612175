// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#include "sim/simulation.h"

namespace sim {

/// Ordinary blocking code inside a simulation: it has a stack of its own and may wait anywhere in
/// it. Destroying a fiber unwinds its stack.
class Fiber {
 public:
  static constexpr std::size_t kDefaultStack = 64 * 1024;

  /// `body` starts at the present instant, after what is already due then.
  Fiber(Simulation& sim, std::function<void()> body, std::size_t stack_size = kDefaultStack);
  ~Fiber();
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  // For the body, and what it calls:
  void sleep(Duration d) { sleep_until(sim_.now() + d); }
  void sleep_until(Time when);
  /// Waits for `unpark`. An `unpark` that came since the last wait is used up at once.
  void park();
  /// The same with a limit: true if unparked, false if `deadline` came first. What is due at the
  /// deadline itself and was filed before the wait began still counts as unparked.
  bool park_until(Time deadline);

  // For everybody else:
  /// Lets a parked fiber go on at the present instant, after what is already due then.
  void unpark();
  bool done() const;

 private:
  struct Stack;
  void switch_in();
  void switch_out();

  Simulation& sim_;
  std::unique_ptr<Stack> stack_;
  Timer timer_;
  enum class Wait { kNone, kSleep, kPark, kReady } wait_ = Wait::kNone;
  bool token_ = false;
  bool timed_out_ = false;
};

}  // namespace sim
