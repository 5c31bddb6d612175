// SPDX-License-Identifier: Apache-2.0
#include "experiments/cli.h"

#include <CLI/CLI.hpp>
#include <memory>
#include <sstream>

#include "experiments/cli_agents.h"
#include "experiments/cli_command.h"
#include "experiments/cli_native.h"
#include "experiments/cli_refusals.h"
#include "experiments/cli_tree.h"
#include "experiments/commands/calibrate.h"
#include "experiments/commands/capture.h"
#include "experiments/commands/check.h"
#include "experiments/commands/completion.h"
#include "experiments/commands/exit_code.h"
#include "experiments/commands/explain.h"
#include "experiments/commands/export.h"
#include "experiments/commands/listing.h"
#include "experiments/commands/machine.h"
#include "experiments/commands/man.h"
#include "experiments/commands/merge.h"
#include "experiments/commands/output.h"
#include "experiments/commands/plot.h"
#include "experiments/commands/regress.h"
#include "experiments/commands/report.h"
#include "experiments/commands/run.h"
#include "experiments/commands/schema.h"
#include "experiments/commands/sensitivity.h"
#include "experiments/commands/sweep.h"
#include "experiments/commands/trace.h"
#include "experiments/commands/version.h"

// With the other files that begin with cli_ the one place that knows CLI11. It turns the command
// line into the options of a command.

namespace experiments {
namespace {

using commands::ExperimentOptions;
using commands::Export;
using commands::Form;

constexpr const char* kPaper = "experiments/paper";

constexpr const char* kExitCodes =
    "Exit codes: 0 fine; 1 a gate missed; 2 bad input or usage; 3 internal error;\n"
    "            5 a sweep finished with failed points; 130 interrupted\n"
    "Example:    wavesim run experiments/hello.json";

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

/// For what runs a policy.
void add_policy(CLI::App& app, ExperimentOptions& o) {
  app.add_option("--policy", o.policy,
                 "a scheduling policy of yours to run in place of the file's, in a shared object; "
                 "its code runs inside wavesim, with all of your rights (docs/writing_a_policy.md)")
      ->type_name("FILE");
}

void add_run_options(CLI::App& app, ExperimentOptions& o) {
  add_settings(app, o);
  add_policy(app, o);
  app.add_option("--seed", o.seed, "of the first replication")->type_name("N");
  app.add_option("--replications", o.replications, "independent runs of each point")
      ->type_name("N");
  app.add_option("--jobs", o.jobs, "runs at once; never changes a result [number of cores]")
      ->type_name("N")
      ->check(CLI::Range(1, 1024));
}

void add_file(CLI::App& app, ExperimentOptions& o) {
  app.add_option("file", o.file, "the experiment")->type_name("FILE")->required();
}

void add_folder(CLI::App& app, ExperimentOptions& o) {
  o.file = kPaper;
  app.add_option("folder", o.file, std::string("targets.json and its experiments [") + kPaper + ']')
      ->type_name("DIR");
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

void add_run(CLI::App& app, Action& action) {
  auto [command, options] =
      add_command(app, action, &commands::run, "run", "run an experiment and print its results",
                  "run experiments/hello.json --set system.placement=host --replications 5");
  add_file(*command, *options);
  add_run_options(*command, *options);
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

void add_check(CLI::App& app, Action& action) {
  auto [command, options] = add_command(app, action, &commands::check, "check",
                                        "read an experiment and list its runs; simulate nothing",
                                        "check experiments/paper/e4.json --set system.workers=8");
  add_file(*command, *options);
  add_run_options(*command, *options);
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

void add_results(CLI::App& app, std::vector<std::string>& results) {
  app.add_option("results", results, "what sweep or run --json wrote")
      ->type_name("RESULTS")
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
  command->add_option("--x", options->x, "a value or a swept path [throughput, or what is swept]")
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

void add_sensitivity(CLI::App& app, Action& action) {
  auto [command, options] =
      add_command(app, action, &commands::sensitivity, "sensitivity",
                  "vary each assumed or recalled parameter over its range: which matter most",
                  "sensitivity experiments/paper/e3.json --value 'prestaged/unoptimised "
                  "saturation_krps'\n  wavesim sensitivity experiments/paper/e4_saturation.json "
                  "--flip 'wave_16 > on_host saturation_krps'\n  wavesim sensitivity "
                  "experiments/paper --conclusions experiments/influence/conclusions.json");
  options->experiment.file = kPaper;
  command
      ->add_option("file", options->experiment.file,
                   std::string("an experiment, for --value and --flip; else the folder of the "
                               "paper's [") +
                       kPaper + ']')
      ->type_name("FILE");
  add_run_options(*command, options->experiment);
  CLI::Option* value = command->add_option("--value", options->value,
                                           "of what: [VARIANT[/VARIANT]] VALUE, or a difference");
  CLI::Option* flip =
      command->add_option("--flip", options->flip, "where does this claim end: A > B VALUE, ...");
  flip->excludes(value);
  command
      ->add_option("--conclusions", options->conclusions,
                   "which of the conclusions in this file, of experiments in the folder, survive "
                   "each parameter at both ends of its range")
      ->type_name("FILE")
      ->excludes(value)
      ->excludes(flip);
  command->add_option("--over", options->over, "these parameters only")->type_name("PATH");
  command
      ->add_option("--morris", options->trajectories,
                   "screening by elementary effects, in so many trajectories")
      ->type_name("N")
      ->check(CLI::Range(2, 10000))
      ->needs(value);
  CLI::Option* sobol =
      command
          ->add_option("--sobol", options->rows,
                       "each parameter's share of the variance, alone and with its interactions, "
                       "from so many rows of a run for each parameter and two more; of the "
                       "parameters that a screening ranks highest")
          ->type_name("N")
          ->check(CLI::Range(8, 100000))
          ->needs(value);
  command->add_option("--top", options->top, "of how many parameters, for --sobol [4]")
      ->type_name("N")
      ->check(CLI::Range(1, 100))
      ->needs(sobol);
  command
      ->add_option("--beyond", options->beyond,
                   "look for a flip up to so many times beyond the range")
      ->type_name("X")
      ->check(CLI::Range(1.0, 1000.0))
      ->needs(flip);
  command->add_option("--most", options->most, "rows to show [20]")->type_name("N");
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

void add_listing(CLI::App& app, Action& action, int (*run)(const commands::ListingOptions&),
                 const char* name, const char* about, const char* example) {
  auto [command, options] = add_command(app, action, run, name, about, example);
  command->add_option("prefix", options->prefix, "only what lies below this path")
      ->type_name("PATH");
  add_form(*command, options->form);
  add_out(*command, options->out);
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

void add_variant(CLI::App& app, std::string& variant) {
  app.add_option("--variant", variant, "which variant of the file")->type_name("NAME");
}

void add_trace(CLI::App& app, Action& action) {
  auto [command, options] = add_command(
      app, action, &commands::trace, "trace",
      "record a part of a run, to look at in Perfetto (ui.perfetto.dev)",
      "trace experiments/hello.json --variant wave --from 10ms --for 200us -o hello.perfetto");
  add_file(*command, options->experiment);
  add_settings(*command, options->experiment);
  add_policy(*command, options->experiment);
  add_variant(*command, options->variant);
  command->add_option("--seed", options->experiment.seed, "of the run")->type_name("N");
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
  add_file(*command, options->experiment);
  add_settings(*command, options->experiment);
  add_policy(*command, options->experiment);
  add_variant(*command, options->variant);
  command->add_option("--compare", options->compare, "two variants side by side")
      ->type_name("NAME")
      ->expected(2);
  command
      ->add_option("--decision", options->decision,
                   "which decision after the warm-up, from 1 on [a typical one]")
      ->type_name("N");
  command->add_option("--seed", options->experiment.seed, "of the run")->type_name("N");
  command->add_flag("--json", options->experiment.json, "one line of JSON for each story");
  command->add_option("--html", options->html, "draw a sequence diagram into this file")
      ->type_name("FILE");
  add_out(*command, options->experiment.out);
}

CLI::Option* add_number(CLI::App& app, const char* name, std::int64_t& number, const char* about) {
  return app.add_option(name, number, about)->type_name("N");
}

void add_share(CLI::App& app, const char* name, double& number, const char* about) {
  app.add_option(name, number, about)->type_name("X");
}

void add_capture_out(CLI::App& app, std::string& out) {
  app.add_option("--out", out, "the capture")->type_name("FILE")->required();
}

void add_capture_rocksdb(CLI::App& group, Action& action) {
  auto [command, options] = add_command(group, action, &commands::capture_rocksdb, "rocksdb",
                                        "time operations of an in-memory RocksDB on this machine",
                                        "capture rocksdb --operation get --out get.json");
  capture::RocksdbOptions& o = options->rocksdb;
  command->add_option("--operation", options->operation, "get or range")
      ->type_name("NAME")
      ->required();
  add_number(*command, "--keys", o.keys, "keys stored");
  add_number(*command, "--value-bytes", o.value_bytes, "bytes of a value");
  add_number(*command, "--range-keys", o.range_keys, "keys read by one range query");
  command->add_option("--operations", options->operations, "operations timed in one round")
      ->type_name("N");
  command->add_option("--rounds", o.rounds, "rounds, after one to warm up")->type_name("N");
  command->add_option("--seed", o.seed, "of values and keys")->type_name("N");
  add_capture_out(*command, options->out);
}

void add_capture_pages(CLI::App& group, Action& action) {
  auto [command, options] =
      add_command(group, action, &commands::capture_pages, "pages",
                  "note which pages an in-memory RocksDB accesses on this machine",
                  "capture pages --out pages.json");
  capture::PageOptions& o = options->pages;
  add_number(*command, "--keys", o.keys, "keys stored");
  add_number(*command, "--value-bytes", o.value_bytes, "bytes of a value");
  add_share(*command, "--zipf-exponent", o.zipf_exponent, "of the popularity of runs of keys");
  add_number(*command, "--run-keys", o.run_keys, "neighbouring keys that are alike");
  add_share(*command, "--put-share", o.put_share, "of the operations");
  add_share(*command, "--range-share", o.range_share, "of the operations");
  add_number(*command, "--range-keys", o.range_keys, "keys read by one range query, at most");
  add_share(*command, "--drift", o.drift, "share of the runs that change places half-way");
  add_number(*command, "--warm-up", o.warm_up, "GETs before all keys are scanned once");
  add_number(*command, "--operations", o.operations, "operations in an interval");
  add_number(*command, "--intervals", o.intervals, "intervals");
  command->add_option("--seed", o.seed, "of values and keys")->type_name("N");
  add_capture_out(*command, options->out);
}

void add_capture(CLI::App& app, Action& action) {
  CLI::App* group = app.add_subcommand("capture", "measure a real program");
  group->require_subcommand(1);
  add_capture_rocksdb(*group, action);
  add_capture_pages(*group, action);
}

// What is made from the commands themselves.

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
