// SPDX-License-Identifier: Apache-2.0
#include "subsystems/memory/policies/last_scan_threshold.h"

#include <algorithm>

#include "subsystems/memory/policies/scan_check.h"

namespace tiering {

LastScanThreshold::LastScanThreshold(const Part& part, const LastScanThresholdParams& params)
    : part_(part), params_(params), uses_(static_cast<std::size_t>(part.batches)) {}

void LastScanThreshold::observe(std::span<const Scan> scans, Work& work) {
  for (const Scan& scan : scans) {
    if (!is_possible(scan, part_)) continue;
    Use& use = uses_[static_cast<std::size_t>(scan.batch)];
    if (scan.accessed >= params_.accessed)
      use = {.accessed = scan.accessed, .age = 0};
    else
      use.age = std::min(use.age + 1, params_.scans_to_age);
  }
  work.scans += std::ssize(scans);
  work.comparisons += std::ssize(scans);
}

void LastScanThreshold::choose_periods(std::span<Period> next, Work&) {
  std::ranges::fill(next, params_.period);
}

void LastScanThreshold::estimate(std::span<float> rates, Work& work) {
  std::ranges::transform(uses_, rates.begin(), [this](const Use& use) { return rate(use); });
  work.visits += part_.batches;
}

float LastScanThreshold::rate(const Use& use) const {
  if (use.age >= params_.scans_to_age) return 0;
  const double idle = part_.length(params_.period).count() * (use.age + 1);
  return static_cast<float>(use.accessed / idle);
}

}  // namespace tiering
