// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "native/memory/memory_host.h"
#include "native/memory/page_load.h"
#include "sim/describe.h"
#include "sim/units.h"
#include "subsystems/memory/policies/hot_set.h"
#include "subsystems/memory/policies/sol.h"
#include "subsystems/memory/tiering_stats.h"

namespace native {

struct MemoryOptions {
  int batches = 256;
  int batch_pages = 64;
  sim::Duration shortest_period = std::chrono::milliseconds{50};
  int periods = 4;
  int epoch_periods = 4;
  double objective = tiering::HotSetParams{}.objective;
  int agents = 1;
  PageLoadOptions load;
  sim::Duration length = std::chrono::seconds{8};
  std::uint64_t seed = 1;

  ScanTimes times() const {
    return {.shortest = shortest_period, .periods = periods, .epoch_periods = epoch_periods};
  }

  static void describe(auto&& field) {
    using namespace std::chrono_literals;
    using P = MemoryOptions;
    using sim::chosen;
    using sim::Range;
    field(&P::batches, "batches", "of pages that are scanned and moved as one",
          chosen("64 MiB; a mapping each"), Range{1, 30'000});
    field(&P::batch_pages, "batch_pages", "pages of a batch", chosen("as in simulations"),
          Range{1, 512});
    field(&P::shortest_period, "shortest_period", "between two scans of the hottest batches",
          chosen("far above what a scan takes"), Range{1ms, 100s});
    field(&P::periods, "periods", "lengths to choose from, each twice the one before",
          chosen("50 to 400 ms"), Range{1, 6});
    field(&P::epoch_periods, "epoch_periods", "an epoch is so many of the longest periods",
          chosen("as in simulations"), Range{1, 16});
    field(&P::objective, "objective", "share of the accesses that the fast tier is to serve",
          chosen("as in simulations"), Range{0.5, 0.99});
    field(&P::agents, "agents", "threads of the agent, each with a part of the memory",
          chosen("a machine of two cores"), Range{1, 64});
    field(&P::load, "load", "the application");
    field(&P::length, "length", "for how long it runs", chosen("five epochs"), Range{0s, 10'000s});
    field(&P::seed, "seed", "of the load and the policy", chosen("as in experiments"));
  }
};

/// Throws sim::ConfigError, which names the member, for values without sense.
void check(const MemoryOptions& options);

struct EpochReport {
  sim::Duration until{};
  double hit_rate = 1;  // since the epoch before
  std::int64_t fast_batches = 0;
};

/// What became of it; the names are the simulator's where they mean the same.
struct MemoryReport {
  PageLoad::Accesses accesses;
  tiering::DaemonStats daemon = {};
  tiering::MigratorStats migrator = {};
  tiering::StageStats agent = {};
  tiering::SolStats sol = {};
  std::int64_t held_off = 0;
  std::int64_t lost = 0;
  std::int64_t fast_batches = 0;
  std::int64_t popular_fast = 0;
  std::vector<std::int64_t> by_period = {};
  std::vector<EpochReport> epochs = {};
  sim::Duration measured{};

  static void describe(auto&& stat) {
    using R = MemoryReport;
    stat(&R::daemon, "daemon", "scans and answers");
    stat(&R::migrator, "migrator", "moves");
    stat(&R::agent, "agent", "its threads' time");
    stat(&R::sol, "sol", "the policy's safeguards");
    stat(&R::held_off, "held_off", "times that a writer waited for a batch that was copied");
    stat(&R::lost, "lost", "accesses that the memory does not show in the end, or words changed");
    stat(&R::popular_fast, "popular_fast",
         "of the most popular batches, as many as the fast tier holds, those that it holds");
    stat(&R::measured, "measured", "for how long it ran");
  }
};

/// Manages the memory of a real application with SOL, for real. Throws sim::ConfigError if this
/// machine lacks what it takes.
MemoryReport run_memory(const MemoryOptions& options, const std::atomic<bool>& interrupted);

}  // namespace native
