// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "experiments/commands/command_tree.h"

namespace commands {

/// The manual page, wavesim(1), for man or groff; to `out`, or to standard output.
int man(const CommandTree& program, const std::string& out);

}  // namespace commands
