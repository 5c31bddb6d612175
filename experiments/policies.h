// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "experiments/policy_params.h"
#include "subsystems/scheduling/policies/policy.h"

namespace experiments {

/// The one place that knows every policy by name.
std::unique_ptr<scheduling::Policy> make_policy(const PolicyParams& params);

}  // namespace experiments
