// SPDX-License-Identifier: Apache-2.0
#include "experiments/commands/native_sol.h"

#include <algorithm>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "experiments/commands/exit_code.h"
#include "experiments/commands/native_load.h"
#include "experiments/commands/output.h"
#include "experiments/commands/signals.h"
#include "experiments/measure/iteration_values.h"
#include "sim/json.h"

namespace commands {
namespace {

using native::MemoryOptions;
using native::MemoryReport;

MemoryOptions memory_of(const NativeSolOptions& o) {
  MemoryOptions memory = o.memory;
  set(memory.shortest_period, "--shortest-period", o.shortest_period);
  set(memory.length, "--length", o.length);
  return memory;
}

void check_options(const MemoryOptions& memory) try {
  native::check(memory);
} catch (const sim::ConfigError& error) {
  throw about_option(error);
}

/// What the machine lacks, as a line about the command.
MemoryReport run(const MemoryOptions& memory) try {
  return native::run_memory(memory, interrupted());
} catch (const sim::ConfigError& error) {
  const std::string path = error.where().path;
  throw sim::ConfigError("native sol", path + (path.empty() ? "" : ": ") + error.wrong(),
                         error.remedy());
}

double gib(double batches, const MemoryOptions& memory) {
  return batches * memory.batch_pages * 4096 / (1 << 30);
}

using Values = experiments::NamedValues;

void add_rates(Values& values, const MemoryReport& r, const MemoryOptions& memory) {
  const double seconds = std::max(sim::to_seconds(r.measured), 1e-9);
  const auto scans = static_cast<double>(r.daemon.scans);
  const auto moved = static_cast<double>(r.migrator.to_fast + r.migrator.to_slow);
  values.emplace_back("scans_kps", scans / seconds / 1e3);
  values.emplace_back("entries_mps", scans * memory.batch_pages / seconds / 1e6);
  values.emplace_back("scanning_cores", sim::to_seconds(r.daemon.scanning) / seconds);
  values.emplace_back("moving_cores", sim::to_seconds(r.migrator.migrating) / seconds);
  values.emplace_back("agent_cores", sim::to_seconds(r.agent.busy()) / seconds);
  values.emplace_back("moved_gib", gib(moved / memory.batch_pages, memory));
}

Values values_of(const MemoryReport& r, const MemoryOptions& memory) {
  const double fast = static_cast<double>(r.fast_batches) / memory.batches;
  Values values;
  values.emplace_back("hit_rate_share", r.accesses.hit_rate());
  values.emplace_back("footprint_gib", gib(static_cast<double>(r.fast_batches), memory));
  values.emplace_back("footprint_reduction_share", 1 - fast);
  // The names and meanings of `run.measure: memory`.
  experiments::add_iteration_times(values, r.daemon);
  experiments::add_agent_stages(values, r.daemon, r.agent, memory.batches, memory.agents);
  add_rates(values, r, memory);
  values.emplace_back(
      "dropped_count",
      static_cast<double>(r.sol.unknown_batches + r.sol.unknown_periods + r.sol.impossible_counts));
  values.emplace_back("failed_assessments_count", static_cast<double>(r.sol.failed_assessments));
  values.emplace_back("promotions_count", static_cast<double>(r.sol.promotions));
  for (std::size_t period = 0; period < r.by_period.size(); ++period)
    values.emplace_back(
        fmt::format("every_{:.0f}ms_share",
                    sim::to_us(memory.shortest_period) / 1e3 * static_cast<double>(1u << period)),
        static_cast<double>(r.by_period[period]) / memory.batches);
  return values;
}

std::string json_of(const MemoryOptions& memory, const MemoryReport& r) {
  sim::Json json;
  json["policy"] = "sol";
  json["options"] = sim::write(memory);
  json["environment"] = native_environment();
  for (const auto& [name, value] : values_of(r, memory)) json["values"][name] = value;
  json["series"] = sim::Json::array();
  for (const native::EpochReport& epoch : r.epochs)
    json["series"].push_back(
        {{"until_s", sim::to_seconds(epoch.until)},
         {"hit_rate_share", epoch.hit_rate},
         {"footprint_gib", gib(static_cast<double>(epoch.fast_batches), memory)}});
  json["statistics"] = sim::write(r);
  json["statistics"]["accesses"] = {{"fast", r.accesses.fast}, {"slow", r.accesses.slow}};
  return json.dump() + '\n';
}

std::string epoch_lines(const MemoryOptions& memory, const MemoryReport& r) {
  std::string text;
  for (const native::EpochReport& epoch : r.epochs)
    text += fmt::format(
        "  until {:6.2f} s  {:5.1f} % of the accesses were to the fast tier, then it "
        "holds {:.1f} MiB\n",
        sim::to_seconds(epoch.until), 100 * epoch.hit_rate,
        1024 * gib(static_cast<double>(epoch.fast_batches), memory));
  return text;
}

std::string summary_of(const MemoryOptions& memory, const MemoryReport& r) {
  std::string text = fmt::format(
      "sol for {:.1f} MiB in {} batches, agent in {} thread{}, access bits from smaps\n",
      1024 * gib(memory.batches, memory), memory.batches, memory.agents,
      memory.agents == 1 ? "" : "s");
  text += epoch_lines(memory, r);
  for (const auto& [name, value] : values_of(r, memory))
    text += fmt::format("  {:<28}{:.6g}\n", name, value);
  text += fmt::format(
      "  {} of the {} most popular batches are fast; {} pages moved, a writer waited "
      "{} times\n",
      r.popular_fast, r.fast_batches, r.migrator.to_fast + r.migrator.to_slow, r.held_off);
  const std::int64_t accesses = r.accesses.fast + r.accesses.slow;
  if (r.lost == 0) return text + fmt::format("  each of {} accesses is in the memory\n", accesses);
  return text + fmt::format("  {} of {} accesses were lost\n", r.lost, accesses);
}

}  // namespace

int native_sol(const NativeSolOptions& options) {
  const MemoryOptions memory = memory_of(options);
  check_options(memory);
  require_writable(options.out);
  const MemoryReport report = run(memory);
  deliver(options.out, options.json ? json_of(memory, report) : summary_of(memory, report));
  if (report.lost > 0) return kInternalError;
  return interrupted() ? kInterrupted : kFine;
}

}  // namespace commands
