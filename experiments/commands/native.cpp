// SPDX-License-Identifier: Apache-2.0
#include "experiments/commands/native.h"

#include <algorithm>
#include <fmt/format.h>
#include <memory>
#include <nlohmann/json.hpp>

#include "experiments/commands/exit_code.h"
#include "experiments/commands/output.h"
#include "experiments/commands/replay.h"
#include "experiments/commands/signals.h"
#include "experiments/measure/saturation.h"
#include "experiments/policy/policies.h"
#include "native/agent.h"
#include "sim/json.h"
#include "subsystems/scheduling/policies/described_agent.h"

namespace commands {
namespace {

/// Everything that the command line means.
struct Run {
  std::string policy;
  experiments::PolicyParams params;
  native::HostOptions host;
  NativeLoad load;
};

native::HostOptions host_of(const NativeOptions& o) {
  native::HostOptions host = o.host;
  set(host.length, "--length", o.load.length);
  set(host.warm_up, "--warm-up", o.load.warm_up);
  host.seed = o.load.seed;
  set(host.spin, "--spin", o.spin);
  set(host.watchdog, "--watchdog", o.watchdog);
  set(host.restart_after, "--restart-after", o.restart_after);
  set(host.kill_every, "--kill-every", o.kill_every);
  if (!o.record.empty()) host.agent = native::AgentIn::kThread;
  if (!o.agent.empty()) host.agent = choice<native::AgentIn>("--agent", o.agent, "place");
  host.queue_capacity = std::max(host.queue_capacity, 2 * host.threads);
  return host;
}

/// Parameters are name=value.
void load_policy(experiments::PolicyParams& policy, const std::vector<std::string>& parameters) {
  for (const std::string& parameter : parameters) {
    const auto equals = parameter.find('=');
    if (equals == 0 || equals == std::string::npos)
      throw sim::ConfigError("--parameter", sim::in_quotes(parameter) + " is not an assignment",
                             "write name=value, as in slice=30us");
    policy.parameters[parameter.substr(0, equals)].text = parameter.substr(equals + 1);
  }
  try {
    experiments::resolve_policy(policy, {});
  } catch (const sim::ConfigError& error) {
    const bool of_library = error.where().path == "library";
    throw sim::ConfigError(of_library ? "LIBRARY" : "--parameter", error.wrong(), error.remedy());
  }
}

Run run_of(const NativeOptions& o) {
  Run run{.policy = {}, .params = o.policy, .host = host_of(o), .load = load_of(o.load)};
  set(run.params.slice, "--slice", o.slice);
  if (run.params.kind == experiments::PolicyKind::kLoaded) {
    load_policy(run.params, o.parameters);
    run.policy = run.params.build->name;
    return run;
  }
  for (const auto& [kind, name] : enum_names(std::type_identity<experiments::PolicyKind>{}))
    if (kind == run.params.kind) run.policy = name;
  return run;
}

void check(const Run& run) try {
  native::check(run.host);
  experiments::check(run.params);
  check(run.load);
} catch (const sim::ConfigError& error) {
  throw about_option(error);
}

native::NextRequest requests_of(const NativeLoad& load, std::uint64_t seed) {
  return [requests = std::make_shared<NativeRequests>(load, seed)] { return requests->next(); };
}

// What is printed

/// By the time in which they came, not that in which they were done.
double offered_krps(const Run& run, const native::HostStats& s) {
  const sim::Duration span = interrupted() ? s.measured : run.host.length;
  return static_cast<double>(s.requests.arrived) / sim::to_seconds(span) / 1e3;
}

bool is_unstable(const Run& run, const native::HostStats& s) {
  return experiments::outgrows_chance(static_cast<double>(s.growth), s.requests.arrived,
                                      run.host.workers);
}

std::string json_of(const Run& run, const native::HostStats& stats) {
  sim::Json json;
  json["policy"] = run.policy;
  if (run.params.build) json["build"] = sim::write(*run.params.build);
  json["options"] = sim::write(run.host);
  json["options"]["slice"] = sim::to_text(run.params.slice);
  write(run.load, json);
  json["environment"] = native_environment();
  json["unstable"] = is_unstable(run, stats);
  json["values"]["offered_krps"] = offered_krps(run, stats);
  json["values"]["throughput_krps"] = stats.throughput_krps();
  write_latency(stats.requests.latency, json["values"]);
  json["statistics"] = sim::write(stats);
  return json.dump() + '\n';
}

std::string agents_line(const native::HostStats& s) {
  if (s.keeper.restarts == 0 && s.kills == 0) return {};
  const double blackout = s.keeper.blackouts == 0 ? 0
                                                  : sim::to_us(s.keeper.blackout) / 1e3 /
                                                        static_cast<double>(s.keeper.blackouts);
  return fmt::format("  agents      {} killed, {} started anew, {:.2f} ms without decisions each\n",
                     s.kills, s.keeper.restarts, blackout);
}

std::string executions_line(const native::Executions& e) {
  if (e.lost == 0 && e.repeated == 0)
    return fmt::format("  each of {} requests was carried out once{}\n", e.once,
                       e.given_up > 0 ? fmt::format("; {} more were given up", e.given_up) : "");
  return fmt::format("  {} requests were lost and {} were carried out more than once\n", e.lost,
                     e.repeated);
}

std::string summary_of(const Run& run, const native::HostStats& s) {
  std::string text =
      fmt::format("{} for {} worker{} ({}), agent in a {}\n", run.policy, run.host.workers,
                  run.host.workers == 1 ? "" : "s",
                  s.pinned > 0 ? "each on a core of its own" : "sharing cores with the agent",
                  run.host.agent == native::AgentIn::kProcess ? "process" : "thread");
  text += fmt::format("  throughput  {:.2f} k/s of {:.2f} k/s offered\n", s.throughput_krps(),
                      offered_krps(run, s));
  if (is_unstable(run, s)) text += overload_line();
  text += latency_lines(s.requests);
  text += fmt::format(
      "  decisions   {}, {} staged, {} to take a CPU away; {} of {} transactions refused\n",
      s.agent.decisions, s.agent.staged, s.agent.preemptions, s.kernel.refusals.total(),
      s.kernel.transactions);
  return text + agents_line(s) + executions_line(s.executions);
}

native::MakeAgent agent_of(const Run& run, wave::AgentRecords* records) {
  scheduling::DescribedAgent agent{
      .policy = run.policy,
      .slice = run.params.slice,
      .options = {.prestage = run.host.prestage, .long_run = run.host.long_run}};
  for (const experiments::ClassParams& c : run.params.classes) agent.slos.push_back(c.slo);
  return native::scheduling_agent(
      [params = run.params] { return experiments::make_policy(params); }, agent.options,
      {.records = records, .name = to_text(agent)});
}

int exit_code_of(const native::HostStats& stats) {
  if (stats.executions.lost > 0 || stats.executions.repeated > 0) return kInternalError;
  return interrupted() ? kInterrupted : kFine;
}

}  // namespace

int native_scheduling(const NativeOptions& options) {
  const Run run = run_of(options);
  check(run);
  if (!options.record.empty() && run.host.agent == native::AgentIn::kProcess)
    throw sim::ConfigError("--record", "records agents in threads only", "give --agent thread");
  if (!options.record.empty() && run.params.build)
    throw sim::ConfigError("--record", "wavesim replay does not know policies in libraries",
                           "leave it out");
  require_writable_apart({options.out, options.record});
  wave::AgentRecords records;
  const native::HostStats stats =
      native::run_host(run.host, agent_of(run, options.record.empty() ? nullptr : &records),
                       requests_of(run.load, run.host.seed), interrupted());
  if (!options.record.empty()) write_records(options.record, records);
  deliver(options.out, options.json ? json_of(run, stats) : summary_of(run, stats));
  return exit_code_of(stats);
}

}  // namespace commands
