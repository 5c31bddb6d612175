// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "subsystems/scheduling/policies/policy.h"

namespace scheduling::bench {

constexpr Instant kNow{};  // for policies to which the time says nothing

/// All that the policy still has to give, in its order.
inline std::vector<ThreadId> drain(Policy& policy) {
  std::vector<ThreadId> order;
  while (const auto next = policy.pick(0, kNow)) order.push_back(*next);
  return order;
}

}  // namespace scheduling::bench
