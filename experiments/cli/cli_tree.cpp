// SPDX-License-Identifier: Apache-2.0
#include "experiments/cli/cli_tree.h"

#include <CLI/CLI.hpp>

namespace experiments {
namespace {

/// What has to follow an option, as in "N"; CLI11 puts what it checks behind a colon.
std::string value_of(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  return option.get_items_expected_max() == 0 ? "" : type.substr(0, type.find(':'));
}

commands::Argument argument_of(const CLI::Option& option) {
  commands::Argument argument{
      .names = {}, .value = value_of(option), .about = option.get_description()};
  for (const std::string& name : option.get_snames()) argument.names.push_back('-' + name);
  for (const std::string& name : option.get_lnames()) argument.names.push_back("--" + name);
  return argument;
}

}  // namespace

std::string full_name(const CLI::App& app) {
  const CLI::App* parent = app.get_parent();
  if (parent == nullptr || parent->get_parent() == nullptr) return app.get_name();
  return full_name(*parent) + ' ' + app.get_name();
}

commands::CommandTree tree_of(const CLI::App& app) {
  commands::CommandTree tree{.name = app.get_parent() == nullptr ? "" : full_name(app),
                             .about = app.get_description(),
                             .footer = app.get_footer(),
                             .options = {},
                             .operands = {},
                             .commands = {}};
  for (const CLI::Option* option : app.get_options())
    (option->get_positional() ? tree.operands : tree.options).push_back(argument_of(*option));
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
    tree.commands.push_back(tree_of(*command));
  return tree;
}

}  // namespace experiments
