// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "experiments/policy/policy_params.h"
#include "subsystems/scheduling/policies/policy.h"

namespace experiments {

/// The one place that knows every policy by name. What the policy's code costs, if that is metered,
/// is charged to `runtime`. Throws sim::ConfigError if the policy comes from a library that is not
/// what `resolve_policy` found.
std::unique_ptr<scheduling::Policy> make_policy(const PolicyParams& params, wave::Runtime& runtime);

/// For a runtime on which code takes its own time: nothing is charged.
std::unique_ptr<scheduling::Policy> make_policy(const PolicyParams& params);

/// If the policy comes from a library: finds that, from `folder` on, notes its build, and tries
/// whether the policy likes its parameters. Throws sim::ConfigError, whose path is the member's.
void resolve_policy(PolicyParams& params, const std::string& folder);

}  // namespace experiments
