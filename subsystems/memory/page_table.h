// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "sim/random.h"
#include "sim/units.h"
#include "subsystems/memory/policies/policy.h"
#include "subsystems/memory/tlb.h"
#include "subsystems/memory/touch_table.h"

namespace tiering {

/// The access and dirty bits of a large memory, by batches of pages that are accessed alike. No
/// access is an event: how many of a batch's pages have a bit set is drawn when somebody looks,
/// from how often they have been accessed or written on average since the bits were cleared. That
/// is exact for Poisson accesses, whatever the looks (a test compares it with one event an access).
///
/// Access bits are cleared by scans, dirty bits by whoever copies a page: a dirty bit says that the
/// copy is out of date.
///
/// Whether an access sets the bit depends on TLBs: without a flush, those whose translations are
/// still cached do not (tlb.h).
///
/// Pages may be named instead (`access`), for an application that is known page by page.
///
/// Not modelled: where accesses are drawn, pages of one batch that are not alike, and that a page
/// that was written was accessed, too, for who looks at both bits; where pages are named, the TLB:
/// each access sets its bit; writes that leave a dirty bit clear: whoever clears one flushes.
class PageTable {
 public:
  /// Nobody accesses anything yet.
  PageTable(Batch batches, int pages, std::uint64_t seed, const TlbSetup& tlb = {});

  /// Of the batch, in a table of all of them.
  static std::size_t index(Batch batch) { return static_cast<std::size_t>(batch); }

  Batch batches() const { return static_cast<Batch>(bits_.size()); }
  int pages() const { return touched_.pages(); }

  /// From now on each page of the batch is accessed so often in a second; a share are writes.
  void set_accesses(Batch batch, Level per_second, double written, sim::Time now);
  /// Each page of the batch is read at this instant.
  void touch_all(Batch batch) { bits_[index(batch)].before = kUnmissable; }
  /// These of the batch's pages are accessed at this instant, and these of them written. Such a
  /// batch has no accesses that are drawn, and at most 64 pages.
  void access(Batch batch, std::uint64_t pages, std::uint64_t written) {
    bits_[index(batch)].eventful = true;
    events_[index(batch)].accessed |= pages;
    written_[index(batch)] |= written;
  }
  /// Says how often all pages together are accessed in a second, where `access` says which.
  void set_rate(Batch batch, double per_second) { rates_[index(batch)] = per_second; }
  Level accesses(Batch batch) const { return bits_[index(batch)].level; }
  /// Of all its pages, in a second.
  double rate(Batch batch) const { return rates_[index(batch)]; }

  /// Walks of each core that follow a flush of all TLBs, if the next one comes after `span`.
  double refills_within(sim::Duration span);

  // How likely it is for one access, at this instant, to a page of the batch:
  /// To set the access bit, as the first one since it was cleared that is not served by a TLB.
  double sets_bit(Batch batch, sim::Time now);
  /// To fill a TLB again that was flushed at `flushed`.
  double refills(Batch batch, sim::Time flushed, sim::Time now);

  /// What a scan found: how many of a batch's access bits were set, and how long after the scan
  /// before.
  struct Scanned {
    int touched = 0;
    sim::Duration after{};
  };
  static constexpr std::size_t kMostTogether = 16;
  /// Reads and clears the access bits of a batch, or of a few, as if one after the other: what one
  /// of them waits for is fetched while the others are looked at.
  int scan(Batch batch, sim::Time now) {
    Scanned found;
    scan(std::span(&batch, 1), now, std::span(&found, 1));
    return found.touched;
  }
  void scan(std::span<const Batch> batches, sim::Time now, std::span<Scanned> found);
  sim::Time scanned(Batch batch) const { return bits_[index(batch)].scanned; }
  /// Fetches what a scan of the batch, soon, will look at.
  void prefetch(Batch batch) const { __builtin_prefetch(&bits_[index(batch)], 1); }

  /// Reads and clears the dirty bits: how many were set. All are clear in the beginning.
  int take_dirty(Batch batch, sim::Time now);

 private:
  // Accesses to each page: so many that none has none.
  static constexpr float kUnmissable = 1e6;

  /// What tells how many access bits of a batch are set, but for what is rare: small, as scans want
  /// it of one batch after another, most of them not in any cache.
  struct AccessBits {
    sim::Time scanned{};
    float before = 0;       // accesses expected of a page at rates that it had since its last scan
                            // and has no more
    Level level = 0;        // accesses of a page in a second
    bool eventful = false;  // whether there were Events since its last scan
  };
  static_assert(sizeof(AccessBits) == 16);

  /// What happened to a batch since its last scan.
  struct Events {
    sim::Time rated{};           // when it got the present rate
    std::uint64_t accessed = 0;  // pages by name, a bit each
  };

  /// Writes that are expected of a page: `before`, and at `rate` in a second since then.
  struct Writes {
    float before = 0;
    float rate = 0;
    sim::Time since{};

    double by(sim::Time now) const {
      return static_cast<double>(before) + static_cast<double>(rate) * sim::to_seconds(now - since);
    }
  };

  Level level_of_span(sim::Duration span);
  sim::Time begin(std::size_t b) const;
  Level seen(std::size_t b, sim::Time now);
  Level take(std::size_t b, sim::Time now);
  int take_named(std::size_t b);
  void count_levels();

  TouchTable touched_;
  sim::Stream stream_;
  sim::Stream dirty_stream_;
  std::vector<AccessBits> bits_;
  std::vector<Events> events_;
  std::vector<double> rates_;
  Tlb tlb_;
  std::vector<std::int32_t> by_level_;  // batches
  bool levels_changed_ = true;
  std::vector<double> refills_;  // by level of the span, from a nanosecond on; negative: unknown
  std::vector<Writes> writes_;   // since dirty bits were cleared
  std::vector<std::uint64_t> written_;  // pages by name, a bit each, since bits were cleared
  sim::Duration span_{};                // whose level is known
  Level span_level_ = 0;
};

}  // namespace tiering
