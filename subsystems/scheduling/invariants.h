// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "subsystems/scheduling/kernel.h"

namespace scheduling {

/// What holds of a kernel's threads, CPUs and decisions at every instant, whatever agents do: every
/// thread is in one place, none runs on two CPUs or while it is blocked, what a CPU is to run next
/// knows of it and can run, and every decision has had one outcome.
class Invariants {
 public:
  explicit Invariants(const Kernel& kernel) : kernel_(kernel) {}

  /// What does not hold, in a sentence; none if all does. Takes time of the order of all threads.
  std::optional<std::string> broken();

 private:
  void check_outcomes();
  void check_cpu(const HostCpu& cpu);
  void check_current(const HostCpu& cpu, const Thread& thread);
  void check_latched(const HostCpu& cpu, const Thread& thread);
  void check_thread(const Thread& thread);
  void say(const Thread& thread, const std::string& what);
  int& places(const Thread& thread);

  const Kernel& kernel_;
  std::vector<int> places_;  // by thread: CPUs on which it is or which it is leaving
  std::optional<std::string> broken_;
};

}  // namespace scheduling
