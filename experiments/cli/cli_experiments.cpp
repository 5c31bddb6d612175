// SPDX-License-Identifier: Apache-2.0
#include "experiments/cli/cli_experiments.h"

#include "experiments/cli/cli_options.h"
#include "experiments/commands/check.h"
#include "experiments/commands/regress.h"
#include "experiments/commands/run.h"
#include "experiments/commands/sweep.h"

namespace experiments {
namespace {

void add_folder(CLI::App& app, commands::ExperimentOptions& o) {
  o.file = kPaper;
  app.add_option("folder", o.file, std::string("targets.json and its experiments [") + kPaper + ']')
      ->type_name("DIR");
}

void add_variants(CLI::App& app, commands::ExperimentOptions& o) {
  app.add_option("--variant", o.variants, "only this variant of the file; may repeat [all]")
      ->type_name("NAME")
      ->allow_extra_args(false);
}

}  // namespace

void add_run(CLI::App& app, Action& action) {
  auto [command, options] =
      add_command(app, action, &commands::run, "run", "run an experiment and print its results",
                  "run experiments/hello.json --set system.workers=12 --replications 5");
  add_file(*command, *options);
  add_run_options(*command, *options);
  add_variants(*command, *options);
  command->add_flag("--check-memory", options->check_memory,
                    "report stale and torn reads of what host and agent share; exit code 1 if any");
  command->add_flag("--json", options->json, "one line of JSON for each point");
  add_out(*command, options->out);
}

void add_sweep(CLI::App& app, Action& action) {
  auto [command, options] = add_command(
      app, action, &commands::sweep, "sweep",
      "run many points; each run is kept as soon as it is over, and what is there stays",
      "sweep experiments/paper/e4.json --out e4.db --jobs 2");
  add_file(*command, *options);
  add_run_options(*command, *options);
  command
      ->add_option("--out", options->out,
                   "add to this store of results, an SQLite file; what it has already is not run "
                   "again [one line of JSON for each point, to standard output]")
      ->type_name("FILE");
  command
      ->add_option("--shard", options->shard,
                   "only this part of the points, as 2/8: the second of eight")
      ->type_name("I/N");
}

void add_check(CLI::App& app, Action& action) {
  auto [command, options] = add_command(app, action, &commands::check, "check",
                                        "read an experiment and list its runs; simulate nothing",
                                        "check experiments/paper/e4.json --set system.workers=8");
  add_file(*command, *options);
  add_run_options(*command, *options);
  add_variants(*command, *options);
  command->add_flag("--json", options->json, "every point in full, one line of JSON each");
  add_out(*command, options->out);
}

void add_regress(CLI::App& app, Action& action) {
  auto [command, options] = add_command(
      app, action, &commands::regress, "regress", "the paper's numbers beside the simulation's",
      "regress --baseline old.json --markdown --junit regress.xml");
  add_folder(*command, options->experiment);
  add_run_options(*command, options->experiment);
  add_form(*command, options->form);
  command
      ->add_option(
          "--baseline", options->baseline,
          "fail when a value moved away from this earlier one by more than chance explains")
      ->type_name("FILE");
  command->add_option("--accept", options->accept, "write these values as a baseline")
      ->type_name("FILE");
  command->add_option("--junit", options->junit, "write a JUnit test report")->type_name("FILE");
  command->add_option("--report", options->report, "write a report to look at in a browser")
      ->type_name("FILE");
  add_out(*command, options->experiment.out);
}

}  // namespace experiments
