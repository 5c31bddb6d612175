// SPDX-License-Identifier: Apache-2.0
#include "subsystems/memory/policies/rate_meter.h"

#include "subsystems/memory/policies/page_touches.h"

namespace tiering {

RateMeter::RateMeter(const Part& part) {
  for (int accessed = 0; accessed <= part.pages; ++accessed)
    accesses_.push_back(static_cast<float>(accesses_told(accessed, part.pages)));
  for (int period = 0; period < part.periods; ++period)
    lengths_.push_back(static_cast<float>(part.length(static_cast<Period>(period)).count()));
}

}  // namespace tiering
