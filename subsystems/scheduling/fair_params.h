// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/describe.h"
#include "sim/units.h"

namespace scheduling {

using namespace std::chrono_literals;

/// The tunables of Linux 4.15's completely fair scheduler. Its defaults are 6, 0.75 and 1 ms times
/// (1 + the binary logarithm of the number of CPUs, of which at most 8 count): four times that on
/// any server.
struct FairParams {
  sim::Duration latency = 24ms;
  sim::Duration min_granularity = 3ms;
  sim::Duration wakeup_granularity = 4ms;
  sim::Duration migration_cost = 500us;
  sim::Duration balance_interval = 8ms;
  int busy_factor = 32;
  sim::Duration enqueue = 100ns;
  sim::Duration scan = 5ns;

  static void describe(auto&& field) {
    using sim::Range;
    const sim::Source defaults =
        sim::published("Linux 4.15, kernel/sched/fair.c, scaled for 8 CPUs and more");
    field(&FairParams::latency, "latency", "period in which every runnable thread runs once",
          defaults, Range{6ms, 48ms});
    field(&FairParams::min_granularity, "min_granularity",
          "least slice; with many threads the period grows instead", defaults, Range{750us, 10ms});
    field(&FairParams::wakeup_granularity, "wakeup_granularity",
          "how far behind the running thread a woken one has to be to take its CPU", defaults,
          Range{1ms, 15ms});
    field(&FairParams::migration_cost, "migration_cost",
          "a thread that ran within this time is left where its cache is; a CPU whose idle spells "
          "are shorter does not look for work elsewhere",
          sim::published("Linux 4.15, kernel/sched/fair.c"), Range{100us, 5ms});
    field(&FairParams::balance_interval, "balance_interval",
          "between two balancings of an idle CPU at its tick",
          sim::recalled("Linux 4.15: as many ms as the cache domain has CPUs, here 8"),
          Range{1ms, 64ms});
    field(&FairParams::busy_factor, "busy_factor",
          "how many times longer a busy CPU waits between two balancings",
          sim::recalled("Linux 4.15, kernel/sched/topology.c"), Range{1, 64});
    field(&FairParams::enqueue, "enqueue",
          "placing a thread in the tree or taking it out, beyond what every class does",
          sim::assumed("a red-black tree of some ten threads and their load averages"),
          Range{40ns, 300ns});
    field(&FairParams::scan, "scan", "asking one CPU whether it is idle, beside its lines",
          sim::assumed("some 20 instructions"), Range{2ns, 15ns});
  }
};

}  // namespace scheduling
