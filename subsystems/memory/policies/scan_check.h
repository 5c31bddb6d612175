// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "subsystems/memory/policies/policy.h"

namespace tiering {

/// Whether a scan can have found this. What cannot be is dropped before it is an index anywhere.
inline bool is_possible(const Scan& scan, const Part& part) {
  return scan.batch >= 0 && scan.batch < part.batches && scan.period < part.periods &&
         scan.accessed <= part.pages;
}

}  // namespace tiering
