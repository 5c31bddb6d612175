// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>

#include "sim/units.h"

namespace rpc {

/// What a core waits for `lines` lines that each take `each` to come, when so many are under way at
/// a time.
constexpr sim::Duration time_for_lines(std::int64_t lines, sim::Duration each, int ahead) {
  if (lines == 0) return sim::Duration{0};
  return each + (lines - 1) * each / ahead;
}

}  // namespace rpc
