// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "experiments/commands/command_tree.h"

// NOLINTNEXTLINE(readability-identifier-naming): CLI11's own
namespace CLI {  // NOLINT(readability-identifier-naming): CLI11's
class App;
}

namespace experiments {

/// A command's name with those of the groups it is in, the program's left out: "capture rocksdb".
std::string full_name(const CLI::App& app);

/// A command and all below it, as what CLI11 has been told of them.
commands::CommandTree tree_of(const CLI::App& app);

}  // namespace experiments
