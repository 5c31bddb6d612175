// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "experiments/cli/cli_command.h"

namespace experiments {

/// The command that lets agents do again what recorded ones did.
void add_replay(CLI::App& app, Action& action);

}  // namespace experiments
