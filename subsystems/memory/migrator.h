// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "models/core/core.h"
#include "sim/ring.h"
#include "subsystems/memory/tiered_memory.h"
#include "subsystems/memory/tiering_params.h"
#include "subsystems/memory/tiering_stats.h"

namespace tiering {

/// The kernel's thread that moves pages between the tiers, as many together as one flush is for.
///
/// Either a page is unmapped while it is copied, as in Linux's migrate_pages; or it stays mapped,
/// and the dirty bit, cleared before, tells whether it was written meanwhile and has to be copied
/// again (Nomad, OSDI 2024). What is written all the time is unmapped in the end. A page that comes
/// to the fast tier may leave its copy behind: while its dirty bit stays clear, it goes back by
/// changing its mapping.
///
/// Not modelled: copying that takes bandwidth from the application's accesses; pages that cannot be
/// moved.
class Migrator {
 public:
  struct Parts {
    const TieringParams& params;
    TieredMemory& memory;
    core::Core& core;
  };
  explicit Migrator(const Parts& parts);

  void start();
  /// The batch is to be in the fast tier, or not. Moves begin at `go_on`.
  void want(Batch batch, bool fast);
  void go_on();

  /// For an access to some page of the batch: for how long that page stays unmapped from `now` on.
  sim::Duration unmapped_for(Batch batch, sim::Time now, sim::Draws& draws) const;

  bool wants_fast(Batch batch) const { return wanted_fast_[PageTable::index(batch)] != 0; }
  /// Batches.
  std::int64_t waiting() const { return static_cast<std::int64_t>(moves_.size()); }
  const MigratorStats& stats() const { return stats_; }
  /// What must hold at any instant; throws std::logic_error with what does not.
  void check_invariants() const;

 private:
  void queue(Batch batch);
  void run();
  void take();
  bool has_room(std::int64_t promoted) const;
  std::int64_t to_copy();
  bool has_copy(Batch batch) const { return has_copy_[PageTable::index(batch)] != 0; }
  std::int64_t take_dirty();
  void unmap(std::int64_t pages);
  void copy_unmapped(std::int64_t pages);
  void copy_mapped(std::int64_t pages);
  void work(std::int64_t pages, sim::Duration each);
  void flush();
  void finish();
  void check_wishes() const;

  const MigrationParams params_;
  const sim::Duration shootdown_;
  const int batch_pages_;
  const std::int64_t room_;  // of the fast tier, in pages
  TieredMemory& memory_;
  core::Core& core_;
  std::vector<std::uint8_t> wanted_fast_;  // by batch
  std::vector<std::uint8_t> queued_;
  std::vector<std::uint8_t> has_copy_;  // in the slow tier, though it is in the fast one
  sim::Ring<Batch> moves_;
  std::vector<Batch> together_;  // that are being moved
  // Of these, the share of pages that are unmapped one after the other from an instant on, for half
  // of the time that moving them takes; then there is a flush, and they are mapped again in turn.
  double unmapped_share_ = 0;
  sim::Time unmapped_from_{};
  sim::Duration half_{};  // of what moving a page takes
  MigratorStats stats_;
};

}  // namespace tiering
