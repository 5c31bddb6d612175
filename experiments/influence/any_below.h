// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>

#include "sim/uniform.h"

namespace influence {

/// One of 0 to n - 1, each as likely.
inline std::size_t any_below(std::size_t n, sim::Draws& draws) {
  return std::min(n - 1, static_cast<std::size_t>(sim::uniform(draws) * static_cast<double>(n)));
}

}  // namespace influence
