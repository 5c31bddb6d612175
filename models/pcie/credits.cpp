// SPDX-License-Identifier: Apache-2.0
#include "models/pcie/credits.h"

#include "sim/check.h"

namespace pcie {
namespace {

constexpr sim::Bytes kDataCredit{16};

}  // namespace

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

void Credits::spend(sim::Bytes payload, sim::Time back) {
  if (ring_.empty()) return;
  const std::int64_t needed = units_for(payload);
  while (!enough(packets_, units_, needed)) {
    units_ += oldest(0).units;
    ++packets_;
    first_ = slot(1);
    --count_;
  }
  --packets_;
  units_ -= needed;
  ring_[slot(count_++)] = {back, needed};
}

bool Credits::enough(std::int64_t packets, std::int64_t units, std::int64_t needed) const {
  return packets > 0 && units >= needed;
}

std::int64_t Credits::units_for(sim::Bytes payload) const {
  return payload_limited_ ? divide_up(payload, kDataCredit) : 0;
}

}  // namespace pcie
