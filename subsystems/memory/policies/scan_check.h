// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "subsystems/memory/policies/policy.h"

namespace tiering {

/// By one comparison: a negative one is a large unsigned one.
inline bool exists(Batch batch, const Part& part) {
  return static_cast<std::uint32_t>(batch) < static_cast<std::uint32_t>(part.batches);
}

/// Whether a scan can have found this. What cannot be is dropped before it is an index anywhere.
inline bool is_possible(const Scan& scan, const Part& part) {
  return exists(scan.batch, part) && scan.period < part.periods && scan.accessed <= part.pages;
}

}  // namespace tiering
