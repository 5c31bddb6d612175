// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "sim/check.h"
#include "sim/describe.h"
#include "sim/member_wise.h"
#include "sim/units.h"
#include "subsystems/memory/policies/agent_runtime.h"

namespace tiering {

/// What the host's side did.
struct DaemonStats {
  std::int64_t iterations = 0;
  sim::Duration iterating{};
  std::int64_t epochs = 0;
  sim::Duration ending_epochs{};
  std::int64_t scans = 0;
  sim::Duration scanning{};
  sim::Duration scanning_all{};
  sim::Duration awaiting{};
  sim::Duration applying{};
  std::int64_t touched = 0;
  std::int64_t flushes = 0;
  std::int64_t absences = 0;
  std::int64_t unheard = 0;
  std::int64_t epochs_put_off = 0;
  std::int64_t refused_periods = 0;
  std::int64_t refused_moves = 0;

  static void describe(auto&& stat) {
    using S = DaemonStats;
    stat(&S::iterations, "iterations", "rounds of scanning what was due, and what followed");
    stat(&S::iterating, "iterating", "time from their beginnings to their ends");
    stat(&S::epochs, "epochs", "of the iterations, those that ended an epoch");
    stat(&S::ending_epochs, "ending_epochs", "time from the beginnings of those to their ends");
    stat(&S::scans, "scans", "batches scanned");
    stat(&S::scanning, "scanning", "time the scanning thread spent on that");
    stat(&S::scanning_all, "scanning_all", "of that, in iterations that ended an epoch");
    stat(&S::awaiting, "awaiting", "time it then waited for the agent, in those");
    stat(&S::applying, "applying", "time it spent on what the agent decided");
    stat(&S::touched, "touched", "pages found accessed, whose next access is slower");
    stat(&S::absences, "absences", "times that a thread of the agent did not answer in time");
    stat(&S::unheard, "unheard", "batches scanned for a thread that was absent");
    stat(&S::epochs_put_off, "epochs_put_off", "epochs that did not end, because one was");
    stat(&S::refused_periods, "refused_periods", "periods that there are not");
    stat(&S::refused_moves, "refused_moves",
         "moves of batches that there are not, or to where they are");
    stat(&S::flushes, "flushes", "times that it had the application's TLBs flushed");
  }
  friend DaemonStats operator-(const DaemonStats& a, const DaemonStats& b) {
    return sim::difference(a, b);
  }
};

/// What the thread that moves pages did.
struct MigratorStats {
  std::int64_t to_fast = 0;
  std::int64_t to_slow = 0;
  std::int64_t copied = 0;
  std::int64_t copied_again = 0;
  std::int64_t unmapped_at_last = 0;
  std::int64_t remapped = 0;
  std::int64_t refused = 0;
  std::int64_t flushes = 0;
  sim::Duration migrating{};

  static void describe(auto&& stat) {
    using S = MigratorStats;
    stat(&S::to_fast, "to_fast", "pages moved to the fast tier");
    stat(&S::to_slow, "to_slow", "pages moved to the slow tier");
    stat(&S::copied, "copied", "copies of pages made for that");
    stat(&S::copied_again, "copied_again", "of the copies, those of pages written meanwhile");
    stat(&S::unmapped_at_last, "unmapped_at_last",
         "of these, those made without the mapping, after too many tries");
    stat(&S::remapped, "remapped", "pages moved without: the slow tier had a valid copy");
    stat(&S::refused, "refused", "pages not moved, for which the fast tier had no room");
    stat(&S::flushes, "flushes", "times that it had the application's TLBs flushed");
    stat(&S::migrating, "migrating", "its time");
  }
  friend MigratorStats operator-(const MigratorStats& a, const MigratorStats& b) {
    return sim::difference(a, b);
  }
};

/// What the agent's threads did, all together: core time.
struct StageStats {
  sim::Duration reading{};
  sim::Duration observing{};
  sim::Duration estimating{};
  sim::Duration sorting{};
  sim::Duration merging{};
  sim::Duration sampling{};
  sim::Duration deciding{};

  static void describe(auto&& stat) {
    using S = StageStats;
    stat(&S::reading, "reading", "looking at page-table entries");
    stat(&S::observing, "observing", "learning from what they said");
    stat(&S::estimating, "estimating", "how often each batch is accessed");
    stat(&S::sorting, "sorting", "batches by that, each thread its own");
    stat(&S::merging, "merging", "the sorted parts until the objective is met, one thread alone");
    stat(&S::sampling, "sampling", "how often each batch is to be scanned");
    stat(&S::deciding, "deciding", "which batches are to move");
  }
  /// What the program charges to a stage; all but reading is.
  sim::Duration& of(Stage stage) {
    switch (stage) {
      case Stage::kObserve:
        return observing;
      case Stage::kEstimate:
        return estimating;
      case Stage::kSort:
        return sorting;
      case Stage::kMerge:
        return merging;
      case Stage::kSample:
        return sampling;
      case Stage::kDecide:
        return deciding;
    }
    sim::broken("a stage of a known kind", __FILE__, __LINE__);
  }
  sim::Duration busy() const {
    return reading + observing + estimating + sorting + merging + sampling + deciding;
  }
  friend StageStats operator-(const StageStats& a, const StageStats& b) {
    return sim::difference(a, b);
  }
  friend StageStats operator+(const StageStats& a, const StageStats& b) { return sim::sum(a, b); }
};

}  // namespace tiering
