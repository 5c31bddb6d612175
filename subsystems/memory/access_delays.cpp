// SPDX-License-Identifier: Apache-2.0
#include "subsystems/memory/access_delays.h"

#include "sim/uniform.h"

namespace tiering {

Delay AccessDelays::of_access(Batch batch, sim::Draws& draws) {
  const sim::Time now = sim_.now();
  PageTable& table = memory_.table();
  Delay delay;
  if (!memory_.is_fast(batch)) delay.slow = costs_.slow_access;
  if (sim::chance(table.sets_bit(batch, now), draws)) delay.setting = costs_.retouch;
  if (const auto flushed = memory_.flushed())
    if (sim::chance(table.refills(batch, *flushed, now), draws)) delay.refilling = costs_.walk;
  delay.waiting = migrator_.unmapped_for(batch, now, draws);
  return delay;
}

}  // namespace tiering
