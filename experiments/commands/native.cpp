// SPDX-License-Identifier: Apache-2.0
#include "experiments/commands/native.h"

#include <algorithm>
#include <fmt/format.h>
#include <memory>
#include <nlohmann/json.hpp>
#include <thread>
#include <vector>

#include "experiments/commands/exit_code.h"
#include "experiments/commands/one_point.h"
#include "experiments/commands/output.h"
#include "experiments/commands/replay.h"
#include "experiments/commands/signals.h"
#include "experiments/policies.h"
#include "experiments/results_json.h"
#include "native/agent.h"
#include "sim/json.h"
#include "sim/wording.h"
#include "subsystems/scheduling/policies/described_agent.h"
#include "workloads/arrivals.h"
#include "workloads/service_times.h"

namespace commands {
namespace {

/// The load, as experiments describe theirs.
struct Load {
  workloads::ArrivalParams arrivals;
  workloads::ServiceParams service;
};

/// Everything that the command line means.
struct Run {
  std::string policy;
  experiments::PolicyParams params;
  native::HostOptions host;
  Load load;
};

template <class E>
E choice(const std::string& option, const std::string& text, const char* noun) {
  std::vector<std::string> names;
  for (const auto& [value, name] : enum_names(std::type_identity<E>{})) {
    if (text == name) return value;
    names.emplace_back(name);
  }
  throw sim::ConfigError(option, std::string("no such ") + noun + ": " + sim::in_quotes(text),
                         sim::suggestion(text, names));
}

sim::Rate rate_of(const std::string& text) {
  const std::size_t digits = text.find_first_not_of("0123456789. ");
  if (digits != std::string::npos && digits > 0) {
    std::string number = text.substr(0, digits);
    if (number.ends_with(' ')) number.pop_back();
    try {
      return sim::parse<sim::Rate>(number + ' ' + text.substr(digits));
    } catch (const sim::ConfigError&) {
    }
  }
  throw sim::ConfigError("--rate", "no rate: " + sim::in_quotes(text), "try 20k/s");
}

void set(sim::Duration& to, const char* option, const std::string& text) {
  if (!text.empty()) to = duration_of(option, text);
}

Load load_of(const NativeOptions& o) {
  Load load;
  load.arrivals.rate = rate_of(o.rate);
  load.service.kind =
      o.long_share ? workloads::ServiceKind::kBimodal : workloads::ServiceKind::kConstant;
  if (!o.distribution.empty())
    load.service.kind =
        choice<workloads::ServiceKind>("--distribution", o.distribution, "distribution");
  load.service.mean = duration_of("--service", o.service);
  load.service.long_mean = duration_of("--long", o.long_service);
  load.service.long_share = o.long_share.value_or(load.service.long_share);
  return load;
}

native::HostOptions host_of(const NativeOptions& o) {
  native::HostOptions host = o.host;
  set(host.length, "--length", o.length);
  set(host.warm_up, "--warm-up", o.warm_up);
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
  Run run{.policy = {}, .params = o.policy, .host = host_of(o), .load = load_of(o)};
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

/// A member's name in a file, as the option that sets it.
std::string option_of(std::string path) {
  std::ranges::replace(path, '_', '-');
  if (path == "mean") path = "service";
  if (path == "long-mean") path = "long";
  return "--" + path;
}

void check(const Run& run) try {
  native::check(run.host);
  experiments::check(run.params);
  workloads::check(run.load.arrivals);
  workloads::check(run.load.service);
} catch (const sim::ConfigError& error) {
  throw sim::ConfigError(option_of(error.where().path), error.wrong(), error.remedy());
}

/// Requests as the simulator draws them: the same seed gives the same ones.
native::NextRequest requests_of(const Load& load, std::uint64_t seed) {
  const std::shared_ptr<workloads::Arrivals> arrivals =
      workloads::make_arrivals(load.arrivals, seed);
  const std::shared_ptr<workloads::ServiceTimes> service =
      workloads::make_service_times(load.service, seed);
  return [arrivals, service]() -> std::optional<native::Request> {
    const auto arrival = arrivals->next();
    if (!arrival) return std::nullopt;
    const bool is_long = service->is_long(arrival->request);
    return native::Request{.at = arrival->at.time_since_epoch(),
                           .work = service->draw(arrival->request),
                           .request_class = is_long ? 1 : 0,
                           .kind = workloads::kind_of(service->is_mix(), is_long)};
  };
}

// What is printed

std::optional<double> us(const std::optional<sim::Duration>& d) {
  return d ? std::optional(sim::to_us(*d)) : std::nullopt;
}

double offered_krps(const native::HostStats& s) {
  return static_cast<double>(s.requests.arrived) / sim::to_seconds(s.measured) / 1e3;
}

sim::Json value_of(const std::optional<double>& v) {
  return v ? sim::Json(*v) : sim::Json(nullptr);
}

std::string json_of(const Run& run, const native::HostStats& stats) {
  const sim::HistogramSummary latency = sim::described(stats.requests.latency);
  sim::Json json;
  json["policy"] = run.policy;
  if (run.params.build) json["build"] = sim::write(*run.params.build);
  json["options"] = sim::write(run.host);
  json["options"]["slice"] = sim::to_text(run.params.slice);
  json["arrivals"] = sim::write(run.load.arrivals);
  json["service"] = sim::write(run.load.service);
  const auto environment = experiments::Environment::here(1);
  json["environment"] = {{"version", environment.version},
                         {"host", environment.host},
                         {"compiler", environment.compiler},
                         {"cores", std::thread::hardware_concurrency()}};
  json["values"] = {{"offered_krps", offered_krps(stats)},
                    {"throughput_krps", stats.throughput_krps()},
                    {"p50_us", value_of(us(latency.p50))},
                    {"p99_us", value_of(us(latency.p99))},
                    {"mean_us", value_of(us(latency.mean))}};
  json["statistics"] = sim::write(stats);
  return json.dump() + '\n';
}

std::string latency_line(const char* name, const sim::Histogram& histogram) {
  const sim::HistogramSummary h = sim::described(histogram);
  const auto text = [](const std::optional<sim::Duration>& d) {
    return d ? fmt::format("{:.1f} us", sim::to_us(*d)) : std::string("-");
  };
  return fmt::format("  {:<12}p50 {}, p99 {}, p99.9 {}, longest {}\n", name, text(h.p50),
                     text(h.p99), text(h.p999), text(h.max));
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
    return fmt::format("  each of {} requests was carried out once\n", e.once);
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
                      offered_krps(s));
  text += latency_line("latency", s.requests.latency);
  if (s.requests.long_ones.arrived > 0) {
    text += latency_line("short", s.requests.short_ones.latency);
    text += latency_line("long", s.requests.long_ones.latency);
  }
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
  require_writable(options.out);
  if (!options.record.empty()) require_writable(options.record);
  wave::AgentRecords records;
  const native::HostStats stats =
      native::run_host(run.host, agent_of(run, options.record.empty() ? nullptr : &records),
                       requests_of(run.load, run.host.seed), interrupted());
  if (!options.record.empty()) write_records(options.record, records);
  deliver(options.out, options.json ? json_of(run, stats) : summary_of(run, stats));
  return exit_code_of(stats);
}

}  // namespace commands
