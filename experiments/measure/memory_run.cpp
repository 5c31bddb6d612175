// SPDX-License-Identifier: Apache-2.0
#include "experiments/measure/memory_run.h"

#include <algorithm>
#include <fmt/format.h>
#include <set>

#include "experiments/measure/iteration_values.h"
#include "experiments/system/stoppable.h"
#include "experiments/system/tiered_server.h"

namespace experiments {
namespace {

using Values = NamedValues;

double seconds_of(sim::Duration d) {
  return sim::to_seconds(d);
}

double gib(double pages, const tiering::TieringParams& params) {
  return pages * static_cast<double>(params.page.count) / (1 << 30);
}

/// While both sides work, entries move by DMA; then each thread of the agent takes its part.
void add_iterations(Values& values, const TieredStats& stats,
                    const tiering::TieringParams& params) {
  const tiering::DaemonStats& daemon = stats.daemon;
  add_iteration_times(values, daemon);
  if (daemon.epochs > 0)
    values.emplace_back("dma_s", seconds_of(stats.dma_busy) *
                                     whole_scans(daemon, params.batches()) /
                                     static_cast<double>(daemon.epochs));
  add_agent_stages(values, daemon, stats.agent, params.batches(), params.threads);
}

/// What the application's accesses take longer, on average.
void add_slowdown(Values& values, const TieredStats& stats,
                  const tiering::ApplicationCosts& costs) {
  const tiering::AccessStats& a = stats.accesses;
  const double accesses = a.fast + a.slow;
  const double slow = (1 - a.hit_rate()) * sim::to_ns(costs.slow_access);
  const double retouch =
      static_cast<double>(stats.daemon.touched) * sim::to_ns(costs.retouch) / accesses;
  const double flushes = (static_cast<double>(a.flushes * costs.cores) * sim::to_ns(costs.flushed) +
                          a.refills * sim::to_ns(costs.walk)) /
                         accesses;
  const double waits = a.waited * 1e9 / accesses;
  values.emplace_back("slow_access_ns", slow);
  values.emplace_back("retouch_ns", retouch);
  values.emplace_back("flush_ns", flushes);
  values.emplace_back("wait_ns", waits);
  values.emplace_back("added_ns", slow + retouch + flushes + waits);
}

void add_percentile(Values& values, const char* name, const sim::Histogram& added, double q) {
  if (const auto value = added.value_at_quantile(q)) values.emplace_back(name, sim::to_ns(*value));
}

/// What the application's requests take longer: all in all, and on average by cause.
void add_requests(Values& values, const workloads::RequestDelayStats& stats) {
  if (stats.sampled == 0) return;
  const auto requests = static_cast<double>(stats.sampled);
  values.emplace_back("request_mean_ns", sim::to_ns(*stats.added.mean()));
  add_percentile(values, "request_p50_ns", stats.added, 0.5);
  add_percentile(values, "request_p99_ns", stats.added, 0.99);
  add_percentile(values, "request_p999_ns", stats.added, 0.999);
  values.emplace_back("request_slow_ns", sim::to_ns(stats.slow) / requests);
  values.emplace_back("request_setting_ns", sim::to_ns(stats.setting) / requests);
  values.emplace_back("request_refilling_ns", sim::to_ns(stats.refilling) / requests);
  values.emplace_back("request_waiting_ns", sim::to_ns(stats.waiting) / requests);
  values.emplace_back("request_stalled_ns", sim::to_ns(stats.stalled) / requests);
}

/// Rates over a span.
void add_rates(Values& values, const TieredStats& stats, const tiering::TieringParams& params,
               sim::Duration span) {
  const double seconds = seconds_of(span);
  const auto scans = static_cast<double>(stats.daemon.scans);
  const auto moved = static_cast<double>(stats.migrator.to_fast + stats.migrator.to_slow);
  values.emplace_back("scans_kps", scans / seconds / 1e3);
  values.emplace_back("entries_mps", scans * params.batch_pages / seconds / 1e6);
  values.emplace_back("scanning_cores",
                      seconds_of(stats.daemon.scanning + stats.daemon.applying) / seconds);
  values.emplace_back("moving_cores", seconds_of(stats.migrator.migrating) / seconds);
  values.emplace_back("agent_cores", seconds_of(stats.agent.busy()) / seconds);
  values.emplace_back("dma_gbps",
                      static_cast<double>((stats.to_agent + stats.to_host).count) * 8e-9 / seconds);
  values.emplace_back("moved_gib", gib(moved, params));
}

void add_periods(Values& values, const TieredServer& server, const tiering::TieringParams& params) {
  const std::vector<double> shares = server.period_shares();
  for (std::size_t period = 0; period < shares.size(); ++period) {
    const sim::Duration length = params.shortest_period * (1 << period);
    values.emplace_back(fmt::format("every_{}ms_share", length / 1ms), shares[period]);
  }
}

void add_safeguards(Values& values, const tiering::SolStats& sol) {
  values.emplace_back(
      "dropped_count",
      static_cast<double>(sol.unknown_batches + sol.unknown_periods + sol.impossible_counts));
  values.emplace_back("failed_assessments_count", static_cast<double>(sol.failed_assessments));
  values.emplace_back("promotions_count", static_cast<double>(sol.promotions));
}

void add_failures(Values& values, const TieredStats& stats) {
  const tiering::DaemonStats& daemon = stats.daemon;
  values.emplace_back("absences_count", static_cast<double>(daemon.absences));
  values.emplace_back("epochs_put_off_count", static_cast<double>(daemon.epochs_put_off));
  values.emplace_back("refused_count",
                      static_cast<double>(daemon.refused_periods + daemon.refused_moves));
  values.emplace_back("transfers_lost_count", static_cast<double>(stats.faults.transfers_lost));
}

double fast_share(TieredServer& server, const tiering::TieringParams& params) {
  return static_cast<double>(server.memory().fast_pages()) /
         (static_cast<double>(params.batches()) * params.batch_pages);
}

Values values_of(const TieredStats& stats, const ExperimentParams& experiment,
                 TieredServer& server) {
  const tiering::TieringParams& params = experiment.memory.tiering;
  const double fast = fast_share(server, params);
  const bool on_host = experiment.system.placement == Placement::kHost;
  Values values;
  values.emplace_back("hit_rate_share", stats.accesses.hit_rate());
  values.emplace_back("hit_rate_now_share", 1 - server.memory().slow_share());
  values.emplace_back("footprint_gib", fast * static_cast<double>(params.memory.count) / (1 << 30));
  values.emplace_back("footprint_reduction_share", 1 - fast);
  add_iterations(values, stats, params);
  add_slowdown(values, stats, params.application);
  add_requests(values, stats.requests);
  add_rates(values, stats, params, experiment.run.length);
  values.emplace_back("daemon_cores", seconds_of(stats.daemon.scanning + stats.daemon.applying +
                                                 stats.migrator.migrating) /
                                          seconds_of(experiment.run.length));
  values.emplace_back("agent_host_cores", on_host ? params.threads : 0);
  values.emplace_back("host_cores_recovered", on_host ? 0 : params.threads);
  add_safeguards(values, stats.sol);
  add_periods(values, server, params);
  if (!experiment.faults.empty()) add_failures(values, stats);
  return values;
}

/// An epoch, or what there was of it.
Values epoch_of(const TieredStats& stats, const tiering::TieringParams& params,
                TieredServer& server, sim::Time begin, sim::Time end) {
  Values values;
  values.emplace_back("until_s", seconds_of(end.time_since_epoch()));
  values.emplace_back("hit_rate_share", stats.accesses.hit_rate());
  values.emplace_back("footprint_gib",
                      gib(static_cast<double>(server.memory().fast_pages()), params));
  add_percentile(values, "request_p50_ns", stats.requests.added, 0.5);
  add_percentile(values, "request_p99_ns", stats.requests.added, 0.99);
  add_rates(values, stats, params, end - begin);
  add_safeguards(values, stats.sol);
  add_periods(values, server, params);
  return values;
}

}  // namespace

RunResult run_memory(const ExperimentParams& experiment, std::uint64_t seed,
                     const std::atomic<bool>* stop) {
  TieredServer server(experiment.machine, experiment.system.placement, experiment.memory, seed,
                      experiment.faults);
  const tiering::TieringParams& params = experiment.memory.tiering;
  const sim::Time counting{experiment.run.warm_up};
  const sim::Time end = counting + experiment.run.length;
  std::set<sim::Time> looks{counting, end};
  for (sim::Time epoch{params.epoch()}; epoch < end; epoch += params.epoch()) looks.insert(epoch);

  RunResult result{.seed = seed};
  TieredStats before, before_epoch;
  sim::Time begin{};
  for (const sim::Time look : looks) {
    run_until(server.simulation(), look, stop);
    const TieredStats now = server.stats();
    if (look == counting) before = now;
    const bool ends_epoch = look.time_since_epoch() % params.epoch() == sim::Duration{0};
    if (look == begin || (!ends_epoch && look != end)) continue;
    result.series.push_back(epoch_of(now - before_epoch, params, server, begin, look));
    before_epoch = now;
    begin = look;
  }
  server.check_invariants();
  result.trace_hash = server.simulation().hash();
  result.events = server.simulation().events();
  result.memory = server.stats() - before;
  result.values = values_of(*result.memory, experiment, server);
  return result;
}

}  // namespace experiments
