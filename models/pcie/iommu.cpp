// SPDX-License-Identifier: Apache-2.0
#include "models/pcie/iommu.h"

#include <algorithm>

namespace pcie {

Iommu::Iommu(const IommuParams& params) : params_(params) {
  held_.reserve(static_cast<std::size_t>(params.entries));
}

Duration Iommu::walk(std::uint64_t address) {
  if (!params_.enabled) return {};
  const std::uint64_t page = address / static_cast<std::uint64_t>(params_.page.count);
  Place& seen = seen_[page % seen_.size()];
  if (!holds(page, seen)) seen = find(page);
  const bool held = seen < held_.size();
  if (!held) seen = hold(page);
  held_[seen].last_use = ++uses_;
  ++(held ? stats_.hits : stats_.misses);
  return held ? Duration{} : params_.miss;
}

/// Behind the last one if the page is not held.
Iommu::Place Iommu::find(std::uint64_t page) const {
  const auto found = std::ranges::find(held_, page, &Translation::page);
  return static_cast<Place>(found - held_.begin());
}

Iommu::Place Iommu::hold(std::uint64_t page) {
  if (held_.size() < static_cast<std::size_t>(params_.entries)) {
    held_.push_back({page, 0});
    return held_.size() - 1;
  }
  const auto oldest = std::ranges::min_element(held_, {}, &Translation::last_use);
  oldest->page = page;
  return static_cast<Place>(oldest - held_.begin());
}

}  // namespace pcie
