// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>

#include "native/clock.h"
#include "native/kernel.h"
#include "native/thread.h"

namespace native {

/// A thread of the operating system that plays a CPU: runs the threads that the kernel picks, and
/// waits for an interrupt when there are none, at first by looking and after `spin` by sleeping.
class Worker {
 public:
  Worker(Kernel& kernel, int cpu, const Clock& clock, wave::Instant spin)
      : kernel_(kernel), cpu_(cpu), clock_(clock), spin_(spin) {}

  /// Returns when the host stops.
  void run();

  int cpu() const { return cpu_; }
  /// Whether the thread that runs here is to give its CPU back; called by its own code.
  bool interrupted() { return interrupts_.pending() && kernel_.take_interrupts(cpu_); }

 private:
  void run_thread(Thread& thread);
  void idle();

  Kernel& kernel_;
  const int cpu_;
  const Clock clock_;
  const wave::Instant spin_;
  InterruptWord interrupts_ = kernel_.interrupts(cpu_);
};

/// The stack on which a thread runs `body`.
std::unique_ptr<Context> make_context(Thread& thread, std::function<void(Self&)> body);

}  // namespace native
