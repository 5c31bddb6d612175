// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "experiments/cli/cli_command.h"

namespace experiments {

/// The commands that simulate what an experiment or the paper's folder says, or list it.
void add_run(CLI::App& app, Action& action);
void add_sweep(CLI::App& app, Action& action);
void add_check(CLI::App& app, Action& action);
void add_regress(CLI::App& app, Action& action);

}  // namespace experiments
