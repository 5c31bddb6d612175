// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace commands {

/// An option or an operand of a command.
struct Argument {
  std::vector<std::string> names;  // "-h", "--help"; of an operand what stands for it, "FILE"
  std::string value;               // what has to follow, as in "FILE" or "PATH=VALUE"; none: a flag
  std::string about;
};

/// A command as the command line knows it, for what is made from all of them: completion and the
/// manual page.
struct CommandTree {
  std::string name;  // in full: "capture rocksdb"; the program's own is empty
  std::string about;
  std::string footer;
  std::vector<Argument> options;
  std::vector<Argument> operands;
  std::vector<CommandTree> commands;
};

}  // namespace commands
