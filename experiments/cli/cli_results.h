// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "experiments/cli/cli_command.h"

namespace experiments {

/// The commands that take results.
void add_export(CLI::App& app, Action& action);
void add_merge(CLI::App& app, Action& action);
void add_report(CLI::App& app, Action& action);
void add_plot(CLI::App& app, Action& action);

}  // namespace experiments
