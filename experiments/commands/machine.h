// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "experiments/commands/experiment_options.h"

namespace commands {

struct MachineOptions {
  ExperimentOptions experiment;  // without a file: the default machine
  bool dot = false;
};

/// What it takes to get from part to part, for people.
std::string machine_summary(const experiments::MachineParams& params);

/// The machine as a picture for Graphviz, or as a list of what it takes to get from part to part.
int machine(const MachineOptions& options);

}  // namespace commands
