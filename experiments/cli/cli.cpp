// SPDX-License-Identifier: Apache-2.0
#include "experiments/cli/cli.h"

#include <CLI/CLI.hpp>
#include <memory>
#include <sstream>

#include "experiments/cli/cli_agents.h"
#include "experiments/cli/cli_capture.h"
#include "experiments/cli/cli_command.h"
#include "experiments/cli/cli_experiments.h"
#include "experiments/cli/cli_inputs.h"
#include "experiments/cli/cli_native.h"
#include "experiments/cli/cli_options.h"
#include "experiments/cli/cli_refusals.h"
#include "experiments/cli/cli_results.h"
#include "experiments/cli/cli_story.h"
#include "experiments/cli/cli_tree.h"
#include "experiments/commands/completion.h"
#include "experiments/commands/exit_code.h"
#include "experiments/commands/man.h"
#include "experiments/commands/output.h"
#include "experiments/commands/version.h"

// With the other files that begin with cli_ the one place that knows CLI11. They turn the command
// line into the options of a command.

namespace experiments {
namespace {

constexpr const char* kExitCodes =
    "Exit codes: 0 fine; 1 a gate missed; 2 bad input or usage; 3 internal error;\n"
    "            5 a sweep finished with failed points; 130 interrupted\n"
    "Ctrl-C:     gives up what is under way and keeps what is complete; a second one ends at once\n"
    "Example:    wavesim run experiments/hello.json";

// Made from the commands themselves.

/// A command that makes its text from all commands, itself among them; `text` is its one option.
CLI::App* add_about_commands(CLI::App& app, Action& action,
                             int (*run)(const commands::CommandTree&, const std::string&),
                             const char* name, const char* about, const char* example,
                             const std::shared_ptr<std::string>& text) {
  CLI::App* command = app.add_subcommand(name, about);
  command->footer(std::string("Example:\n  ") + example);
  command->callback([&app, &action, run, text] {
    action = [&app, run, text] { return run(tree_of(app), *text); };
  });
  return command;
}

void add_completion(CLI::App& app, Action& action) {
  const auto shell = std::make_shared<std::string>();
  add_about_commands(app, action, &commands::completion, "completion",
                     "a script by which a shell completes commands, options and parameters",
                     "source <(wavesim completion bash)", shell)
      ->add_option("shell", *shell, "bash, zsh or fish")
      ->type_name("SHELL")
      ->required();
}

void add_man(CLI::App& app, Action& action) {
  const auto out = std::make_shared<std::string>();
  add_out(*add_about_commands(app, action, &commands::man, "man", "the manual page",
                              "wavesim man | man -l -", out),
          *out);
}

void add_commands(CLI::App& app, Action& action) {
  add_run(app, action);
  add_sweep(app, action);
  add_export(app, action);
  add_merge(app, action);
  add_check(app, action);
  add_regress(app, action);
  add_report(app, action);
  add_plot(app, action);
  add_sensitivity(app, action);
  add_calibrate(app, action);
  add_trace(app, action);
  add_explain(app, action);
  add_listings(app, action);
  add_schema(app, action);
  add_machine(app, action);
  add_capture(app, action);
  add_native(app, action);
  add_replay(app, action);
  add_completion(app, action);
  add_man(app, action);
}

/// Help and version come as exceptions too.
int answer_or_refuse(const CLI::App& app, const CLI::ParseError& error) {
  if (error.get_exit_code() != 0) refuse_command_line(app, error);
  std::ostringstream text;
  app.exit(error, text, text);
  commands::print(text.str());
  return commands::kFine;
}

}  // namespace

int run_command_line(int argc, char** argv) {
  CLI::App app{"Simulates server system software whose decisions are made on SmartNIC cores.",
               "wavesim"};
  app.set_version_flag("--version", commands::version());
  app.footer(kExitCodes);
  app.require_subcommand(1);
  Action action;
  add_commands(app, action);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return answer_or_refuse(app, error);
  }
  return action();
}

}  // namespace experiments
