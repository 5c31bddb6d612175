// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "experiments/commands/experiment_options.h"

namespace commands {

/// Reads an experiment, checks every point and prints what `run` would run.
int check(const ExperimentOptions& options);

}  // namespace commands
