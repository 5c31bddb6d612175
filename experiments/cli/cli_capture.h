// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "experiments/cli/cli_command.h"

namespace experiments {

/// The group of commands that measure a real program.
void add_capture(CLI::App& app, Action& action);

}  // namespace experiments
