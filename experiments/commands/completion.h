// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "experiments/commands/command_tree.h"

namespace commands {

/// A script that a shell reads to complete wavesim's commands, options, files, and the parameters
/// after --set, for which it asks the program itself. `shell` is bash, or zsh, which reads bash's,
/// or fish.
int completion(const CommandTree& program, const std::string& shell);

}  // namespace commands
