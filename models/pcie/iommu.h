// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "models/pcie/params.h"

namespace pcie {

/// Translations of device addresses, least recently used out first. One takes an entry as soon as
/// its walk begins.
///
/// Not modelled: several walks at a time sharing walkers, page-walk caches, invalidations, the
/// translations themselves (addresses are used as they come).
class Iommu {
 public:
  struct Stats {
    std::int64_t hits = 0;
    std::int64_t misses = 0;

    static void describe(auto&& stat) {
      stat(&Stats::hits, "hits", "accesses whose translation was held or on its way");
      stat(&Stats::misses, "misses", "accesses whose translation had to be walked");
    }
  };

  explicit Iommu(const IommuParams& params);

  /// What every access pays.
  Duration lookup() const { return params_.enabled ? params_.hit : Duration{}; }
  /// What an access at `now` pays besides: a walk, or the rest of one that an earlier access to the
  /// page began. `now` never goes back.
  Duration walk(std::uint64_t address, Time now);

  const Stats& stats() const { return stats_; }

 private:
  using Place = std::int32_t;  // of a translation
  static constexpr Place kNone = -1;
  struct Translation {
    std::uint64_t page;
    Time there;   // when its walk is over
    Place alike;  // the next one whose page ends in the same bits
    Place older;  // by last use
    Place younger;
  };

  Translation& at(Place place) { return held_[static_cast<std::size_t>(place)]; }
  Place& first_alike(std::uint64_t page) { return first_alike_[page % first_alike_.size()]; }
  Place find(std::uint64_t page);
  Place hold(std::uint64_t page, Time there);
  Place place_for_one_more();
  void forget(Place place);
  void leave_order(Place place);
  void become_youngest(Place place);

  const IommuParams params_;
  Stats stats_;
  std::vector<Translation> held_;
  std::array<Place, 256> first_alike_;
  Place oldest_ = kNone;
  Place youngest_ = kNone;
};

}  // namespace pcie
