// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "experiments/cli/cli_command.h"

namespace experiments {

/// The commands that look into one run.
void add_trace(CLI::App& app, Action& action);
void add_explain(CLI::App& app, Action& action);

}  // namespace experiments
