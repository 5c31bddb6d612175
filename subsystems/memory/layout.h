// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/units.h"
#include "subsystems/memory/policies/policy.h"

namespace tiering {

/// Of `periods` lengths from `shortest` on, each twice the one before, the one that is nearest to
/// `span`, by ratio: an iteration that is late has scanned more rarely.
inline Period nearest_period(sim::Duration span, sim::Duration shortest, int periods) {
  Period period = 0;
  // Between two the border is their geometric mean, 1.414 times the shorter.
  sim::Duration border = shortest * 181 / 128;
  for (; period + 1 < periods && span > border; border *= 2) ++period;
  return period;
}

/// How memory is dealt out to the agent's threads: in stripes, one after the other. Then whatever
/// region the host scans, all threads have something to do.
struct Layout {
  Batch batches;  // of all memory
  Batch stripe;
  int parts;

  int part(Batch batch) const { return static_cast<int>(batch / stripe % parts); }
  /// A batch's number within its part.
  Batch local(Batch batch) const { return batch / (stripe * parts) * stripe + batch % stripe; }
  Batch global(int part, Batch local) const {
    return (local / stripe * parts + part) * stripe + local % stripe;
  }
  Batch batches_of(int part) const {
    const Batch round = stripe * parts;
    const Batch rest = batches % round - part * stripe;
    return batches / round * stripe + (rest < 0 ? 0 : rest < stripe ? rest : stripe);
  }
};

}  // namespace tiering
