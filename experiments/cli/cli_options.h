// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "experiments/cli/cli_command.h"
#include "experiments/commands/experiment_options.h"
#include "experiments/commands/listing.h"

namespace experiments {

/// The folder of the paper's experiments.
inline constexpr const char* kPaper = "experiments/paper";

/// Options that several commands have.
void add_out(CLI::App& app, std::string& out);
void add_settings(CLI::App& app, commands::ExperimentOptions& o);
/// For what runs a policy.
void add_policy(CLI::App& app, commands::ExperimentOptions& o);
/// Settings and policy among them.
void add_run_options(CLI::App& app, commands::ExperimentOptions& o);
/// `seed` is a number, or nothing until the option is given.
void add_seed(CLI::App& app, std::uint64_t& seed, const char* about);
void add_seed(CLI::App& app, std::optional<std::uint64_t>& seed, const char* about);
void add_file(CLI::App& app, commands::ExperimentOptions& o);
void add_markdown(CLI::App& app, commands::Form& form);
/// As JSON or Markdown.
void add_form(CLI::App& app, commands::Form& form);

}  // namespace experiments
