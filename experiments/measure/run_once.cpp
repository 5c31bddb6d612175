// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "experiments/measure/device_costs.h"
#include "experiments/measure/experiment.h"
#include "experiments/measure/fault_watch.h"
#include "experiments/measure/hardware.h"
#include "experiments/measure/kernel_costs.h"
#include "experiments/measure/memory_run.h"
#include "experiments/measure/saturation.h"
#include "experiments/measure/server_search.h"
#include "experiments/measure/warm_server.h"
#include "experiments/system/stoppable.h"
#include "experiments/system/vm_host.h"
#include "sim/check.h"

namespace experiments {
namespace {

using Values = std::vector<std::pair<std::string, double>>;

double share(std::int64_t part, std::int64_t whole) {
  return static_cast<double>(part) / static_cast<double>(whole);
}

double share(sim::Duration part, sim::Duration whole) {
  return share(part.count(), whole.count());
}

double krps(std::int64_t requests, sim::Duration length) {
  return static_cast<double>(requests) / sim::to_seconds(length) / 1e3;
}

/// A percentile with too few samples behind it has no value.
void add_latencies(Values& values, const std::string& kind, const sim::Histogram& latency) {
  struct Percentile {
    const char* name;
    double quantile;
  };
  for (const auto& [name, quantile] :
       {Percentile{"p50_us", 0.5}, Percentile{"p99_us", 0.99}, Percentile{"p999_us", 0.999}})
    if (const auto value = latency.value_at_quantile(quantile))
      values.emplace_back(kind + name, sim::to_us(*value));
  if (const auto mean = latency.mean()) values.emplace_back(kind + "mean_us", sim::to_us(*mean));
}

void add_kind(Values& values, const std::string& kind, const workloads::KindStats& stats,
              sim::Duration length) {
  if (stats.arrived == 0) return;
  values.emplace_back(kind + "krps", krps(stats.completed, length));
  add_latencies(values, kind, stats.latency);
}

void add_costs(Values& values, const ServerStats& stats, sim::Duration length) {
  const scheduling::CpuStats& cpus = stats.cpus;
  if (cpus.handovers > 0)
    values.emplace_back("handover_us",
                        sim::to_us(cpus.handover) / static_cast<double>(cpus.handovers));
  if (stats.decisions.notified > 0)
    values.emplace_back("decision_ns", sim::to_ns(stats.decisions.notified_total) /
                                           static_cast<double>(stats.decisions.notified));
  if (stats.agent.decisions > 0) {
    values.emplace_back("staged_share", share(stats.agent.staged, stats.agent.decisions));
    values.emplace_back("missed_share", share(stats.agent.missed, stats.agent.decisions));
    values.emplace_back("refused_share", share(stats.agent.refused, stats.agent.decisions));
  }
  if (stats.agent.preemptions > 0)
    values.emplace_back("preemptions_krps", krps(stats.agent.preemptions, length));
}

Values values_of(const ServerStats& stats, const ExperimentParams& experiment) {
  const sim::Duration length = experiment.run.length;
  const sim::Duration all_cpus = experiment.system.workers * length;
  Values values;
  values.emplace_back("offered_krps", krps(stats.requests.arrived, length));
  values.emplace_back("throughput_krps", krps(stats.requests.completed, length));
  add_latencies(values, "", stats.requests.latency);
  add_kind(values, "short_", stats.requests.short_ones, length);
  add_kind(values, "long_", stats.requests.long_ones, length);
  add_costs(values, stats, length);
  values.emplace_back("user_share", share(stats.cpus.user, all_cpus));
  values.emplace_back("idle_share", share(stats.cpus.idle, all_cpus));
  return values;
}

/// Of each stage of the stack, its time in a call; how many cores the stack keeps busy; and what of
/// the answers came in time.
void add_rpc(Values& values, const RpcStats& stats, const ExperimentParams& experiment) {
  const sim::Duration length = experiment.run.length;
  const workloads::RpcClientStats& clients = stats.clients;
  values.emplace_back("goodput_krps", krps(clients.within_slo(), length));
  values.emplace_back("lost_share", share(clients.lost + clients.refused,
                                          std::max<std::int64_t>(clients.calls.arrived, 1)));
  if (clients.users.completed != clients.calls.completed) {
    values.emplace_back("users_krps", krps(clients.users.completed, length));
    add_latencies(values, "users_", clients.users.latency);
  }
  values.emplace_back("stack_busy_cores", share(stats.time.busy(), length));
  values.emplace_back("stack_code_cores", share(stats.time.of_code(), length));
  if (stats.stack.given == 0) return;
  const auto each = [&](const char* name, sim::Duration time) {
    values.emplace_back(name, sim::to_ns(time) / static_cast<double>(stats.stack.given));
  };
  each("receive_ns", stats.time.receive_driver + stats.time.receive_transport);
  each("deserialise_ns", stats.time.deserialise);
  each("dispatch_ns", stats.time.dispatch);
  each("hand_over_ns", stats.time.hand_over);
  each("serialise_ns", stats.time.serialise);
  each("send_ns", stats.time.send_transport + stats.time.send_driver);
  each("transmit_ns", stats.time.transmit);
}

/// Cores of the host that the system takes, whatever they do.
int host_cores_of(const ExperimentParams& experiment) {
  const bool agent = experiment.system.placement == Placement::kHost ||
                     experiment.system.placement == Placement::kOtherSocket;
  const bool stack = experiment.rpc && experiment.rpc->placement == StackSide::kHost;
  return experiment.system.workers + (agent ? 1 : 0) + (stack ? experiment.rpc->cores : 0);
}

/// What has come and is neither done nor, for its damaged header, dropped.
std::int64_t in_flight(Server& server) {
  const workloads::RequestStats requests = server.stats().requests;
  const auto rpc = server.rpc_stats();
  return requests.arrived - requests.completed - (rpc ? rpc->clients.malformed : 0);
}

/// How the requests in flight change over a window: the slope of a straight line through instants
/// of equal distance, which chance at the window's two ends moves little.
class Backlog {
 public:
  void look(Server& server) { looks_.push_back(static_cast<double>(in_flight(server))); }
  double growth() const {
    const double middle = static_cast<double>(looks_.size() - 1) / 2;
    double above = 0;
    double below = 0;
    for (std::size_t i = 0; i < looks_.size(); ++i) {
      const double x = static_cast<double>(i) - middle;
      above += x * looks_[i];
      below += x * x;
    }
    return above / below * static_cast<double>(looks_.size() - 1);
  }

 private:
  std::vector<double> looks_;
};

RunResult result_of(const sim::Simulation& sim, std::uint64_t seed) {
  return {.seed = seed, .trace_hash = sim.hash(), .events = sim.events()};
}

std::optional<MemoryFindings> findings_of(const memory::Checker& checker, bool on) {
  if (!on) return std::nullopt;
  MemoryFindings findings{.count = checker.count()};
  for (const memory::Finding& finding : checker.findings())
    findings.first.push_back(memory::to_string(finding));
  return findings;
}

RunResult run_load(const ExperimentParams& experiment, std::uint64_t seed,
                   const SharedInputs& inputs) {
  constexpr int kLooks = 20;
  WarmServer warm(experiment, seed, experiment.faults, inputs);
  Server& server = warm.server();
  FaultWatch faults(server, experiment);
  Backlog backlog;
  backlog.look(server);
  for (int i = 1; i <= kLooks; ++i) {
    faults.run_until(warm.begin() + experiment.run.length / kLooks * i);
    backlog.look(server);
  }
  faults.run_until(warm.begin() + experiment.run.length);
  server.check_invariants();

  RunResult result = result_of(server.simulation(), seed);
  result.statistics = warm.counted();
  result.unstable = outgrows_chance(backlog.growth(), result.statistics->requests.arrived,
                                    experiment.system.workers);
  result.values = values_of(*result.statistics, experiment);
  result.findings = findings_of(server.checker(), experiment.system.check_memory);
  result.rpc = warm.rpc_counted();
  if (result.rpc) {
    add_rpc(result.values, *result.rpc, experiment);
    result.values.emplace_back("host_cores", host_cores_of(experiment));
  }
  for (auto& value : faults.values(*result.statistics)) result.values.push_back(std::move(value));
  return result;
}

RunResult as_result(const Saturation& found, std::uint64_t seed) {
  RunResult result{.seed = seed, .trace_hash = found.trace_hash, .events = found.events};
  result.values = {{"saturation_krps", found.rate / 1e3},
                   {"refused_krps", found.refused_rate / 1e3},
                   {"probes_count", static_cast<double>(found.probes)}};
  return result;
}

RunResult as_result(const StackCores& found, std::uint64_t seed) {
  RunResult result = as_result(found.saturation, seed);
  result.values = {{"stack_cores", found.cores}, {"saturation_krps", found.saturation.rate / 1e3}};
  return result;
}

RunResult run_benchmarks(HardwareResult found, std::uint64_t seed) {
  RunResult result{.seed = seed, .trace_hash = found.trace_hash, .events = found.events};
  result.values = std::move(found.values);
  return result;
}

/// Shares are of the socket's core time.
Values values_of(const VmStats& stats, const VmHost& host) {
  const zen3::PackageStats& package = stats.package;
  const double seconds = sim::to_seconds(package.elapsed);
  const sim::Duration cores =
      package.one_thread + package.two_threads + package.halted + package.gated;
  return {{"throughput_ginstr", host.instructions(stats.cpus.work) / seconds / 1e9},
          {"clock_ghz", package.cycles / seconds / 1e9},
          {"socket_w", package.joules / seconds},
          {"busy_share", share(package.one_thread + package.two_threads, cores)},
          {"halted_share", share(package.halted, cores)},
          {"gated_share", share(package.gated, cores)},
          {"ticks_kps", static_cast<double>(stats.cpus.ticks) / seconds / 1e3},
          {"switches_kps", static_cast<double>(stats.cpus.switches) / seconds / 1e3}};
}

/// What `host` counts after the warm-up. What must hold at any instant holds at the end.
template <class Host>
auto counted(Host& host, const RunParams& run, const std::atomic<bool>* stop) {
  const sim::Time begin{run.warm_up};
  run_until(host.simulation(), begin, stop);
  const auto before = host.stats();
  run_until(host.simulation(), begin + run.length, stop);
  host.check_invariants();
  return host.stats() - before;
}

RunResult run_vm(const ExperimentParams& experiment, std::uint64_t seed,
                 const std::atomic<bool>* stop) {
  VmHost host(experiment.machine, experiment.system, experiment.vm, seed);
  const VmStats stats = counted(host, experiment.run, stop);
  RunResult result = result_of(host.simulation(), seed);
  result.values = values_of(stats, host);
  return result;
}

}  // namespace

RunResult run_once(const ExperimentParams& experiment, std::uint64_t seed,
                   const SharedInputs& inputs) {
  switch (experiment.run.measure) {
    case Measure::kLoad:
      return run_load(experiment, seed, inputs);
    case Measure::kSaturation:
      return as_result(find_saturation(experiment, seed, inputs), seed);
    case Measure::kObjective:
      return as_result(find_objective(experiment, seed, inputs), seed);
    case Measure::kStackCores:
      return as_result(find_stack_cores(experiment, seed, inputs), seed);
    case Measure::kCapacity:
      return as_result(find_capacity(experiment, seed, inputs), seed);
    case Measure::kHardware:
      return run_benchmarks(measure_hardware(experiment.machine), seed);
    case Measure::kVm:
      return run_vm(experiment, seed, inputs.stop);
    case Measure::kMemory:
      return run_memory(experiment, seed, inputs.stop);
    case Measure::kKernel:
      return run_benchmarks(measure_host_kernel(experiment.machine), seed);
    case Measure::kDevice:
      return run_benchmarks(measure_device(experiment.machine), seed);
  }
  sim::broken("a measure of a known kind", __FILE__, __LINE__);
}

}  // namespace experiments
