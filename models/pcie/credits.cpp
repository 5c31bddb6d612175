// SPDX-License-Identifier: Apache-2.0
#include "models/pcie/credits.h"

namespace pcie {

Credits::Credits(int packets, int units)
    : packets_(packets), units_(units), limited_(packets > 0), payload_limited_(units > 0) {}

sim::Time Credits::available(sim::Bytes payload) const {
  if (!limited_) return sim::Time::min();
  const std::int64_t needed = units_for(payload);
  std::int64_t packets = packets_;
  std::int64_t units = units_;
  sim::Time when = sim::Time::min();
  for (std::size_t n = spent_.front_number(); !enough(packets, units, needed); ++n) {
    SIM_CHECK(n != spent_.next_number());
    when = spent_.at(n).back;
    units += spent_.at(n).units;
    ++packets;
  }
  return when;
}

}  // namespace pcie
