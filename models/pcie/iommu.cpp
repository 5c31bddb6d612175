// SPDX-License-Identifier: Apache-2.0
#include "models/pcie/iommu.h"

#include <algorithm>
#include <utility>

namespace pcie {

Iommu::Iommu(const IommuParams& params) : params_(params) {
  held_.reserve(static_cast<std::size_t>(params.entries));
  first_alike_.fill(kNone);
}

Duration Iommu::walk(std::uint64_t address, Time now) {
  if (!params_.enabled) return {};
  const std::uint64_t page = address / static_cast<std::uint64_t>(params_.page.count);
  const Place place = find(page);
  if (place == kNone) {
    ++stats_.misses;
    become_youngest(hold(page, now + params_.miss));
    return params_.miss;
  }
  ++stats_.hits;
  leave_order(place);
  become_youngest(place);
  return std::max(at(place).there - now, Duration{});
}

Iommu::Place Iommu::find(std::uint64_t page) {
  Place place = first_alike(page);
  while (place != kNone && at(place).page != page) place = at(place).alike;
  return place;
}

Iommu::Place Iommu::hold(std::uint64_t page, Time there) {
  const Place place = place_for_one_more();
  at(place).page = page;
  at(place).there = there;
  at(place).alike = std::exchange(first_alike(page), place);
  return place;
}

/// The oldest one's when all are taken.
Iommu::Place Iommu::place_for_one_more() {
  if (held_.size() < static_cast<std::size_t>(params_.entries)) {
    held_.emplace_back();
    return static_cast<Place>(held_.size() - 1);
  }
  const Place place = oldest_;
  leave_order(place);
  forget(place);
  return place;
}

void Iommu::forget(Place place) {
  Place* link = &first_alike(at(place).page);
  while (*link != place) link = &at(*link).alike;
  *link = at(place).alike;
}

void Iommu::leave_order(Place place) {
  const Translation& gone = at(place);
  (gone.older == kNone ? oldest_ : at(gone.older).younger) = gone.younger;
  (gone.younger == kNone ? youngest_ : at(gone.younger).older) = gone.older;
}

void Iommu::become_youngest(Place place) {
  at(place).older = youngest_;
  at(place).younger = kNone;
  (youngest_ == kNone ? oldest_ : at(youngest_).younger) = place;
  youngest_ = place;
}

}  // namespace pcie
