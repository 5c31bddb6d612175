// SPDX-License-Identifier: Apache-2.0
#include "experiments/commands/native_rpc.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <vector>

#include "experiments/commands/exit_code.h"
#include "experiments/commands/output.h"
#include "experiments/commands/signals.h"
#include "experiments/measure/saturation.h"
#include "sim/json.h"

namespace commands {
namespace {

using namespace std::chrono_literals;

/// A call is planned before it is sent, and calls are kept.
constexpr std::size_t kMostCalls = 20'000'000;

/// Everything that the command line means.
struct RpcRun {
  native::RpcRunOptions rpc;
  NativeLoad load;
  std::uint64_t seed;
  sim::Duration warm_up = 100ms;
  sim::Duration length = 2s;
};

RpcRun run_of(const NativeRpcOptions& o) {
  RpcRun run{.rpc = o.rpc, .load = load_of(o.load), .seed = o.load.seed};
  set(run.warm_up, "--warm-up", o.load.warm_up);
  set(run.length, "--length", o.load.length);
  set(run.rpc.budget, "--budget", o.budget);
  set(run.rpc.patience, "--patience", o.patience);
  return run;
}

void check(const RpcRun& run) try {
  native::check(run.rpc);
  check(run.load);
  sim::require(run.length >= 10ms, "length", "is too short to count anything",
               "give at least 10 ms");
} catch (const sim::ConfigError& error) {
  throw about_option(error);
}

std::vector<native::PlannedCall> plan(const RpcRun& run) {
  NativeRequests requests(run.load, run.seed);
  std::vector<native::PlannedCall> calls;
  for (auto request = requests.next(); request && request->at < run.warm_up + run.length;
       request = requests.next()) {
    if (calls.size() == kMostCalls)
      throw sim::ConfigError("--length", "means more than 20 million calls", "give less");
    calls.push_back({.arrival = request->at,
                     .service = request->work,
                     .kind = request->kind,
                     .slo_class = static_cast<std::uint8_t>(request->request_class),
                     .counted = request->at >= run.warm_up});
  }
  return calls;
}

/// By calls that were not carried out when no more came: lost and refused ones count.
bool is_unstable(const RpcRun& run, const native::RpcReport& report) {
  return experiments::outgrows_chance(static_cast<double>(report.client.left),
                                      report.client.calls.arrived,
                                      run.rpc.stacks * run.rpc.workers);
}

double krps(std::int64_t calls, const RpcRun& run) {
  return static_cast<double>(calls) / sim::to_seconds(run.length) / 1e3;
}

std::string json_of(const RpcRun& run, const native::RpcReport& report) {
  sim::Json json;
  json["options"] = sim::write(run.rpc);
  json["options"]["warm_up"] = sim::to_text(run.warm_up);
  json["options"]["length"] = sim::to_text(run.length);
  json["options"]["seed"] = run.seed;
  write(run.load, json);
  json["environment"] = native_environment();
  json["unstable"] = is_unstable(run, report);
  json["values"]["offered_krps"] = krps(report.client.calls.arrived, run);
  json["values"]["throughput_krps"] = krps(report.client.calls.completed, run);
  write_latency(report.client.calls.latency, json["values"]);
  json["statistics"] = sim::write(report);
  json["statistics"]["stack"]["malformed"] = sim::write(rpc::described(report.stack.malformed));
  return json.dump() + '\n';
}

std::string summary_of(const RpcRun& run, const native::RpcReport& report) {
  const auto& [client, stack, wire] = report;
  std::string text =
      fmt::format("rpc: {} stack{} with {} worker{} each, over UDP on loopback\n", run.rpc.stacks,
                  run.rpc.stacks == 1 ? "" : "s", run.rpc.workers, run.rpc.workers == 1 ? "" : "s");
  text += fmt::format("  throughput  {:.2f} k/s of {:.2f} k/s offered\n",
                      krps(client.calls.completed, run), krps(client.calls.arrived, run));
  if (is_unstable(run, report)) text += overload_line();
  text += latency_lines(client.calls);
  text += fmt::format("  calls       {} answered, {} refused, {} lost\n", client.calls.completed,
                      client.refused, client.lost);
  return text + fmt::format(
                    "  stack       {} packets, {} requests, {} of them waited for a worker, "
                    "{} expired\n",
                    stack.packets, stack.requests, stack.waited, stack.expired);
}

/// A reply with another call's bytes is a fault of ours; a datagram that the machine drops is not.
int exit_code_of(const native::RpcReport& report) {
  if (report.client.bad_replies > 0) return kInternalError;
  return interrupted() ? kInterrupted : kFine;
}

}  // namespace

int native_rpc(const NativeRpcOptions& options) {
  const RpcRun run = run_of(options);
  check(run);
  require_writable(options.out);
  const native::RpcReport report = native::run_rpc(run.rpc, plan(run), interrupted());
  deliver(options.out, options.json ? json_of(run, report) : summary_of(run, report));
  return exit_code_of(report);
}

}  // namespace commands
