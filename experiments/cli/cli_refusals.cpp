// SPDX-License-Identifier: Apache-2.0
#include "experiments/cli/cli_refusals.h"

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "experiments/cli/cli_tree.h"
#include "sim/config_error.h"
#include "sim/wording.h"

namespace experiments {
namespace {

using Names = std::vector<std::string>;

/// The command that was named last: the one that complaints are about.
const CLI::App& innermost(const CLI::App& app) {
  const auto chosen = app.get_subcommands();
  return chosen.empty() ? app : innermost(*chosen.back());
}

Names names_of_options(const CLI::App& app) {
  Names names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

Names names_of_commands(const CLI::App& app) {
  Names names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(command->get_name());
  }
  return names;
}

std::string help_hint(const CLI::App& app) {
  const std::string command = app.get_parent() == nullptr ? "" : ' ' + full_name(app);
  return "see wavesim" + command + " --help";
}

[[noreturn]] void refuse(const CLI::App& app, const std::string& wrong, const std::string& remedy) {
  const std::string command = app.get_parent() == nullptr ? "" : full_name(app);
  throw sim::ConfigError(command, wrong, remedy);
}

[[noreturn]] void refuse_word(const CLI::App& app, const std::string& word) {
  const Names commands = names_of_commands(app);
  if (word.starts_with("-")) {
    const std::string name = word.substr(0, word.find('='));
    refuse(app, "no such option: " + sim::in_quotes(name),
           sim::suggestion(name, names_of_options(app)));
  }
  if (!commands.empty()) {
    refuse(app, "no such command: " + sim::in_quotes(word), sim::suggestion(word, commands));
  }
  refuse(app, "one word too many: " + sim::in_quotes(word), help_hint(app));
}

}  // namespace

void refuse_command_line(const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App& command = innermost(app);
  const Names unknown = app.remaining(true);
  if (!unknown.empty()) refuse_word(command, unknown.front());
  if (!names_of_commands(command).empty()) {
    refuse(command, "a command is missing", "try " + sim::one_of(names_of_commands(command)));
  }
  refuse(command, sim::repeated(error.what()), help_hint(command));
}

}  // namespace experiments
