// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/units.h"

namespace zen3 {

/// For this folder's tests.
constexpr sim::Frequency mhz(double n) {
  return sim::Frequency::megahertz(n);
}

}  // namespace zen3
