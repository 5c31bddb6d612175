// SPDX-License-Identifier: Apache-2.0
#include "experiments/cli/cli_inputs.h"

#include "experiments/cli/cli_options.h"
#include "experiments/commands/calibrate.h"
#include "experiments/commands/listing.h"
#include "experiments/commands/machine.h"
#include "experiments/commands/schema.h"
#include "experiments/commands/sensitivity.h"

namespace experiments {
namespace {

void add_listing(CLI::App& app, Action& action, int (*run)(const commands::ListingOptions&),
                 const char* name, const char* about, const char* example) {
  auto [command, options] = add_command(app, action, run, name, about, example);
  command->add_option("prefix", options->prefix, "only what lies below this path")
      ->type_name("PATH");
  add_form(*command, options->form);
  add_out(*command, options->out);
}

/// Of what, and what about it.
void add_question(CLI::App& command, commands::SensitivityOptions& o) {
  CLI::Option* value =
      command.add_option("--value", o.value, "of what: [VARIANT[/VARIANT]] VALUE, or a difference");
  CLI::Option* flip =
      command.add_option("--flip", o.flip, "where does this claim end: A > B VALUE, ...");
  flip->excludes(value);
  command
      .add_option("--conclusions", o.conclusions,
                  "which of the conclusions in this file, of experiments in the folder, survive "
                  "each parameter at both ends of its range")
      ->type_name("FILE")
      ->excludes(value)
      ->excludes(flip);
}

/// What is done to the parameters.
void add_method(CLI::App& command, commands::SensitivityOptions& o) {
  command
      .add_option("--morris", o.trajectories,
                  "screening by elementary effects, in so many trajectories")
      ->type_name("N")
      ->check(CLI::Range(2, 10000))
      ->needs(command.get_option("--value"));
  CLI::Option* sobol =
      command
          .add_option("--sobol", o.rows,
                      "each parameter's share of the variance, alone and with its interactions, "
                      "from so many rows of a run for each parameter and two more; of the "
                      "parameters that a screening ranks highest")
          ->type_name("N")
          ->check(CLI::Range(8, 100000))
          ->needs(command.get_option("--value"));
  command.add_option("--top", o.top, "of how many parameters, for --sobol [4]")
      ->type_name("N")
      ->check(CLI::Range(1, 100))
      ->needs(sobol);
  command.add_option("--beyond", o.beyond, "look for a flip up to so many times beyond the range")
      ->type_name("X")
      ->check(CLI::Range(1.0, 1000.0))
      ->needs(command.get_option("--flip"));
}

}  // namespace

void add_sensitivity(CLI::App& app, Action& action) {
  auto [command, options] =
      add_command(app, action, &commands::sensitivity, "sensitivity",
                  "vary each assumed or recalled parameter over its range: which matter most",
                  "sensitivity experiments/paper/e3.json --value 'prestaged/unoptimised "
                  "saturation_krps'\n  wavesim sensitivity experiments/paper/e4_saturation.json "
                  "--flip 'wave_16 > on_host saturation_krps'\n  wavesim sensitivity "
                  "experiments --conclusions experiments/influence/conclusions.json");
  options->experiment.file = kPaper;
  command
      ->add_option("file", options->experiment.file,
                   std::string("an experiment, for --value and --flip; else the folder of the "
                               "paper's [") +
                       kPaper + ']')
      ->type_name("FILE");
  add_run_options(*command, options->experiment);
  add_question(*command, *options);
  command->add_option("--over", options->over, "these parameters only")->type_name("PATH");
  add_method(*command, *options);
  command->add_option("--most", options->most, "rows to show [20]")->type_name("N");
  command
      ->add_option("--store", options->store,
                   "keep each run in this store of results, an SQLite file, as soon as it is over; "
                   "what it has already is not run again")
      ->type_name("FILE");
  add_form(*command, options->form);
  add_out(*command, options->experiment.out);
}

void add_calibrate(CLI::App& app, Action& action) {
  auto [command, options] =
      add_command(app, action, &commands::calibrate, "calibrate",
                  "fit the machine to microbenchmarks of your own, and say what they cannot tell",
                  "calibrate experiments/calibration/paper.json --out machine.json");
  command->add_option("file", options->file, "what was measured (docs/calibration.md)")
      ->type_name("FILE")
      ->required();
  add_markdown(*command, options->form);
  command->add_option("--out", options->out, "write the fitted machine to this file, for --machine")
      ->type_name("FILE");
}

void add_listings(CLI::App& app, Action& action) {
  add_listing(app, action, &commands::params, "params",
              "every parameter: default, unit, range, tag, source and meaning",
              "params machine.pcie --markdown");
  add_listing(app, action, &commands::stats, "stats", "every statistic that a run counts",
              "stats requests");
}

void add_schema(CLI::App& app, Action& action) {
  auto [command, options] = add_command(app, action, &commands::schema, "schema",
                                        "a JSON Schema of experiment files, for editors",
                                        "schema --out experiment.schema.json");
  add_out(*command, *options);
}

void add_machine(CLI::App& app, Action& action) {
  auto [command, options] =
      add_command(app, action, &commands::machine, "machine",
                  "the machine: what it takes to get from part to part, or its picture",
                  "machine experiments/hello.json --dot | dot -Tsvg > machine.svg");
  command->add_option("file", options->experiment.file, "an experiment [the default machine]")
      ->type_name("FILE");
  add_settings(*command, options->experiment);
  command->add_flag("--dot", options->dot, "for Graphviz");
  add_out(*command, options->experiment.out);
}

}  // namespace experiments
