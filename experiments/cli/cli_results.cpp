// SPDX-License-Identifier: Apache-2.0
#include "experiments/cli/cli_results.h"

#include "experiments/cli/cli_options.h"
#include "experiments/commands/export.h"
#include "experiments/commands/merge.h"
#include "experiments/commands/plot.h"
#include "experiments/commands/report.h"

namespace experiments {
namespace {

using commands::Export;

void add_results(CLI::App& app, std::vector<std::string>& results) {
  app.add_option("results", results, "what sweep or run --json wrote")
      ->type_name("RESULTS")
      ->required();
}

}  // namespace

void add_export(CLI::App& app, Action& action) {
  auto [command, options] =
      add_command(app, action, &commands::export_results, "export",
                  "what a sweep found, for other programs", "export e4.db --csv --out e4.csv");
  command->add_option("store", options->store, "the store of a sweep")
      ->type_name("FILE")
      ->required();
  const auto add = [&app_of = *command, &form_of = options->form](const char* name, Export form,
                                                                  const char* about) {
    return app_of.add_flag_callback(
        name, [&form_of, form] { form_of = form; }, about);
  };
  CLI::Option* csv = add("--csv", Export::kLong, "CSV with a row for each value of a point [this]");
  CLI::Option* wide = add("--wide", Export::kWide, "CSV with a row for each point");
  add("--jsonl", Export::kJsonLines, "one line of JSON for each point, with its statistics")
      ->excludes(csv)
      ->excludes(wide);
  wide->excludes(csv);
  add_out(*command, options->out);
}

void add_merge(CLI::App& app, Action& action) {
  auto [command, options] = add_command(app, action, &commands::merge, "merge",
                                        "put the stores of several sweeps, or shards, into one",
                                        "merge shard_*.db --out all.db");
  command->add_option("stores", options->stores, "what to put together")
      ->type_name("FILE...")
      ->required();
  command->add_option("-o,--out", options->out, "the store to make, or to add to")
      ->type_name("FILE")
      ->required();
}

void add_report(CLI::App& app, Action& action) {
  auto [command, options] = add_command(
      app, action, &commands::report, "report",
      "a page to look at results in a browser; also takes what regress --json and sensitivity "
      "--json wrote",
      "report e4.jsonl -o report.html");
  add_results(*command, options->results);
  command->add_option("-o,--out", options->out, "the page [standard output]")->type_name("FILE");
}

void add_plot(CLI::App& app, Action& action) {
  auto [command, options] = add_command(
      app, action, &commands::plot, "plot", "one figure for a paper, of a column's width",
      "plot e4.jsonl --x throughput_krps --y p99_us --log-y -o p99.pdf");
  add_results(*command, options->results);
  command
      ->add_option("--x", options->x,
                   "a value or a swept path [throughput, or what is swept; bars if nothing is]")
      ->type_name("NAME");
  command->add_option("--y", options->y, "a value [the 99th percentile, if there is one]")
      ->type_name("NAME");
  command
      ->add_option(
          "--by", options->by,
          "a curve for each variant, or value of a swept path; may repeat [all that differs]")
      ->type_name("NAME")
      ->allow_extra_args(false);
  command
      ->add_option("--where", options->where,
                   "only these points, as in --where variant=wave; may repeat")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false);
  command->add_option("--title", options->title, "above the figure")->type_name("TEXT");
  CLI::Option* log_y =
      command->add_flag("--log-y", options->log_y, "logarithmic y axis [if values lie far apart]");
  command->add_flag("--linear-y", options->linear_y, "linear y axis")->excludes(log_y);
  command->add_flag("--log-x", options->log_x, "logarithmic x axis");
  command->add_flag("--overloaded", options->overloaded, "also points whose backlog grew");
  command
      ->add_option("-o,--out", options->out,
                   "the figure, whose name ends in .svg, .png or .pdf [SVG to standard output]")
      ->type_name("FILE");
}

}  // namespace experiments
