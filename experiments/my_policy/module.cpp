// SPDX-License-Identifier: Apache-2.0
#include "my_policy.h"
#include "subsystems/scheduling/policies/policy_module.h"

// What wavesim finds in the library: the class, the policy's name, and a version in any form.
WAVESIM_POLICY(MyPolicy, "my_policy", "0.1");
