// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "subsystems/scheduling/thread.h"

namespace scheduling {

class Kernel;

/// Finds threads of the ghost class that want a CPU and do not get one, as ghOSt's kernel does with
/// its limit for runnable threads. It looks now and then: a thread that is runnable and on no CPU
/// at two looks, and about which no message was sent between, has waited from the one to the other.
/// So a wait is noticed when it has lasted for the limit, and no later than two looks after.
class Watchdog {
 public:
  explicit Watchdog(sim::Duration limit) : limit_(limit) {}

  /// Looks at all threads, on core `by`; true if one has waited for the limit.
  bool look(Kernel& kernel, core::Core& by);
  /// Whether any thread waited at the last look.
  bool anyone_waits() const { return anyone_waits_; }
  /// Begins anew: nobody has waited yet.
  void reset() { waits_.clear(); }

 private:
  struct Wait {
    Gtid gtid = 0;
    Barrier barrier = 0;
    sim::Time since{};
  };
  bool has_waited(const Thread& thread, Wait& wait, sim::Time now) const;

  const sim::Duration limit_;
  std::vector<Wait> waits_;  // by thread
  bool anyone_waits_ = false;
};

}  // namespace scheduling
