// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <string>

namespace experiments {

/// What the command line turns out to ask for.
using Action = std::function<int()>;

/// A command whose options live as long as the action that uses them.
template <class Options>
struct Command {
  CLI::App* app;
  std::shared_ptr<Options> options;
};

/// `example` is shown by the command's help, after the program's name.
template <class Options>
Command<Options> add_command(CLI::App& parent, Action& action, int (*run)(const Options&),
                             const char* name, const char* about, const char* example) {
  Command<Options> command{parent.add_subcommand(name, about), std::make_shared<Options>()};
  command.app->footer(std::string("Example:\n  wavesim ") + example);
  command.app->callback([&action, run, options = command.options] {
    action = [run, options] { return run(*options); };
  });
  return command;
}

}  // namespace experiments
