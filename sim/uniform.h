// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/random.h"

namespace sim {

/// From 0 to below 1, in steps of 2^-53.
inline double uniform(Draws& draws) {
  return static_cast<double>(draws() >> 11) * 0x1p-53;
}

/// Something that happens with this probability.
inline bool chance(double probability, Draws& draws) {
  return uniform(draws) < probability;
}

}  // namespace sim
