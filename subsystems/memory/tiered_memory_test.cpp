// SPDX-License-Identifier: Apache-2.0
#include "subsystems/memory/tiered_memory.h"

#include <gtest/gtest.h>

namespace tiering {
namespace {

using namespace std::chrono_literals;
using sim::Time;

struct MemoryBench {
  sim::Simulation sim;
  TieredMemory memory{sim, 10, 64, 1};
};

TEST(TieredMemory, BeginsInTheFastTier) {
  MemoryBench b;
  EXPECT_EQ(b.memory.fast_pages(), 640);
  EXPECT_TRUE(b.memory.is_fast(9));
  EXPECT_EQ(b.memory.slow_share(), 0);
  EXPECT_EQ(b.memory.accesses().hit_rate(), 1);
}

TEST(TieredMemory, CountsAccessesByTheTierThatHasThePage) {
  MemoryBench b;
  b.memory.set_accesses(0, level_of(1));
  b.memory.set_accesses(1, level_of(4));
  b.sim.run_until(Time{1s});
  b.memory.move(1);
  EXPECT_NEAR(b.memory.slow_share(), 0.8, 1e-12);
  b.sim.run_until(Time{3s});
  EXPECT_NEAR(b.memory.accesses().fast, 64 * (5 + 2), 1e-9);
  EXPECT_NEAR(b.memory.accesses().slow, 64 * 8, 1e-9);
  EXPECT_EQ(b.memory.fast_pages(), 576);
  b.memory.check_invariants();
}

TEST(TieredMemory, FollowsAnApplicationThatChanges) {
  MemoryBench b;
  b.memory.move(2);
  b.memory.set_accesses(2, level_of(2));
  b.sim.run_until(Time{1s});
  b.memory.set_accesses(2, level_of(0));
  b.sim.run_until(Time{2s});
  b.memory.touch_all(2);
  EXPECT_NEAR(b.memory.accesses().slow, 64 * 3, 1e-6);
  b.memory.check_invariants();
}

TEST(TieredMemory, CountsWhatIsNamedPageByPage) {
  MemoryBench b;
  b.memory.visit(4, 0b1011, 0b10, 5);
  EXPECT_EQ(b.memory.table().scan(4, b.sim.now()), 3);
  EXPECT_EQ(b.memory.table().take_dirty(4, b.sim.now()), 1);
  b.sim.run_until(Time{2s});
  b.memory.visit(4, 0, 0, 1);
  b.sim.run_until(Time{3s});
  b.memory.move(4);
  b.memory.visit(4, 1, 0, 7);
  b.sim.run_until(Time{4s});
  EXPECT_NEAR(b.memory.accesses().fast, 5 * 2 + 1, 1e-9);
  EXPECT_NEAR(b.memory.accesses().slow, 7, 1e-9);
  EXPECT_EQ(b.memory.table().scan(4, b.sim.now()), 1);
  b.memory.check_invariants();
}

TEST(TieredMemory, KnowsTheFlushesThatItIsToRemember) {
  MemoryBench b;
  b.memory.remember_flushes(8us);
  EXPECT_EQ(b.memory.flushed(), std::nullopt);
  EXPECT_EQ(b.memory.flushes_since(Time{}), 0);
  for (int i = 1; i <= 3; ++i) {
    b.sim.run_until(Time{i * 1us});
    b.memory.flush();
  }
  EXPECT_EQ(b.memory.flushed(), Time{3us});
  EXPECT_EQ(b.memory.flushes_since(Time{3us} + sim::Duration{1}), 0);
  EXPECT_EQ(b.memory.flushes_since(Time{2us}), 2);
  EXPECT_EQ(b.memory.flushes_since(Time{}), 3);
  for (int i = 4; i <= 10; ++i) {
    b.sim.run_until(Time{i * 1us});
    b.memory.flush();
  }
  EXPECT_EQ(b.memory.flushed(), Time{10us});
  EXPECT_EQ(b.memory.flushes_since(Time{9us}), 2);
  EXPECT_EQ(b.memory.flushes_since(Time{2us}), 9);
  EXPECT_EQ(b.memory.flushes_since(Time{}), 9);
}

TEST(TieredMemory, MovesThereAndBack) {
  MemoryBench b;
  b.memory.set_accesses(3, level_of(1));
  b.memory.move(3);
  b.memory.move(3);
  EXPECT_TRUE(b.memory.is_fast(3));
  EXPECT_EQ(b.memory.fast_pages(), 640);
  b.memory.check_invariants();
}

}  // namespace
}  // namespace tiering
