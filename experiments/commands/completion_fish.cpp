// SPDX-License-Identifier: Apache-2.0
#include "experiments/commands/completion_fish.h"

#include <fmt/format.h>

namespace commands {
namespace {

/// In single quotes, where fish leaves all but two signs alone.
std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + '\'';
}

std::string last_word(const std::string& name) {
  return name.substr(name.rfind(' ') + 1);
}

/// What must stand before, for the things of a command to be offered.
std::string condition_of(const CommandTree& command) {
  return command.name.empty() ? "__fish_use_subcommand"
                              : "__fish_seen_subcommand_from " + last_word(command.name);
}

std::string begin_of(const CommandTree& command) {
  return "complete -c wavesim -n " + quoted(condition_of(command));
}

/// Where no file is expected, none is offered.
std::string value_of(const Argument& option) {
  if (option.value.empty()) return "";
  if (option.value == "FILE" || option.value == "DIR") return " -r";
  if (option.value.starts_with("PATH"))
    return " -x -a '(wavesim params | string match -r \"^[a-z][a-z0-9_.]*\")'";
  return " -x";
}

std::string line_of(const CommandTree& command, const Argument& option) {
  std::string names;
  for (const std::string& name : option.names)
    names += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
  return begin_of(command) + names + value_of(option) + " -d " + quoted(option.about) + '\n';
}

std::string lines_of(const CommandTree& command) {
  std::string lines;
  for (const CommandTree& below : command.commands)
    lines += fmt::format("{} -f -a {} -d {}\n", begin_of(command), last_word(below.name),
                         quoted(below.about));
  for (const Argument& option : command.options) lines += line_of(command, option);
  for (const CommandTree& below : command.commands) lines += lines_of(below);
  return lines;
}

}  // namespace

std::string fish_completion(const CommandTree& program) {
  return "# Completion of wavesim in fish; made by `wavesim completion fish`.\n" +
         lines_of(program);
}

}  // namespace commands
