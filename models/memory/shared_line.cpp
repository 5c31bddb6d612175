// SPDX-License-Identifier: Apache-2.0
#include "models/memory/shared_line.h"

#include <utility>

namespace memory {

/// Between others: it becomes one with those that it touches.
void SharedLine::insert(Period taken) {
  for (Period& period : periods_) {
    if (period.end == taken.begin)
      taken.begin = std::exchange(period, {}).begin;
    else if (period.begin == taken.end)
      taken.end = std::exchange(period, {}).end;
  }
  Period& oldest = *std::ranges::min_element(periods_, {}, &Period::end);
  if (oldest.end < taken.end) oldest = taken;
  std::ranges::sort(periods_, {}, &Period::begin);
}

}  // namespace memory
