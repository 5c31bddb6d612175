// SPDX-License-Identifier: Apache-2.0
#include "experiments/measure/fault_watch.h"

namespace experiments {
namespace {

constexpr sim::Duration kBetweenLooks = 100us;

}  // namespace

FaultWatch::FaultWatch(Server& server, const ExperimentParams& experiment)
    : server_(server),
      windows_(experiment.faults, sim::Time{experiment.run.warm_up},
               sim::Time{experiment.run.warm_up} + experiment.run.length, experiment.run.settle),
      recovery_(windows_.first_fault()),
      next_look_(sim::Time{experiment.run.warm_up} + kBetweenLooks) {
  windows_.note(server.stats().requests);
}

void FaultWatch::run_until(sim::Time when) {
  for (; !windows_.ends().empty() && next_look_ <= when; next_look_ += kBetweenLooks) {
    note_windows_until(next_look_);
    server_.run_until(next_look_);
    recovery_.look(next_look_, server_.in_flight());
  }
  note_windows_until(when);
  server_.run_until(when);
}

void FaultWatch::note_windows_until(sim::Time when) {
  while (const auto end = windows_.next_end()) {
    if (*end > when) return;
    server_.run_until(*end);
    windows_.note(server_.stats().requests);
  }
}

/// An agent that was given up before had nothing to do with the fault.
std::optional<sim::Time> FaultWatch::first_noticed() const {
  Agents* const agents = server_.agents();
  if (agents == nullptr) return std::nullopt;
  for (const sim::Time given_up : agents->keeper().given_up())
    if (given_up >= windows_.first_fault()) return given_up;
  return std::nullopt;
}

std::vector<std::pair<std::string, double>> FaultWatch::values(const ServerStats& stats) const {
  if (windows_.ends().empty()) return {};
  auto values = windows_.values();
  const auto count = [&](const char* name, std::int64_t n) {
    values.emplace_back(name, static_cast<double>(n));
  };
  const auto time = [&](const char* name, sim::Duration d) {
    values.emplace_back(name, sim::to_us(d));
  };
  const scheduling::KeeperStats& keeper = stats.keeper;
  if (const auto noticed = first_noticed()) time("detected_us", *noticed - windows_.first_fault());
  if (keeper.blackouts > 0) time("blackout_us", keeper.blackout / keeper.blackouts);
  if (const auto took = recovery_.took()) time("recovered_us", *took);
  time("without_agent_us", keeper.without_agent);
  time("on_fallback_us", keeper.on_fallback);
  if (const auto most = recovery_.most_before()) count("most_before_count", *most);
  count("most_since_count", recovery_.most_since());
  count("watchdog_firings_count", keeper.watchdog_firings);
  count("agent_exits_count", keeper.exits);
  count("overflows_count", keeper.overflows);
  count("agent_starts_count", keeper.restarts + keeper.upgrades);
  count("threads_moved_count", keeper.threads_moved);
  count("interrupts_lost_count", stats.faults.interrupts_lost);
  count("garbage_count", stats.faults.garbage);
  count("refused_count", stats.kernel.refusals.total());
  return values;
}

}  // namespace experiments
