// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>

namespace workloads {

/// The logarithm of a lognormal with this standard deviation / mean has this standard deviation.
inline double sigma_for(double variation) {
  return std::sqrt(std::log1p(variation * variation));
}

}  // namespace workloads
