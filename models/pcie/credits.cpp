// SPDX-License-Identifier: Apache-2.0
#include "models/pcie/credits.h"

namespace pcie {

Credits::Credits(int packets, int units)
    : packets_(packets),
      units_(units),
      payload_limited_(units > 0),
      ring_(static_cast<std::size_t>(packets)) {}

sim::Time Credits::available(sim::Bytes payload) const {
  if (ring_.empty()) return sim::Time::min();
  const std::int64_t needed = units_for(payload);
  std::int64_t packets = packets_;
  std::int64_t units = units_;
  sim::Time when = sim::Time::min();
  for (std::size_t i = 0; !enough(packets, units, needed); ++i) {
    SIM_CHECK(i < count_);
    when = oldest(i).back;
    units += oldest(i).units;
    ++packets;
  }
  return when;
}

}  // namespace pcie
