// SPDX-License-Identifier: Apache-2.0
#include "subsystems/memory/policies/rate_meter.h"

#include "subsystems/memory/policies/page_touches.h"

namespace tiering {

RateMeter::RateMeter(const Part& part) : sums_(static_cast<std::size_t>(part.batches)) {
  for (int accessed = 0; accessed <= part.pages; ++accessed)
    accesses_.push_back(static_cast<float>(accesses_told(accessed, part.pages)));
  for (int period = 0; period < part.periods; ++period)
    lengths_.push_back(static_cast<float>(part.length(static_cast<Period>(period)).count()));
}

void RateMeter::estimate(std::span<float> rates) {
  for (std::size_t i = 0; i < sums_.size(); ++i) {
    Sum& sum = sums_[i];
    if (sum.seconds > 0) sum.rate = sum.accesses / sum.seconds;
    rates[i] = sum.rate;
  }
}

void RateMeter::clear() {
  for (Sum& sum : sums_) sum.accesses = sum.seconds = 0;
}

}  // namespace tiering
