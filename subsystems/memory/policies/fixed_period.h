// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "subsystems/memory/policies/policy.h"
#include "subsystems/memory/policies/rate_meter.h"

namespace tiering {

/// Scans every batch once in the same period: the shortest, to see all that can be seen, or the
/// longest, to scan as little as possible. Learns nothing.
class FixedPeriod : public Policy {
 public:
  FixedPeriod(const Part& part, Period period)
      : part_(part), period_(period), meter_(part), told_(static_cast<std::size_t>(part.batches)) {}

  void observe(std::span<const Scan> scans, Work& work) override;
  void choose_periods(std::span<Period> next, Work& work) override;
  void estimate(std::span<float> rates, Work& work) override;

 private:
  const Part part_;
  const Period period_;
  const RateMeter meter_;
  std::vector<Told> told_;  // by each batch
};

}  // namespace tiering
