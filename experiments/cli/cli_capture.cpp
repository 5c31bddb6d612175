// SPDX-License-Identifier: Apache-2.0
#include "experiments/cli/cli_capture.h"

#include "experiments/cli/cli_options.h"
#include "experiments/commands/capture.h"

namespace experiments {
namespace {

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
  add_seed(*command, o.seed, "of values and keys");
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
  add_seed(*command, o.seed, "of values and keys");
  add_capture_out(*command, options->out);
}

}  // namespace

void add_capture(CLI::App& app, Action& action) {
  CLI::App* group = app.add_subcommand("capture", "measure a real program");
  group->require_subcommand(1);
  add_capture_rocksdb(*group, action);
  add_capture_pages(*group, action);
}

}  // namespace experiments
