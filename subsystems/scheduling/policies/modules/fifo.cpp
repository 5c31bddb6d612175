// SPDX-License-Identifier: Apache-2.0
#include "subsystems/scheduling/policies/fifo.h"

#include "subsystems/scheduling/policies/policy_module.h"

WAVESIM_POLICY(scheduling::Fifo, "fifo");
