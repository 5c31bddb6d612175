// SPDX-License-Identifier: Apache-2.0
#include "subsystems/memory/migrator.h"

#include <cmath>
#include <gtest/gtest.h>

namespace tiering {
namespace {

using namespace std::chrono_literals;
using sim::Duration;
using sim::Time;

constexpr int kBatchPages = 16;
constexpr Batch kBatches = 2000;

/// A page takes a millisecond, and so does a flush; a batch is moved at a time.
TieringParams one_batch_at_a_time() {
  TieringParams p;
  p.batch_pages = kBatchPages;
  p.application.cores = 1;
  p.host.flush_first = 1ms;
  p.migration.page = 1ms;
  p.migration.remap = 100us;
  p.migration.together = kBatchPages;
  return p;
}

TieringParams transactional(int tries) {
  TieringParams p = one_batch_at_a_time();
  p.migration.kind = Migration::kTransactional;
  p.migration.tries = tries;
  return p;
}

struct MigratorBench {
  sim::Simulation sim;
  memory::Domain domain{"host", {}, 1, {Duration{0}}};
  core::Core core{sim, "migrator", domain, 0, {}};
  TieredMemory memory{sim, kBatches, kBatchPages, 1};
  Migrator migrator;

  explicit MigratorBench(const TieringParams& p)
      : migrator({.params = p, .memory = memory, .core = core}) {
    migrator.start();
  }

  void set_writes(Batch batch, double per_second) {
    memory.set_accesses(batch, level_of(per_second), 1);
  }
  /// Moves the first `batches`, as long as it takes.
  void move(Batch batches, bool fast) {
    for (Batch b = 0; b < batches; ++b) migrator.want(b, fast);
    migrator.go_on();
    sim.run_until(sim.now() + 1000s);
    migrator.check_invariants();
    memory.check_invariants();
    ASSERT_EQ(migrator.waiting(), 0);
    ASSERT_EQ(memory.fast_pages(), (kBatches - (fast ? 0 : batches)) * kBatchPages);
  }
};

TEST(Migrator, CopiesEachPageOnceWhenPagesAreUnmapped) {
  MigratorBench b(one_batch_at_a_time());
  b.set_writes(0, 1e6);
  b.move(2, false);
  EXPECT_EQ(b.migrator.stats().copied, 2 * kBatchPages);
  EXPECT_EQ(b.migrator.stats().copied_again, 0) << "nobody can write what is unmapped";
  EXPECT_EQ(b.migrator.stats().flushes, 2);
  EXPECT_EQ(b.migrator.stats().migrating, 2 * (1ms + kBatchPages * 1ms));
}

/// Half a millisecond to unmap each of sixteen pages, a flush, half a millisecond to map each
/// again: a page is away for 9.5 ms.
TEST(Migrator, MakesWhoAccessesAnUnmappedPageWait) {
  MigratorBench b(one_batch_at_a_time());
  sim::Stream draws(1, "test");
  const auto waits = [&](Duration at) {
    b.sim.run_until(Time{at});
    return b.migrator.unmapped_for(0, b.sim.now(), draws);
  };
  b.memory.set_accesses(0, level_of(64), 0);
  b.migrator.want(0, false);
  b.migrator.go_on();
  EXPECT_EQ(b.migrator.unmapped_for(1, b.sim.now(), draws), 0ms) << "another batch";
  for (int i = 0; i < 100; ++i) {
    const Duration wait = waits(8200us);  // all are unmapped
    EXPECT_GE(wait, 9500us - 8200us);
    EXPECT_LE(wait, 17ms - 8200us);
  }
  int waiting = 0;
  for (int i = 0; i < 1000; ++i) waiting += waits(12250us) > 0ms ? 1 : 0;
  EXPECT_NEAR(waiting, 1000 * 10 / 16, 4 * 16) << "six are back";
  EXPECT_EQ(waits(17001us), 0ms);
  const AccessStats accesses = b.memory.accesses();
  EXPECT_NEAR(accesses.waits, 16 * 64 * 0.0095, 1e-9);
  EXPECT_NEAR(accesses.waited, 16 * 64 * 0.0095 * 0.0095 / 2, 1e-9);
}

TEST(Migrator, MakesNobodyWaitForWhatStaysMapped) {
  MigratorBench b(transactional(3));
  sim::Stream draws(1, "test");
  b.memory.set_accesses(0, level_of(64), 0);
  b.migrator.want(0, false);
  b.migrator.go_on();
  b.sim.run_until(Time{8ms});
  EXPECT_EQ(b.migrator.unmapped_for(0, b.sim.now(), draws), 0ms);
  EXPECT_EQ(b.memory.accesses().waits, 0);
}

TEST(Migrator, FlushesBeforeAndAfterCopyingWhatStaysMapped) {
  MigratorBench b(transactional(3));
  b.move(1, false);
  EXPECT_EQ(b.migrator.stats().copied, kBatchPages);
  EXPECT_EQ(b.migrator.stats().flushes, 2);
  EXPECT_EQ(b.migrator.stats().migrating, 1ms + kBatchPages * 1ms + 1ms);
}

/// A flush; three tries, each with a flush; the flush that unmaps, and the copy without the
/// mapping.
TEST(Migrator, UnmapsWhatIsWrittenAllTheTime) {
  MigratorBench b(transactional(3));
  b.set_writes(0, 1e6);
  b.move(1, false);
  EXPECT_EQ(b.migrator.stats().copied, 4 * kBatchPages);
  EXPECT_EQ(b.migrator.stats().copied_again, 3 * kBatchPages);
  EXPECT_EQ(b.migrator.stats().unmapped_at_last, kBatchPages);
  EXPECT_EQ(b.migrator.stats().flushes, 1 + 3 + 1);
  EXPECT_EQ(b.migrator.stats().migrating,
            1ms + 3 * (kBatchPages * 1ms + 1ms) + (1ms + kBatchPages * 1ms));
}

TEST(Migrator, DoesNotMindReads) {
  MigratorBench b(transactional(3));
  b.memory.set_accesses(0, level_of(1e6), 0);
  b.move(1, false);
  EXPECT_EQ(b.migrator.stats().copied_again, 0);
}

/// Dirty bits are clear for a flush, sixteen copies and a flush.
TEST(Migrator, CopiesAgainWhatWasWrittenMeanwhile) {
  MigratorBench b(transactional(1));
  const double per_second = accesses_of(level_of(30));
  for (Batch batch = 0; batch < kBatches; ++batch) b.set_writes(batch, per_second);
  b.move(kBatches, false);
  const double written = -std::expm1(-per_second * 0.018);
  const double pages = kBatches * kBatchPages;
  EXPECT_NEAR(static_cast<double>(b.migrator.stats().copied_again), pages * written,
              4 * std::sqrt(pages * written * (1 - written)));
  EXPECT_EQ(b.migrator.stats().unmapped_at_last, b.migrator.stats().copied_again);
}

/// Sixteen pages take a flush and sixteen copies, each way.
TEST(Migrator, MovesBackWhatIsWantedBackWhileItIsCopied) {
  MigratorBench b(one_batch_at_a_time());
  b.migrator.want(0, false);
  b.migrator.go_on();
  b.sim.run_until(Time{8ms});
  b.migrator.want(0, true);
  b.migrator.go_on();
  b.migrator.check_invariants();
  b.sim.run_until(Time{20ms});
  EXPECT_FALSE(b.memory.is_fast(0));
  b.migrator.check_invariants();
  b.sim.run_until(Time{1s});
  EXPECT_TRUE(b.memory.is_fast(0));
  EXPECT_EQ(b.migrator.stats().to_slow, kBatchPages);
  EXPECT_EQ(b.migrator.stats().to_fast, kBatchPages);
  EXPECT_EQ(b.migrator.stats().migrating, 2 * (1ms + kBatchPages * 1ms));
  b.migrator.check_invariants();
}

TEST(Migrator, MovesOnceWhatIsWantedBackAndThenNot) {
  MigratorBench b(one_batch_at_a_time());
  b.migrator.want(0, false);
  b.migrator.go_on();
  b.sim.run_until(Time{8ms});
  b.migrator.want(0, true);
  b.migrator.want(0, false);
  b.sim.run_until(Time{1s});
  EXPECT_FALSE(b.memory.is_fast(0));
  EXPECT_EQ(b.migrator.stats().to_fast, 0);
  EXPECT_EQ(b.migrator.waiting(), 0);
  b.migrator.check_invariants();
}

TEST(Migrator, RefusesWhatTheFastTierHasNoRoomFor) {
  TieringParams p = one_batch_at_a_time();
  p.fast_memory = sim::Bytes{std::int64_t{kBatches - 1} * kBatchPages * 4096};
  MigratorBench b(p);
  b.memory.move(0);
  b.memory.move(1);
  b.migrator.want(0, true);
  b.migrator.want(1, true);
  b.migrator.go_on();
  b.sim.run_until(Time{10s});
  EXPECT_TRUE(b.memory.is_fast(0));
  EXPECT_FALSE(b.memory.is_fast(1));
  EXPECT_EQ(b.migrator.stats().refused, kBatchPages);
  b.migrator.check_invariants();
}

TEST(Migrator, OnlyRemapsAPageWhoseCopyIsStillValid) {
  TieringParams p = one_batch_at_a_time();
  p.migration.keep_copies = true;
  MigratorBench b(p);
  b.move(2, false);
  b.move(2, true);
  b.set_writes(1, 1e6);  // and its copies are not
  const MigratorStats before = b.migrator.stats();
  EXPECT_EQ(before.remapped, 0);
  b.move(2, false);
  const MigratorStats stats = b.migrator.stats() - before;
  EXPECT_EQ(stats.remapped, kBatchPages);
  EXPECT_EQ(stats.copied, kBatchPages);
  EXPECT_EQ(stats.migrating, (kBatchPages * 100us + 1ms) + (1ms + kBatchPages * 1ms));
}

TEST(Migrator, CopiesUnwrittenPagesTooWhenTiersAreExclusive) {
  MigratorBench b(one_batch_at_a_time());
  b.move(2, false);
  b.move(2, true);
  b.move(2, false);
  EXPECT_EQ(b.migrator.stats().remapped, 0);
  EXPECT_EQ(b.migrator.stats().copied, 3 * 2 * kBatchPages);
}

}  // namespace
}  // namespace tiering
