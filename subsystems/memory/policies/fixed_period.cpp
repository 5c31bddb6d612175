// SPDX-License-Identifier: Apache-2.0
#include "subsystems/memory/policies/fixed_period.h"

#include <algorithm>

#include "subsystems/memory/policies/scan_check.h"

namespace tiering {

void FixedPeriod::observe(std::span<const Scan> scans, Work& work) {
  for (const Scan& scan : scans)
    if (is_possible(scan, part_)) meter_.add(told_[static_cast<std::size_t>(scan.batch)], scan);
  work.scans += std::ssize(scans);
}

void FixedPeriod::choose_periods(std::span<Period> next, Work&) {
  std::ranges::fill(next, period_);
  for (Told& told : told_) told.clear();
}

void FixedPeriod::estimate(std::span<float> rates, Work& work) {
  std::ranges::transform(told_, rates.begin(), &Told::estimate);
  work.visits += part_.batches;
}

}  // namespace tiering
