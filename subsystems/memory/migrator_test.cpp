// SPDX-License-Identifier: Apache-2.0
#include "subsystems/memory/migrator.h"

#include <cmath>
#include <gtest/gtest.h>

namespace tiering {
namespace {

using namespace std::chrono_literals;
using sim::Duration;
using sim::Time;

constexpr int kPages = 16;
constexpr Batch kBatches = 2000;

/// A page takes a millisecond, and so does a flush; a batch is moved at a time.
TieringParams one_batch_at_a_time() {
  TieringParams p;
  p.batch_pages = kPages;
  p.application.cores = 1;
  p.host.flush_first = 1ms;
  p.migration.page = 1ms;
  p.migration.remap = 100us;
  p.migration.together = kPages;
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
  TieredMemory memory{sim, kBatches, kPages, 1};
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
    ASSERT_EQ(memory.fast_pages(), (kBatches - (fast ? 0 : batches)) * kPages);
  }
};

TEST(Migrator, CopiesEachPageOnceWhenPagesAreUnmapped) {
  MigratorBench b(one_batch_at_a_time());
  b.set_writes(0, 1e6);
  b.move(2, false);
  EXPECT_EQ(b.migrator.stats().copied, 2 * kPages);
  EXPECT_EQ(b.migrator.stats().copied_again, 0) << "nobody can write what is unmapped";
  EXPECT_EQ(b.migrator.stats().flushes, 2);
  EXPECT_EQ(b.migrator.stats().migrating, 2 * (1ms + kPages * 1ms));
}

TEST(Migrator, FlushesBeforeAndAfterCopyingWhatStaysMapped) {
  MigratorBench b(transactional(3));
  b.move(1, false);
  EXPECT_EQ(b.migrator.stats().copied, kPages);
  EXPECT_EQ(b.migrator.stats().flushes, 2);
  EXPECT_EQ(b.migrator.stats().migrating, 1ms + kPages * 1ms + 1ms);
}

/// Three tries and the copy without the mapping.
TEST(Migrator, UnmapsWhatIsWrittenAllTheTime) {
  MigratorBench b(transactional(3));
  b.set_writes(0, 1e6);
  b.move(1, false);
  EXPECT_EQ(b.migrator.stats().copied, 4 * kPages);
  EXPECT_EQ(b.migrator.stats().copied_again, 3 * kPages);
  EXPECT_EQ(b.migrator.stats().unmapped_at_last, kPages);
  EXPECT_EQ(b.migrator.stats().migrating, 1ms + 3 * (kPages * 1ms + 1ms) + kPages * 1ms);
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
  const double pages = kBatches * kPages;
  EXPECT_NEAR(static_cast<double>(b.migrator.stats().copied_again), pages * written,
              4 * std::sqrt(pages * written * (1 - written)));
  EXPECT_EQ(b.migrator.stats().unmapped_at_last, b.migrator.stats().copied_again);
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
  EXPECT_EQ(stats.remapped, kPages);
  EXPECT_EQ(stats.copied, kPages);
  EXPECT_EQ(stats.migrating, (kPages * 100us + 1ms) + (1ms + kPages * 1ms));
}

TEST(Migrator, CopiesUnwrittenPagesTooWhenTiersAreExclusive) {
  MigratorBench b(one_batch_at_a_time());
  b.move(2, false);
  b.move(2, true);
  b.move(2, false);
  EXPECT_EQ(b.migrator.stats().remapped, 0);
  EXPECT_EQ(b.migrator.stats().copied, 3 * 2 * kPages);
}

}  // namespace
}  // namespace tiering
