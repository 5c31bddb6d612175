// SPDX-License-Identifier: Apache-2.0
#include "models/pcie/iommu.h"

#include <algorithm>

namespace pcie {

Iommu::Iommu(const IommuParams& params) : params_(params) {
  held_.reserve(static_cast<std::size_t>(params.entries) + 1);
}

Duration Iommu::walk(std::uint64_t address) {
  if (!params_.enabled) return {};
  const std::uint64_t page = address / static_cast<std::uint64_t>(params_.page.count);
  const auto found = std::find(held_.begin(), held_.end(), page);
  if (found != held_.end()) {
    std::rotate(held_.begin(), found, found + 1);
    ++stats_.hits;
    return {};
  }
  held_.insert(held_.begin(), page);
  if (held_.size() > static_cast<std::size_t>(params_.entries)) held_.pop_back();
  ++stats_.misses;
  return params_.miss;
}

}  // namespace pcie
