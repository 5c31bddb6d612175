// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "experiments/commands/experiment_options.h"

namespace commands {

/// Runs every point of an experiment and prints what they found, once all are through.
int run(const ExperimentOptions& options);

}  // namespace commands
