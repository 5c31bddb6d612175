// SPDX-License-Identifier: Apache-2.0
#pragma once

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
  const IommuParams params_;
  Stats stats_;
  std::vector<std::uint64_t> held_;  // page numbers, most recently used first
};

}  // namespace pcie
