// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "native/memory/access_bits.h"
#include "native/memory/region.h"
#include "native/memory/tiering_channel.h"
#include "subsystems/memory/layout.h"
#include "subsystems/memory/tiering_stats.h"

namespace native {

/// When what is scanned.
struct ScanTimes {
  sim::Duration shortest{};  // period
  int periods = 1;           // each twice the one before
  int epoch_periods = 1;     // an epoch is so many of the longest

  int ticks() const { return (1 << (periods - 1)) * epoch_periods; }  // of an epoch
  sim::Duration epoch() const { return shortest * ticks(); }
};

/// The host's side of memory management, as the simulated daemon (subsystems/memory/daemon.h) does
/// it, on the region's real access bits. At each multiple of the shortest period it scans what is
/// due, ships it to the agent's threads, waits for their answers and carries these out; the last
/// iteration of an epoch scans everything. One that is late scans what came due meanwhile as well.
///
/// Unlike there, who scans moves pages too, and an agent that does not answer ends the run.
class MemoryHost {
 public:
  struct Parts {
    Region& region;
    AccessBits& bits;
    std::vector<std::unique_ptr<TieringChannel>>& channels;  // one for each part
    ScanTimes times;
    std::function<double()> slow_share;                 // of the accesses since it was last asked
    std::function<void(sim::Duration now)> epoch_over;  // called after each
    /// Throws if an agent's thread has failed.
    std::function<void()> check_agent;
  };
  explicit MemoryHost(Parts parts);

  /// For so long, or until `interrupted`; then has the agent leave. For how long it was.
  sim::Duration run(sim::Duration length, const std::atomic<bool>& interrupted);

  const tiering::DaemonStats& stats() const { return stats_; }
  const tiering::MigratorStats& migrator() const { return migrator_; }
  const tiering::Layout& layout() const { return layout_; }
  /// How many batches are scanned in each period.
  std::vector<std::int64_t> batches_by_period() const;

 private:
  using WallClock = std::chrono::steady_clock;

  void iterate(std::int64_t from, std::int64_t to, bool ends_epoch);
  bool is_due(tiering::Batch batch, std::int64_t from, std::int64_t to) const;
  void scan(std::int64_t from, std::int64_t to, bool all);
  void take(tiering::Batch batch, int accessed);
  void ship(int part, ShipmentEnd end);
  void take_answers();
  void take_answer(int part);
  void take_periods(int part);
  void take_moves(int part, std::span<const tiering::Batch> batches, bool fast);
  sim::Duration now() const { return WallClock::now() - begin_; }

  const Parts parts_;
  const tiering::Layout layout_;
  std::vector<tiering::Period> periods_;           // of each batch
  std::vector<sim::Duration> scanned_at_;          // the last time, of each batch
  std::vector<std::vector<tiering::Scan>> scans_;  // to be shipped, by part
  std::vector<std::uint8_t> due_;
  struct Answered {
    std::vector<tiering::Period> periods;
    std::vector<tiering::Batch> to_fast;
    std::vector<tiering::Batch> to_slow;
  };
  Answered answer_;
  WallClock::time_point begin_ = WallClock::now();
  std::int32_t iteration_ = 0;
  std::int32_t epoch_ = 0;
  tiering::DaemonStats stats_;
  tiering::MigratorStats migrator_;
};

}  // namespace native
