// SPDX-License-Identifier: Apache-2.0
#include "subsystems/memory/access_delays.h"

namespace tiering {

Delay AccessDelays::of_access(Batch batch, sim::Draws& draws) {
  const sim::Time now = sim_.now();
  PageTable& table = memory_.table();
  const auto happens = [&draws](double probability) {
    return static_cast<double>(draws() >> 11) * 0x1p-53 < probability;
  };
  Delay delay;
  if (!memory_.is_fast(batch)) delay.slow = costs_.slow_access;
  if (happens(table.sets_bit(batch, now))) delay.setting = costs_.retouch;
  if (const auto flushed = memory_.flushed())
    if (happens(table.refills(batch, *flushed, now))) delay.refilling = costs_.walk;
  delay.waiting = migrator_.unmapped_for(batch, now, draws);
  return delay;
}

}  // namespace tiering
