// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/memory/coherent_line.h"

namespace memory {

/// A line that many cores change, such as a lock's or a counter's: they take turns. Who asks for it
/// while it is on its way to another core has to wait until it is there.
///
/// Cores work ahead (docs/decisions/0003), so that one may ask here after another and yet before
/// it in time; then it waits for nobody. Not modelled: that a near core may be served before a far
/// one that asked earlier; how long a lock is held.
class SharedLine {
 public:
  /// What getting the line takes: first others' turns, then its own way.
  struct Turn {
    sim::Duration wait{};
    sim::Duration move{};
  };

  Turn read(const Domain& domain, CoreIndex core, sim::Time now) {
    if (line_.held_by(core)) return {};
    return {.wait = wait(now), .move = line_.read(domain, core)};
  }

  Turn write(const Domain& domain, CoreIndex core, sim::Time now) {
    if (line_.owner() == core) return {};
    const Turn turn{.wait = wait(now), .move = line_.write(domain, core)};
    asked_ = now;
    there_ = now + turn.wait + turn.move;
    return turn;
  }

  const CoherentLine& line() const { return line_; }

 private:
  sim::Duration wait(sim::Time now) const {
    return asked_ <= now && now < there_ ? there_ - now : sim::Duration{0};
  }

  CoherentLine line_;
  sim::Time asked_{};  // by whoever owns it
  sim::Time there_{};  // with that core
};

}  // namespace memory
