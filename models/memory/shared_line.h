// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>

#include "models/memory/coherent_line.h"

namespace memory {

/// A line that many cores change, such as a lock's or a counter's: they take turns. Who asks for it
/// while it is on its way to another core has to wait until it is there.
///
/// Cores work ahead (docs/decisions/0003), so that one may ask here after another and yet before
/// it in time: it goes first if there is time for it, else after those that are known already. Not
/// modelled: that a near core may be served before a far one that asked earlier; how long a lock is
/// held.
class SharedLine {
 public:
  /// What getting the line takes: first others' turns, then its own way.
  struct Turn {
    sim::Duration wait{};
    sim::Duration move{};
  };

  /// Copies of what nobody has changed are given to any number of readers at once.
  Turn read(const Domain& domain, CoreIndex core, sim::Time now) {
    if (line_.held_by(core)) return {};
    const bool dirty = line_.owner() != kNoCore;
    const sim::Duration move = line_.read(domain, core);
    return {.wait = dirty ? take(now, move) : free_from(now, move) - now, .move = move};
  }

  Turn write(const Domain& domain, CoreIndex core, sim::Time now) {
    if (line_.owner() == core) return {};
    const sim::Duration move = line_.write(domain, core);
    return {.wait = take(now, move), .move = move};
  }

  const CoherentLine& line() const { return line_; }

 private:
  /// When it is on its way, without a break.
  struct Period {
    sim::Time begin{};
    sim::Time end{};
  };

  /// The first instant from `now` on at which nothing keeps it from being on its way for `move`.
  sim::Time free_from(sim::Time now, sim::Duration move) const {
    if (now >= periods_.back().end) return now;
    for (const Period& period : periods_)
      if (now < period.end && period.begin < now + move) now = period.end;
    return now;
  }

  sim::Duration take(sim::Time now, sim::Duration move) {
    const sim::Time begin = free_from(now, move);
    remember({begin, begin + move});
    return begin - now;
  }

  /// In place of what was longest ago.
  void remember(Period taken) {
    Period& last = periods_.back();
    if (taken.begin == last.end) {
      last.end = taken.end;
    } else if (taken.begin > last.end) {
      std::copy(periods_.begin() + 1, periods_.end(), periods_.begin());
      last = taken;
    } else {
      insert(taken);
    }
  }
  void insert(Period taken);

  CoherentLine line_;
  std::array<Period, 4> periods_{};  // the latest, in order
};

}  // namespace memory
