// SPDX-License-Identifier: Apache-2.0
#include "subsystems/memory/policies/fixed_period.h"

#include <algorithm>

#include "subsystems/memory/policies/scan_check.h"

namespace tiering {

void FixedPeriod::observe(std::span<const Scan> scans, Work& work) {
  for (const Scan& scan : scans)
    if (is_possible(scan, part_)) meter_.add(scan);
  work.scans += std::ssize(scans);
}

void FixedPeriod::choose_periods(std::span<Period> next, Work&) {
  std::ranges::fill(next, period_);
  meter_.clear();
}

void FixedPeriod::estimate(std::span<float> rates, Work& work) {
  meter_.estimate(rates);
  work.visits += part_.batches;
}

}  // namespace tiering
