// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <optional>

#include "models/core/package.h"
#include "sim/describe.h"
#include "sim/units.h"

namespace core {

using namespace std::chrono_literals;

/// The idle states that Linux offers on the host and what leaving them costs.
struct IdleParams {
  sim::Duration c1_residency = 2us;
  sim::Duration c1_exit = 83ns;
  sim::Duration c2_residency = 800us;
  sim::Duration c2_latency = 400us;
  sim::Duration c2_exit_short = 2483ns;
  sim::Duration c2_exit_deep = 25us;
  sim::Duration c2_deep_after = 60us;
  sim::Duration remembered = 0us;

  static void describe(auto&& field) {
    using sim::Range;
    field(&IdleParams::c1_residency, "c1_residency", "shortest predicted idleness to enter C1",
          sim::published("hardware.md 3.4: ACPI table of an EPYC system"), Range{1us, 4us});
    field(&IdleParams::c1_exit, "c1_exit", "leaving C1, beyond leaving a polling idle loop",
          sim::derived("hardware.md 3.4: futex wake-ups, 1154 ns in C1 less 1071 ns in POLL"),
          Range{0ns, 1000ns});
    field(&IdleParams::c2_residency, "c2_residency", "shortest predicted idleness to enter C2",
          sim::published("hardware.md 3.4: ACPI table of an EPYC system"), Range{100us, 1600us});
    field(
        &IdleParams::c2_latency, "c2_latency",
        "what the table says that leaving C2 takes, which the governor takes off what it measures",
        sim::published("hardware.md 3.4: ACPI table of an EPYC system"), Range{30us, 800us});
    field(&IdleParams::c2_exit_short, "c2_exit_short", "leaving C2 before the core is power-gated",
          sim::derived("hardware.md 3.4: futex wake-ups, 3554 ns in C2 less 1071 ns in POLL"),
          Range{2us, 4us});
    field(&IdleParams::c2_exit_deep, "c2_exit_deep", "leaving C2 once the core is power-gated",
          sim::recalled("hardware.md 3.4: 20 to 30 us"), Range{15us, 40us});
    field(&IdleParams::c2_deep_after, "c2_deep_after", "time in C2 until the core is power-gated",
          sim::assumed("longer than the 50 us sleeps that still wake in 3.5 us"),
          Range{50us, 500us});
    field(&IdleParams::remembered, "remembered",
          "typical idleness that a CPU's governor looks back on when a run begins",
          sim::chosen("zero: it learns; long: the CPU has been idle before"));
  }
};

/// Chooses an idle state as Linux 4.15's menu governor does: from how long the core was idle lately
/// and from the next timer, whichever says less. What it remembers of a sleep in C2 is without the
/// table's exit latency, so that a timer which lies just beyond C2's residency makes it go back and
/// forth between the states. A core that polls does so until it is woken; later kernels look again
/// after a while.
///
/// Not modelled: the governor's second memory, of intervals that repeat to 20 us; a correction of
/// its own for each magnitude of the next timer; latency limits.
class IdleGovernor {
 public:
  static constexpr sim::Duration kNoTimer = sim::Duration::max();

  explicit IdleGovernor(const IdleParams& params) : params_(params), typical_(params.remembered) {}

  IdleState enter(sim::Duration next_timer = kNoTimer) {
    const sim::Duration predicted = std::min(typical_, next_timer);
    if (predicted < params_.c1_residency) return state_ = IdleState::kPoll;
    return state_ = predicted < params_.c2_residency ? IdleState::kC1 : IdleState::kC2;
  }

  /// What leaving the state entered last costs after `idle` in it. `gated`: the core had lost its
  /// power; not known: as if it had been alone.
  sim::Duration leave(sim::Duration idle, std::optional<bool> gated = {}) {
    typical_ += (measured(idle) - typical_) / 8;
    switch (state_) {
      case IdleState::kPoll:
        return sim::Duration{0};
      case IdleState::kC1:
        return params_.c1_exit;
      case IdleState::kC2:
        return gated.value_or(idle >= params_.c2_deep_after) ? params_.c2_exit_deep
                                                             : params_.c2_exit_short;
    }
    return sim::Duration{0};
  }

 private:
  /// Sleeps shorter than two latencies count half.
  sim::Duration measured(sim::Duration idle) const {
    if (state_ != IdleState::kC2) return idle;
    return idle > 2 * params_.c2_latency ? idle - params_.c2_latency : idle / 2;
  }

  const IdleParams params_;
  sim::Duration typical_;
  IdleState state_ = IdleState::kPoll;
};

}  // namespace core
