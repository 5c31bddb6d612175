// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "sim/describe.h"
#include "sim/member_wise.h"
#include "sim/units.h"

namespace scheduling {

struct CpuStats {
  std::int64_t switches = 0;
  std::int64_t interrupts = 0;
  std::int64_t handovers = 0;
  std::int64_t ticks = 0;
  std::int64_t migrations = 0;
  sim::Duration user{};
  sim::Duration work{};
  sim::Duration idle{};
  sim::Duration handover{};

  static void describe(auto&& stat) {
    stat(&CpuStats::switches, "switches", "times that a thread was switched to");
    stat(&CpuStats::interrupts, "interrupts", "interrupts taken");
    stat(&CpuStats::handovers, "handovers", "times that a thread followed one that had stopped");
    stat(&CpuStats::ticks, "ticks", "ticks of the timer taken");
    stat(&CpuStats::migrations, "migrations", "waiting threads taken from other CPUs");
    stat(&CpuStats::user, "user", "time in threads' own code");
    stat(&CpuStats::work, "work", "what they did then, as time on the reference core");
    stat(&CpuStats::idle, "idle", "time with nothing to run");
    stat(&CpuStats::handover, "handover",
         "from the moment a thread stopped until its successor ran, waiting for work included");
  }
  friend CpuStats operator-(const CpuStats& a, const CpuStats& b) { return sim::difference(a, b); }
  friend CpuStats operator+(const CpuStats& a, const CpuStats& b) { return sim::sum(a, b); }
};

}  // namespace scheduling
