// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/describe.h"
#include "sim/units.h"

namespace core {

using namespace std::chrono_literals;

/// Work is stated as time on this clock with one instruction-per-clock unit: Zen 3 at its boost.
constexpr sim::Frequency kReferenceClock = sim::Frequency::gigahertz(3.5);

/// A core: how fast it computes, what its own accesses cost, and what it pays to reach device
/// memory across a link. The defaults are a Zen 3 core at full boost.
struct CoreParams {
  sim::Frequency clock = kReferenceClock;
  double relative_ipc = 1.0;
  sim::Cycles l1_hit{4};
  sim::Cycles store_issue{1};
  sim::Duration uncached_load = 105ns;
  sim::Duration uncached_store = 30ns;
  sim::Duration mmio_store = 50ns;
  sim::Duration wc_store_issue{780};
  sim::Duration wc_flush = 100ns;
  int wc_buffers = 8;
  sim::Bytes wc_partial = {8};
  sim::Duration prefetch_issue = 2ns;
  sim::Duration flush_issue = 3ns;
  sim::Duration flush_fence = 120ns;
  double block_cycles = 2.0;

  static void describe(auto&& field) {
    using sim::Range;
    field(&CoreParams::clock, "clock", "clock rate",
          sim::published("hardware.md 3.1: EPYC 7763 boost on few active cores"),
          Range{sim::Frequency::gigahertz(2.0), sim::Frequency::gigahertz(3.7)});
    field(&CoreParams::relative_ipc, "relative_ipc",
          "instructions per clock relative to the reference core, Zen 3",
          sim::published("the reference core itself: 1"), Range{0.4, 1.2});
    field(&CoreParams::l1_hit, "l1_hit", "load that hits the first-level cache",
          sim::recalled("hardware.md 3.1"), Range{sim::Cycles{4}, sim::Cycles{5}});
    field(&CoreParams::store_issue, "store_issue", "store that hits the own cache, per word",
          sim::assumed("one store a clock"), Range{sim::Cycles{1}, sim::Cycles{2}});
    field(&CoreParams::uncached_load, "uncached_load",
          "load of one word from own memory mapped UC: a read of DRAM",
          sim::recalled("hardware.md 8.4: local DRAM latency"), Range{90ns, 250ns});
    field(&CoreParams::uncached_store, "uncached_store",
          "store of one word to own memory mapped UC",
          sim::recalled("hardware.md 8.6: local device register write"), Range{10ns, 60ns});
    field(&CoreParams::mmio_store, "mmio_store",
          "CPU time of a store of one word across the link, UC or WT",
          sim::recalled("wave.md E1: 50 ns; hardware.md 1.4 brackets it"), Range{10ns, 60ns});
    field(&CoreParams::wc_store_issue, "wc_store_issue", "store of one word into a WC buffer",
          sim::derived("hardware.md 1.4: gdrcopy streams 10.3 GB/s"),
          Range{sim::Duration{300}, sim::Duration{2000}});
    field(&CoreParams::wc_flush, "wc_flush",
          "from a line's leaving a WC buffer until the fabric has it: what a store fence waits for",
          sim::published("hardware.md 1.4: gdrcopy, 64 B and sfence in 97-102 ns"),
          Range{60ns, 230ns});
    field(&CoreParams::wc_buffers, "wc_buffers", "write-combining buffers of a core",
          sim::recalled("hardware.md 2.2: 4 to 12"), Range{4, 12});
    field(&CoreParams::wc_partial, "wc_partial",
          "largest write that a part-filled WC buffer leaves as", sim::recalled("hardware.md 8.3"),
          Range{sim::Bytes{1}, sim::Bytes{64}});
    field(&CoreParams::prefetch_issue, "prefetch_issue", "prefetch instruction",
          sim::recalled("hardware.md 8.3"), Range{1ns, 5ns});
    field(&CoreParams::flush_issue, "flush_issue", "cache-line flush instruction",
          sim::recalled("hardware.md 8.3: measured on a virtual machine"), Range{1ns, 10ns});
    field(&CoreParams::flush_fence, "flush_fence", "full fence after a cache-line flush",
          sim::recalled("hardware.md 8.3: measured on a virtual machine"), Range{60ns, 200ns});
    field(&CoreParams::block_cycles, "block_cycles",
          "clock cycles of a basic block of code whose blocks are counted (metered costs)",
          sim::assumed("bench/policy_cost on a virtual machine's core of a later Zen: 1.3 to 1.8 "
                       "in short rounds that repeat, up to 7 in long ones on a busy machine"),
          Range{1.3, 7.5});
  }
};

}  // namespace core
