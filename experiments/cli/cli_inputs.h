// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "experiments/cli/cli_command.h"

namespace experiments {

/// The commands about what goes into a run: what it may be, is, rests on, and how well it is known.
void add_sensitivity(CLI::App& app, Action& action);
void add_calibrate(CLI::App& app, Action& action);
void add_listings(CLI::App& app, Action& action);
void add_schema(CLI::App& app, Action& action);
void add_machine(CLI::App& app, Action& action);

}  // namespace experiments
