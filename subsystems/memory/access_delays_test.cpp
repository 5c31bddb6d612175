// SPDX-License-Identifier: Apache-2.0
#include "subsystems/memory/access_delays.h"

#include <cmath>
#include <gtest/gtest.h>

namespace tiering {
namespace {

using namespace std::chrono_literals;
using sim::Duration;
using sim::Time;

/// Four batches of sixteen pages; each takes half a millisecond to be unmapped or mapped, and a
/// flush takes one. Each cause has a delay of its own.
struct DelaysBench {
  sim::Simulation sim;
  memory::Domain domain{"host", {}, 1, {Duration{0}}};
  core::Core core{sim, "migrator", domain, 0, {}};
  TieringParams params = some_params();
  TieredMemory memory{sim, 4, 16, 1, {.entries = 1024, .cores = 1, .flushed = true}};
  Migrator migrator{{.params = params, .memory = memory, .core = core}};
  AccessDelays delays{params.application, sim, memory, migrator};
  sim::Stream draws{1, "test"};

  static TieringParams some_params() {
    TieringParams p;
    p.batch_pages = 16;
    p.application.cores = 1;
    p.application.slow_access = 250ns;
    p.application.retouch = 60ns;
    p.application.walk = 28ns;
    p.application.flushed = 1us;
    p.application.request = 10us;
    p.host.flush_first = 1ms;
    p.migration.page = 1ms;
    p.migration.remap = 100us;
    p.migration.together = 16;
    return p;
  }
  /// Its access bits are set, and nothing else is known.
  void visit(Batch batch) { memory.touch_all(batch); }
};

TEST(AccessDelays, AreNoneWhereNothingIsManaged) {
  DelaysBench b;
  b.visit(0);
  EXPECT_EQ(b.delays.of_access(0, b.draws).total(), 0ns);
  EXPECT_EQ(b.delays.stalled(), 0ns);
}

TEST(AccessDelays, ComeFromTheSlowTier) {
  DelaysBench b;
  b.visit(1);
  b.memory.move(1);
  EXPECT_EQ(b.delays.of_access(1, b.draws).slow, 250ns);
  EXPECT_EQ(b.delays.of_access(1, b.draws).total(), 250ns);
}

/// The first access since a scan sets the bit. With one in a second on average, none has come for a
/// second in exp(-1) of all cases.
TEST(AccessDelays, ComeFromAccessBitsThatAreClear) {
  DelaysBench b;
  EXPECT_EQ(b.delays.of_access(0, b.draws).setting, 60ns) << "nobody was here";
  b.memory.set_accesses(0, level_of(1));
  b.sim.run_until(Time{1s});
  b.memory.table().scan(0, b.sim.now());
  EXPECT_EQ(b.delays.of_access(0, b.draws).total(), 60ns);
  b.sim.run_until(Time{2s});
  int set = 0;
  for (int i = 0; i < 10'000; ++i) set += b.delays.of_access(0, b.draws).setting > 0ns ? 1 : 0;
  EXPECT_NEAR(set, 10'000 * std::exp(-1), 4 * 50);
}

/// All pages fit into the TLB. Right after a flush each access walks; a second later those that
/// nobody has accessed meanwhile.
TEST(AccessDelays, ComeFromFlushesUntilTheTlbIsFullAgain) {
  DelaysBench b;
  b.memory.set_accesses(0, level_of(1));
  b.visit(0);
  EXPECT_EQ(b.delays.of_access(0, b.draws).refilling, 0ns);
  b.memory.flush();
  EXPECT_EQ(b.delays.of_access(0, b.draws).refilling, 28ns);
  EXPECT_EQ(b.delays.of_access(0, b.draws).total(), 28ns);
  b.sim.run_until(Time{1s});
  int walks = 0;
  for (int i = 0; i < 10'000; ++i) walks += b.delays.of_access(0, b.draws).refilling > 0ns ? 1 : 0;
  EXPECT_NEAR(walks, 10'000 * std::exp(-1), 4 * 50);
}

/// At 8.2 ms all of its pages are unmapped, the first for 1.3 ms and the last for 8.8 ms yet.
TEST(AccessDelays, ComeFromPagesThatAreMoved) {
  DelaysBench b;
  b.visit(0);
  b.visit(1);
  b.migrator.start();
  b.migrator.want(0, false);
  b.migrator.go_on();
  b.sim.run_until(Time{8200us});
  const Duration waiting = b.delays.of_access(0, b.draws).waiting;
  EXPECT_GE(waiting, 1300us);
  EXPECT_LE(waiting, 8800us);
  EXPECT_EQ(b.delays.of_access(1, b.draws).waiting, 0ns);
}

TEST(AccessDelays, StallARequestForEachFlushThatCameDuringIt) {
  DelaysBench b;
  b.sim.run_until(Time{100us});
  b.memory.flush();
  b.sim.run_until(Time{105us});
  b.memory.flush();
  EXPECT_EQ(b.delays.stalled(), 2us);
  b.sim.run_until(Time{110us});
  EXPECT_EQ(b.delays.stalled(), 2us);
  b.sim.run_until(Time{110us + 1ns});
  EXPECT_EQ(b.delays.stalled(), 1us);
  b.sim.run_until(Time{115us + 1ns});
  EXPECT_EQ(b.delays.stalled(), 0us);
}

TEST(Delay, AddsUpByCause) {
  Delay sum{.slow = 1ns, .setting = 2ns, .refilling = 3ns, .waiting = 4ns, .stalled = 5ns};
  sum += {.slow = 10ns, .setting = 20ns, .refilling = 30ns, .waiting = 40ns, .stalled = 50ns};
  EXPECT_EQ(sum.slow, 11ns);
  EXPECT_EQ(sum.setting, 22ns);
  EXPECT_EQ(sum.refilling, 33ns);
  EXPECT_EQ(sum.waiting, 44ns);
  EXPECT_EQ(sum.stalled, 55ns);
  EXPECT_EQ(sum.total(), 165ns);
}

}  // namespace
}  // namespace tiering
