// SPDX-License-Identifier: Apache-2.0
#include "experiments/cli/cli_options.h"

#include <cerrno>
#include <cstdlib>
#include <string>

namespace experiments {

using commands::ExperimentOptions;
using commands::Form;

namespace {

/// CLI11 reads what is negative or too large as the largest number. Whatever else is no number it
/// refuses by itself.
std::string require_seed(const std::string& text) {
  errno = 0;
  std::strtoull(text.c_str(), nullptr, 0);
  const bool fits = errno != ERANGE && text.find('-') == std::string::npos;
  return fits ? "" : text + " is not from 0 to 2^64 - 1";
}

void add_seed_option(CLI::App& app, auto& seed, const char* about) {
  app.add_option("--seed", seed, about)->type_name("N")->check(require_seed);
}

}  // namespace

void add_seed(CLI::App& app, std::uint64_t& seed, const char* about) {
  add_seed_option(app, seed, about);
}

void add_seed(CLI::App& app, std::optional<std::uint64_t>& seed, const char* about) {
  add_seed_option(app, seed, about);
}

void add_out(CLI::App& app, std::string& out) {
  app.add_option("--out", out, "write to this file, whole or not at all")->type_name("FILE");
}

void add_settings(CLI::App& app, ExperimentOptions& o) {
  app.add_option("--set", o.assignments, "set a value, as in --set system.workers=8; may repeat")
      ->type_name("PATH=VALUE")
      ->allow_extra_args(false);
  app.add_option("--machine", o.machine,
                 "a machine to use instead of the default one, as wavesim calibrate writes it")
      ->type_name("FILE");
}

void add_policy(CLI::App& app, ExperimentOptions& o) {
  app.add_option("--policy", o.policy,
                 "a scheduling policy of yours to run in place of the file's, in a shared object; "
                 "its code runs inside wavesim, with all of your rights (docs/writing_a_policy.md)")
      ->type_name("FILE");
}

void add_run_options(CLI::App& app, ExperimentOptions& o) {
  add_settings(app, o);
  add_policy(app, o);
  add_seed(app, o.seed, "of the first replication");
  app.add_option("--replications", o.replications, "independent runs of each point")
      ->type_name("N");
  app.add_option("--jobs", o.jobs, "runs at once; never changes a result [number of cores]")
      ->type_name("N")
      ->check(CLI::Range(1, 1024));
}

void add_file(CLI::App& app, ExperimentOptions& o) {
  app.add_option("file", o.file, "the experiment")->type_name("FILE")->required();
}

void add_markdown(CLI::App& app, Form& form) {
  app.add_flag_callback(
      "--markdown", [&form] { form = Form::kMarkdown; }, "as Markdown");
}

void add_form(CLI::App& app, Form& form) {
  CLI::Option* json = app.add_flag_callback(
      "--json", [&form] { form = Form::kJson; }, "as JSON");
  add_markdown(app, form);
  app.get_option("--markdown")->excludes(json);
}

}  // namespace experiments
