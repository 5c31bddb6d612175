// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "subsystems/memory/policies/policy.h"

namespace tiering {

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
