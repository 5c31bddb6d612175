// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "sim/describe.h"
#include "sim/units.h"
#include "subsystems/scheduling/queue.h"
#include "subsystems/scheduling/status_words.h"

namespace scheduling {

/// What the owner of an enclave may choose (ghost-kernel.md 1).
struct EnclaveTunables {
  bool deliver_ticks = false;
  bool deliver_agent_runnability = false;
  bool deliver_cpu_availability = false;
  bool wake_on_waker_cpu = false;
  bool commit_at_tick = false;
  sim::Duration runnable_timeout{0};
  bool agent_frees_status_words = true;

  static void describe(auto&& field) {
    using E = EnclaveTunables;
    const sim::Source ghost = sim::published("ghost-kernel.md 1 and 3");
    field(&E::deliver_ticks, "deliver_ticks", "send CPU_TICK", ghost);
    field(&E::deliver_agent_runnability, "deliver_agent_runnability",
          "send AGENT_BLOCKED and AGENT_WAKEUP", ghost);
    field(&E::deliver_cpu_availability, "deliver_cpu_availability",
          "send CPU_AVAILABLE and CPU_BUSY", ghost);
    field(&E::wake_on_waker_cpu, "wake_on_waker_cpu",
          "a wake-up names the waker's CPU instead of the thread's last one", ghost);
    field(&E::commit_at_tick, "commit_at_tick", "a tick commits what was left for its CPU", ghost);
    field(&E::runnable_timeout, "runnable_timeout",
          "an agent that lets a runnable thread wait for this long loses its enclave; zero: none",
          ghost);
    field(&EnclaveTunables::agent_frees_status_words, "agent_frees_status_words",
          "the agent says when it has seen the last of a thread, as in ghOSt; otherwise the kernel "
          "takes the last message's leaving for it, for agents that see no status words",
          sim::published("ghost-kernel.md 3, TASK_DEPARTED"));
  }
};

/// The part of the host that an agent schedules: its CPUs' and threads' common state.
///
/// Not modelled: several enclaves on one host.
struct Enclave {
  Queue* default_queue = nullptr;  // of new threads; none: that of whoever sends
  EnclaveTunables tunables;
  StatusWordTable status_words;
  bool has_agent = true;
  sim::Time agent_since{};
  bool destroyed = false;  // until the next agent comes: threads are, and begin, in the fair class

  bool agent_frees_words() const { return tunables.agent_frees_status_words && !destroyed; }
};

}  // namespace scheduling
