// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "sim/describe.h"
#include "sim/member_wise.h"
#include "sim/simulation.h"
#include "subsystems/memory/page_table.h"

namespace tiering {

/// Accesses are expected numbers, not draws.
struct AccessStats {
  double fast = 0;
  double slow = 0;
  std::int64_t flushes = 0;
  double refills = 0;
  double waits = 0;
  double waited = 0;

  static void describe(auto&& stat) {
    stat(&AccessStats::fast, "fast", "accesses to the fast tier");
    stat(&AccessStats::slow, "slow", "accesses to the slow tier");
    stat(&AccessStats::flushes, "flushes", "times that the TLBs of all its cores were flushed");
    stat(&AccessStats::refills, "refills", "walks that its cores took because of that");
    stat(&AccessStats::waits, "waits", "accesses to pages that were unmapped to be copied");
    stat(&AccessStats::waited, "waited", "seconds that they waited");
  }
  double hit_rate() const { return fast + slow > 0 ? fast / (fast + slow) : 1; }
  friend AccessStats operator-(const AccessStats& a, const AccessStats& b) {
    return sim::difference(a, b);
  }
};

/// An application's memory in two tiers: which batches the fast one holds, and which accesses go
/// where. In the beginning it holds everything.
class TieredMemory {
 public:
  TieredMemory(sim::Simulation& sim, Batch batches, int pages, std::uint64_t seed,
               const TlbSetup& tlb = {});

  PageTable& table() { return table_; }
  const PageTable& table() const { return table_; }
  Batch batches() const { return table_.batches(); }

  /// The application changes its ways: from now on each page of `batch` is accessed so often, and
  /// written by a share of these accesses.
  void set_accesses(Batch batch, Level per_second, double written = 0);

  /// It reads each page of `batch` once now, besides.
  void touch_all(Batch batch);

  /// The TLBs of all its cores are flushed.
  void flush();
  /// From now on flushes are remembered for so long.
  void remember_flushes(sim::Duration span) { remembered_ = span; }
  /// The last one, and how many there were since, as far as they are remembered.
  std::optional<sim::Time> flushed() const;
  int flushes_since(sim::Time when) const;

  /// A share of the batch's pages are unmapped for `span`, and who accesses them waits for its end.
  void unmap(Batch batch, double share, sim::Duration span);

  /// For an application that is known page by page: it accesses these pages of `batch` now, writes
  /// some of them, and from now on accesses so many pages in a second, which it will name then.
  void visit(Batch batch, std::uint64_t pages, std::uint64_t written, double per_second);

  bool is_fast(Batch batch) const { return fast_[PageTable::index(batch)] != 0; }
  /// The batch's pages are in the other tier from now on.
  void move(Batch batch);

  std::int64_t fast_pages() const { return fast_batches_ * table_.pages(); }
  /// Of the present accesses.
  double slow_share() const;
  /// So far.
  AccessStats accesses();

  /// What must hold at any instant; throws std::logic_error with what does not.
  void check_invariants() const;

 private:
  void count();
  double& rate_of(bool fast) { return fast ? fast_rate_ : slow_rate_; }

  sim::Simulation& sim_;
  const int cores_;
  PageTable table_;
  std::vector<std::uint8_t> fast_;
  std::int64_t fast_batches_;
  double refills_to_come_ = 0;     // counted for the last flush, as if there were no other
  std::deque<sim::Time> flushed_;  // the last one, and those that are remembered
  sim::Duration remembered_{};
  double fast_rate_ = 0;  // accesses in a second
  double slow_rate_ = 0;
  sim::Time counted_{};
  AccessStats accesses_;
};

}  // namespace tiering
