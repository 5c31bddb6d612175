// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "sim/describe.h"
#include "sim/units.h"
#include "subsystems/scheduling/status_words.h"

namespace scheduling {

/// What the owner of an enclave may choose (ghost-kernel.md 1).
struct EnclaveTunables {
  bool agent_frees_status_words = true;

  static void describe(auto&& field) {
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
  EnclaveTunables tunables;
  StatusWordTable status_words;
  bool has_agent = true;
};

}  // namespace scheduling
