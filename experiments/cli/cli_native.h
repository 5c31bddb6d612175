// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "experiments/cli/cli_command.h"

namespace experiments {

/// The group of commands that run on this machine instead of simulating one.
void add_native(CLI::App& app, Action& action);

}  // namespace experiments
