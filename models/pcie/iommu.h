// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/pcie/params.h"

namespace pcie {

/// Translations of device addresses, least recently used out first.
///
/// Not modelled: several walks at a time sharing walkers, page-walk caches, invalidations, the
/// translations themselves (addresses are used as they come).
class Iommu {
 public:
  struct Stats {
    std::int64_t hits = 0;
    std::int64_t misses = 0;

    static void describe(auto&& stat) {
      stat(&Stats::hits, "hits", "accesses whose translation was held");
      stat(&Stats::misses, "misses", "accesses whose translation had to be walked");
    }
  };

  explicit Iommu(const IommuParams& params);

  /// What every access pays.
  Duration lookup() const { return params_.enabled ? params_.hit : Duration{}; }
  /// What this one pays besides; its translation is held from then on.
  Duration walk(std::uint64_t address);

  const Stats& stats() const { return stats_; }

 private:
  struct Translation {
    std::uint64_t page;
    std::uint64_t last_use;  // accesses are counted
  };
  using Place = std::size_t;  // in `held_`

  bool holds(std::uint64_t page, Place place) const {
    return place < held_.size() && held_[place].page == page;
  }
  Place find(std::uint64_t page) const;
  Place hold(std::uint64_t page);

  const IommuParams params_;
  Stats stats_;
  std::uint64_t uses_ = 0;
  std::vector<Translation> held_;
  std::array<Place, 256> seen_{};  // by the page's last bits: where one of those pages was last
};

}  // namespace pcie
