// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "experiments/commands/experiment_options.h"

namespace commands {

/// Runs every point and appends each to the results file as soon as it is complete, or to standard
/// output if there is no file. Points that the file has already are not run again, so a sweep that
/// was interrupted goes on where it stopped.
int sweep(const ExperimentOptions& options);

}  // namespace commands
