// SPDX-License-Identifier: Apache-2.0
#include "models/fabric/wire.h"

#include <algorithm>

#include "sim/check.h"

namespace fabric {

using sim::detail::Int128;

Wire::Wire(const PlatformLink& link) : rate_(link.rate) {
  if (!link.flows.empty()) rest_.push_back({Time::min(), rate_});
  for (const FlowRate& flows : link.flows) {
    const std::int64_t left = rate_.bits_per_second() - flows.rate.bits_per_second();
    SIM_CHECK(left > 0);
    rest_.push_back({flows.from, Bandwidth::bits_per_second(left)});
  }
}

/// Counts in bits times picoseconds per second, so that nothing is rounded on the way.
Time Wire::finish_beside_flows(Time start, Bytes size) const {
  Int128 to_send = Int128{size.count} * 8 * 1'000'000'000'000;
  auto next = std::ranges::upper_bound(rest_, start, {}, &Rest::from);
  for (; next != rest_.end(); ++next) {
    const Int128 until_next =
        Int128{(next - 1)->rate.bits_per_second()} * (next->from - start).count();
    if (to_send <= until_next) break;
    to_send -= until_next;
    start = next->from;
  }
  const std::int64_t rate = (next - 1)->rate.bits_per_second();
  return start + Duration{static_cast<std::int64_t>((to_send + rate - 1) / rate)};
}

}  // namespace fabric
