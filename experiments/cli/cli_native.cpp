// SPDX-License-Identifier: Apache-2.0
#include "experiments/cli/cli_native.h"

#include "experiments/cli/cli_options.h"
#include "experiments/commands/native.h"
#include "experiments/commands/native_rpc.h"
#include "experiments/commands/native_sol.h"

namespace experiments {
namespace {

using commands::NativeOptions;

void add_text(CLI::App& app, const char* name, std::string& text, const char* about,
              const char* type) {
  app.add_option(name, text, about)->type_name(type);
}

void add_load(CLI::App& app, commands::NativeLoadOptions& o) {
  add_text(app, "--rate", o.rate, "requests in a second, at random (Poisson) [20k/s]", "RATE");
  add_text(app, "--service", o.service, "mean work of a request, or of the short ones [10us]",
           "TIME");
  add_text(app, "--distribution", o.distribution,
           "of the work: constant, exponential, lognormal, bimodal, empirical, ... [constant, or "
           "bimodal with --long-share]",
           "KIND");
  add_text(app, "--long", o.long_service, "bimodal: work of the long ones [500us]", "TIME");
  app.add_option("--long-share", o.long_share, "bimodal: share of long requests")->type_name("X");
  add_text(app, "--length", o.length, "for how long requests come [2s]", "TIME");
  add_text(app, "--warm-up", o.warm_up, "before that, not counted [100ms]", "TIME");
  add_seed(app, o.seed, "of requests and faults [1]");
}

void add_host(CLI::App& app, NativeOptions& o) {
  app.add_option("--workers", o.host.workers, "threads that play the host's CPUs [1]")
      ->type_name("N");
  app.add_option("--threads", o.host.threads, "request contexts that are scheduled [64]")
      ->type_name("N");
  add_text(app, "--agent", o.agent, "process or thread [process]", "WHERE");
  app.add_flag_callback(
      "--no-prestage", [&o] { o.host.prestage = false; }, "leave no decision in a busy CPU's slot");
  app.add_flag_callback(
      "--no-pin", [&o] { o.host.pin = false; }, "give nobody a core of its own");
  add_text(app, "--spin", o.spin, "how long agent and workers look before they sleep [20us]",
           "TIME");
}

void add_faults(CLI::App& app, NativeOptions& o) {
  app.add_flag_callback(
      "--no-fallback", [&o] { o.host.fallback = false; },
      "without an agent threads wait for the next one");
  add_text(app, "--watchdog", o.watchdog,
           "give an agent up that lets a thread wait for this long; 0s: never [1s]", "TIME");
  add_text(app, "--restart-after", o.restart_after, "from an agent's end to the next [1ms]",
           "TIME");
  add_text(app, "--kill-every", o.kill_every,
           "kill -9 the agent's process at random, so far apart in the mean", "TIME");
}

void add_output(CLI::App& app, bool& json, std::string& out) {
  app.add_flag("--json", json, "one line of JSON: options, values and statistics");
  app.add_option("--out", out, "write to this file, whole or not at all")->type_name("FILE");
}

/// What every policy's command understands.
void add_common(CLI::App& app, NativeOptions& o) {
  add_load(app, o.load);
  add_host(app, o);
  add_faults(app, o);
  add_text(app, "--record", o.record,
           "write what the agent, in a thread, sees and does to this file, for wavesim replay",
           "FILE");
  add_output(app, o.json, o.out);
}

void add_policy_command(CLI::App& group, Action& action, PolicyKind kind, const char* name,
                        const char* about, const char* example) {
  auto [command, options] =
      add_command(group, action, &commands::native_scheduling, name, about, example);
  options->policy.kind = kind;
  if (kind != PolicyKind::kFifo)
    add_text(*command, "--slice", options->slice,
             "how long a thread keeps its CPU while others wait [30us]", "TIME");
  add_common(*command, *options);
}

/// A policy of the user's.
void add_loaded(CLI::App& group, Action& action) {
  auto [command, options] =
      add_command(group, action, &commands::native_scheduling, "loaded",
                  "schedule with a policy of yours, in a shared object; its code runs inside "
                  "wavesim, with all of your rights",
                  "native loaded ./libmine.so --parameter patience=50us --rate 20k/s");
  options->policy.kind = PolicyKind::kLoaded;
  command->add_option("library", options->policy.library, "the shared object")
      ->type_name("FILE")
      ->required();
  command->add_option("--parameter", options->parameters, "what the policy is told; may repeat")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false);
  add_common(*command, *options);
}

/// Adds options for numbers, which the help calls by one letter.
struct Numbers {
  CLI::App& app;
  const char* letter;

  void operator()(const char* name, auto& value, const char* about) const {
    app.add_option(name, value, about)->type_name(letter);
  }
};

void add_rpc(CLI::App& group, Action& action) {
  auto [command, options] =
      add_command(group, action, &commands::native_rpc, "rpc",
                  "serve calls over UDP on loopback with the RPC stack's program",
                  "native rpc --rate 10k/s --service 20us --workers 2");
  commands::NativeRpcOptions& o = *options;
  add_load(*command, o.load);
  const Numbers count{*command, "N"};
  count("--stacks", o.rpc.stacks, "threads that run the stack, each with its own socket [1]");
  count("--workers", o.rpc.workers, "threads of each stack that carry out calls [2]");
  count("--connections", o.rpc.connections, "of the client; stacks share them [8]");
  count("--request-bytes", o.rpc.request_bytes, "of a request's body [64]");
  count("--reply-bytes", o.rpc.reply_bytes, "of a reply's body [64]");
  count("--mtu", o.rpc.mtu, "bytes of a message in one datagram [1460]");
  count("--most-waiting", o.rpc.most_waiting, "requests of a stack that may wait [4096]");
  add_text(*command, "--budget", o.budget, "how long callers wait; 0s: for ever [0s]", "TIME");
  add_text(*command, "--patience", o.patience, "for replies after the last call [500ms]", "TIME");
  add_output(*command, o.json, o.out);
}

void add_sol(CLI::App& group, Action& action) {
  auto [command, options] =
      add_command(group, action, &commands::native_sol, "sol",
                  "keep the hot part of a real region of memory in its fast tier",
                  "native sol --batches 256 --accesses 20000 --length 8s");
  commands::NativeSolOptions& o = *options;
  const Numbers count{*command, "N"};
  const Numbers share{*command, "X"};
  count("--batches", o.memory.batches, "of pages that are scanned and moved as one [256]");
  count("--batch-pages", o.memory.batch_pages, "pages of a batch [64]");
  add_text(*command, "--shortest-period", o.shortest_period,
           "between two scans of the hottest batches [50ms]", "TIME");
  count("--periods", o.memory.periods, "to choose from, each twice the one before [4]");
  count("--epoch-periods", o.memory.epoch_periods, "of the longest, make an epoch [4]");
  share("--objective", o.memory.objective,
        "share of the accesses that the fast tier is to serve [0.8]");
  count("--agents", o.memory.agents, "threads of the agent, each with a part of the memory [1]");
  count("--threads", o.memory.load.threads, "of the application, which access the memory [1]");
  count("--accesses", o.memory.load.accesses, "of these in a second, all together [20000]");
  share("--exponent", o.memory.load.exponent, "of Zipf's law, by which batches are popular [0.99]");
  add_text(*command, "--length", o.length, "for how long it runs [8s]", "TIME");
  add_seed(*command, o.memory.seed, "of accesses and policy [1]");
  add_output(*command, o.json, o.out);
}

}  // namespace

void add_native(CLI::App& app, Action& action) {
  CLI::App* group = app.add_subcommand(
      "native", "run a policy for real: on this machine's threads, with its clock");
  group->require_subcommand(1);
  add_policy_command(*group, action, PolicyKind::kFifo, "fifo",
                     "schedule requests first come, first served",
                     "native fifo --rate 20k/s --service 10us --length 2s");
  add_policy_command(*group, action, PolicyKind::kShinjuku, "shinjuku",
                     "the same, but nobody keeps a CPU for longer than a slice while others wait",
                     "native shinjuku --rate 5k/s --service 10us --long 1ms --long-share 0.05");
  add_policy_command(*group, action, PolicyKind::kMultiQueueShinjuku, "multi_queue_shinjuku",
                     "Shinjuku with a queue for short and one for long requests",
                     "native multi_queue_shinjuku --rate 5k/s --long 1ms --long-share 0.05");
  add_loaded(*group, action);
  add_rpc(*group, action);
  add_sol(*group, action);
}

}  // namespace experiments
