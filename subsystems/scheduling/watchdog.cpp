// SPDX-License-Identifier: Apache-2.0
#include "subsystems/scheduling/watchdog.h"

#include "subsystems/scheduling/kernel.h"

namespace scheduling {
bool Watchdog::look(Kernel& kernel, core::Core& by) {
  by.compute(kernel.params().activate);
  anyone_waits_ = false;
  bool too_long = false;
  waits_.resize(kernel.threads().size());
  for (std::size_t i = 0; i < waits_.size(); ++i) {
    const Thread& thread = kernel.threads()[i];
    const bool waiting = thread.waits_for_agent();
    anyone_waits_ |= waiting;
    if (waiting)
      too_long |= has_waited(thread, waits_[i], by.now());
    else
      waits_[i] = {};
  }
  return too_long;
}

bool Watchdog::has_waited(const Thread& thread, Wait& wait, sim::Time now) const {
  if (wait.gtid != thread.gtid || wait.barrier != thread.status.barrier)
    wait = {thread.gtid, thread.status.barrier, now};
  return now - wait.since >= limit_;
}

}  // namespace scheduling
