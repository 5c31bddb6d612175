// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "models/core/core.h"
#include "subsystems/memory/layout.h"
#include "subsystems/memory/migrator.h"
#include "subsystems/memory/policies/agent_runtime.h"
#include "subsystems/memory/tiered_memory.h"
#include "subsystems/memory/tiering_params.h"
#include "subsystems/memory/tiering_stats.h"

namespace tiering {

/// Results that are on their way to a thread of the agent.
struct Shipment {
  std::vector<Scan> scans;
  bool ends_iteration = false;
  int iteration = 0;
  int epoch = 0;
  bool restate = false;
  double slow_share = 0;
};

/// The host kernel's part of memory management: a thread that scans page tables and takes in what
/// the agent answers. Another one moves pages (migrator.h).
///
/// At each multiple of the shortest period the batches that are due are scanned, those with longer
/// periods spread evenly over them. Then the daemon waits for the answers. An iteration that takes
/// longer than a period makes the next one late, and that one scans what came due meanwhile. The
/// last iteration of an epoch scans everything, so that decisions are about the whole memory.
///
/// An agent's thread that does not answer in time is absent: its batches stay where they are and
/// are scanned in the longest period, unheard, and epochs do not end. It is asked in every
/// iteration whether it is back, and to tell all that it has decided, as it is if it said what
/// cannot be; that is refused.
///
/// Not modelled: page tables that change, interrupts of the thread, another agent in the place of
/// one that does not come back.
class Daemon {
 public:
  struct Parts {
    const TieringParams& params;
    TieredMemory& memory;
    core::Core& scanner;
    Migrator& migrator;
    /// Called on the scanner's core.
    std::function<void(int part, Shipment shipment)> ship;
  };
  explicit Daemon(const Parts& parts);

  /// Begins at the present instant to wait for the agent's first answers, which say how often to
  /// scan what.
  void start();

  /// The agent's thread for `part` has answered an iteration, 0 before the first.
  void answered(int part, int iteration, const Answer& answer);
  bool is_present(int part) const { return states_[static_cast<std::size_t>(part)].present; }

  const DaemonStats& stats() const { return stats_; }
  const Layout& layout() const { return layout_; }
  Period period(Batch batch) const { return periods_[PageTable::index(batch)]; }

  /// What must hold at any instant; throws std::logic_error with what does not.
  void check_invariants() const;

 private:
  void scan_loop();
  void iterate(std::int64_t from, std::int64_t to, bool ends_epoch);
  void scan_due(std::int64_t from, std::int64_t to);
  void scan_all();
  void scan(std::span<const Batch> batches);
  std::size_t scan_group(std::span<const Batch> batches);
  void find_stripe(Batch batch);
  void take(std::span<const Batch> batches, std::span<const PageTable::Scanned> found);
  Period period_of(sim::Duration span);
  void ship(int part, bool last);
  bool begin_iteration(bool ends_epoch);
  void take_answers();
  bool awaits_answers() const;
  void lose(int part);
  bool take_periods(int part, std::span<const Period> periods);
  bool take_moves(int part, std::span<const Batch> batches, bool fast, bool repeated);
  void apply();
  void deal_out();

  std::size_t list(Period period, std::int64_t tick) const {
    return (std::size_t{1} << period) + static_cast<std::size_t>(tick % (1 << period));
  }

  const TieringParams params_;
  TieredMemory& memory_;
  core::Core& scanner_;
  Migrator& migrator_;
  const std::function<void(int, Shipment)> ship_;
  const Layout layout_;

  std::vector<Period> periods_;          // of each batch
  std::vector<std::vector<Batch>> due_;  // by period, and by tick modulo its length
  std::vector<Shipment> shipments_;      // being filled, by part
  sim::Duration unpaid_{};               // of scanning since the last shipment
  sim::Duration span_{};                 // whose period is known
  Period span_period_ = 0;
  // The last stripe that was scanned: its first batch, and where that is among a part's.
  struct Stripe {
    Batch begin = 0;
    Batch local = 0;
    int part = 0;
  } stripe_;
  std::vector<Batch> all_;  // batches
  struct PartState {
    int answered = -1;  // the last iteration that it was
    bool present = true;
    bool restate = false;
  };
  std::vector<PartState> states_;
  int iteration_ = 0;
  int epoch_ = 0;
  std::int64_t to_apply_ = 0;  // batches that the answers spoke of
  bool new_periods_ = false;
  AccessStats seen_;  // by the counters, when last told
  DaemonStats stats_;
};

}  // namespace tiering
