// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <optional>
#include <vector>

#include "subsystems/scheduling/policies/policy.h"

namespace scheduling {

/// Which CPUs run a thread, and since when as far as the agent knows, the longest run first.
class Runs {
 public:
  struct Run {
    Cpu cpu;
    Instant since;
  };

  /// A thread begins, and no other runs there any more. Time does not go back between calls.
  void started(Cpu cpu, Instant now) {
    stopped(cpu);
    runs_.push_back({cpu, now});
  }
  void stopped(Cpu cpu) {
    const auto run = find(cpu);
    if (run != runs_.end()) runs_.erase(run);
  }

  std::optional<Instant> since(Cpu cpu) const {
    const auto run = find(cpu);
    return run == runs_.end() ? std::nullopt : std::optional(run->since);
  }
  auto begin() const { return runs_.begin(); }
  auto end() const { return runs_.end(); }

 private:
  std::vector<Run>::const_iterator find(Cpu cpu) const {
    return std::find_if(runs_.begin(), runs_.end(), [cpu](const Run& r) { return r.cpu == cpu; });
  }

  std::vector<Run> runs_;  // at most one for each CPU
};

}  // namespace scheduling
