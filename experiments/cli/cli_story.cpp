// SPDX-License-Identifier: Apache-2.0
#include "experiments/cli/cli_story.h"

#include "experiments/cli/cli_options.h"
#include "experiments/commands/explain.h"
#include "experiments/commands/trace.h"

namespace experiments {
namespace {

/// Which run: of what file, with what settings, of which variant.
void add_one_run(CLI::App& app, commands::ExperimentOptions& o, std::string& variant) {
  add_file(app, o);
  add_settings(app, o);
  add_policy(app, o);
  app.add_option("--variant", variant, "which variant of the file [the first]")->type_name("NAME");
}

}  // namespace

void add_trace(CLI::App& app, Action& action) {
  auto [command, options] = add_command(
      app, action, &commands::trace, "trace",
      "record a part of a run, to look at in Perfetto (ui.perfetto.dev)",
      "trace experiments/hello.json --variant wave --from 10ms --for 200us -o hello.perfetto");
  add_one_run(*command, options->experiment, options->variant);
  add_seed(*command, options->experiment.seed, "of the run");
  command->add_option("--from", options->from, "simulated time at which it begins [10ms]")
      ->type_name("TIME");
  command->add_option("--for", options->span, "how much is recorded [200us]")->type_name("TIME");
  command
      ->add_option("-o,--out", options->experiment.out,
                   "the trace: Chrome's JSON if its name ends in .json, else Perfetto's own")
      ->type_name("FILE")
      ->required();
}

void add_explain(CLI::App& app, Action& action) {
  auto [command, options] = add_command(
      app, action, &commands::explain, "explain",
      "tell one scheduling decision step by step: who, what, and why it takes so long; or what a "
      "parameter means (as params does)",
      "explain experiments/paper/e2.json --compare on_host wave_prestaged --html e2.html");
  add_one_run(*command, options->experiment, options->variant);
  command->add_option("--compare", options->compare, "two variants side by side")
      ->type_name("NAME")
      ->expected(2);
  command
      ->add_option("--decision", options->decision,
                   "which decision after the warm-up, from 1 on [a typical one]")
      ->type_name("N");
  add_seed(*command, options->experiment.seed, "of the run");
  command->add_flag("--json", options->experiment.json, "one line of JSON for each story");
  command->add_option("--html", options->html, "draw a sequence diagram into this file")
      ->type_name("FILE");
  add_out(*command, options->experiment.out);
}

}  // namespace experiments
