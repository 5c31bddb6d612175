// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "experiments/commands/command_tree.h"

namespace commands {

/// The script for fish, which wants a line for each thing that may be completed.
std::string fish_completion(const CommandTree& program);

}  // namespace commands
