// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "experiments/measure/experiment.h"

// The parts of check(), a file each. Each throws sim::ConfigError with the path of what cannot be.

namespace experiments {

/// Hardware threads of all sockets; refuses a host without any, or with too many.
int host_threads(const zen3::Zen3Params& host);
void check_machine(const MachineParams& machine);
/// The socket's power and clock.
void check_power(const zen3::Zen3Params& host);
void check_host_kind(const ExperimentParams& params);

void check_cores(const ExperimentParams& params);
void check_placement(const ExperimentParams& params);
void check_joined_cores(const ExperimentParams& params);
void check_mappings(const ExperimentParams& params);
void check_queues(const ExperimentParams& params);

void check_memory(const ExperimentParams& params);
void check_rpc(const ExperimentParams& params);

}  // namespace experiments
