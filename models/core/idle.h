// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/describe.h"
#include "sim/units.h"

namespace core {

using namespace std::chrono_literals;

/// The idle states that Linux offers on the host and what leaving them costs.
struct IdleParams {
  sim::Duration c1_residency = 2us;
  sim::Duration c1_exit = 83ns;
  sim::Duration c2_residency = 800us;
  sim::Duration c2_exit_short = 2483ns;
  sim::Duration c2_exit_deep = 25us;
  sim::Duration c2_deep_after = 60us;

  static void describe(auto&& field) {
    using sim::Range;
    field(&IdleParams::c1_residency, "c1_residency", "shortest predicted idleness to enter C1",
          sim::published("hardware.md 3.4: ACPI table of an EPYC system"), Range{1us, 4us});
    field(&IdleParams::c1_exit, "c1_exit", "leaving C1, beyond leaving a polling idle loop",
          sim::derived("hardware.md 3.4: futex wake-ups, 1154 ns in C1 less 1071 ns in POLL"),
          Range{0ns, 1000ns});
    field(&IdleParams::c2_residency, "c2_residency", "shortest predicted idleness to enter C2",
          sim::published("hardware.md 3.4: ACPI table of an EPYC system"), Range{100us, 1600us});
    field(&IdleParams::c2_exit_short, "c2_exit_short", "leaving C2 before the core is power-gated",
          sim::derived("hardware.md 3.4: futex wake-ups, 3554 ns in C2 less 1071 ns in POLL"),
          Range{2us, 4us});
    field(&IdleParams::c2_exit_deep, "c2_exit_deep", "leaving C2 once the core is power-gated",
          sim::recalled("hardware.md 3.4: 20 to 30 us"), Range{15us, 40us});
    field(&IdleParams::c2_deep_after, "c2_deep_after", "time in C2 until the core is power-gated",
          sim::assumed("longer than the 50 us sleeps that still wake in 3.5 us"),
          Range{50us, 500us});
  }
};

enum class IdleState { kPoll, kC1, kC2 };

/// Chooses an idle state from how long the core was idle lately, as the menu governor's
/// typical-interval rule does, and knows what leaving it costs.
///
/// Not modelled: timers that are known to end the idleness (ticks come with the turbo model).
class IdleGovernor {
 public:
  explicit IdleGovernor(const IdleParams& params) : params_(params) {}

  IdleState enter() {
    if (typical_ < params_.c1_residency) return state_ = IdleState::kPoll;
    return state_ = typical_ < params_.c2_residency ? IdleState::kC1 : IdleState::kC2;
  }

  /// What leaving the state entered last costs after `idle` in it.
  sim::Duration leave(sim::Duration idle) {
    typical_ += (idle - typical_) / 8;
    switch (state_) {
      case IdleState::kPoll:
        return sim::Duration{0};
      case IdleState::kC1:
        return params_.c1_exit;
      case IdleState::kC2:
        return idle < params_.c2_deep_after ? params_.c2_exit_short : params_.c2_exit_deep;
    }
    return sim::Duration{0};
  }

 private:
  const IdleParams params_;
  sim::Duration typical_{0};
  IdleState state_ = IdleState::kPoll;
};

}  // namespace core
