// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "sim/simulation.h"
#include "subsystems/memory/tiered_memory.h"
#include "workloads/page_capture.h"

namespace workloads {

/// Does to memory of any size what a captured program did to its own, over and over.
///
/// The memory is tiled: batch b does what batch b % N of the capture's N did, so that every tile is
/// a shard of its own under the same load. Each of the T tiles begins an interval 1/T of it after
/// the tile before. An interval takes as long as the experiment says. Its visits are spread evenly
/// over it; its pages have their bits set when it ends. After the last interval comes the first.
///
/// Kept: which pages are accessed together, how popular each batch is among those of its tile, what
/// follows on what. Not kept: what a larger program would have done; its hottest keys would have
/// more of all accesses than the hottest keys of many small ones, its indexes more levels.
class PageReplay {
 public:
  PageReplay(const PageCapture& capture, sim::Duration interval, sim::Simulation& sim,
             tiering::TieredMemory& memory);

  /// From the present instant on.
  void start();

  /// Visits in a second that are to come within `ahead`, from the present interval on.
  double coming_rate(tiering::Batch batch, sim::Duration ahead) const;

 private:
  using Batch = tiering::Batch;

  /// What changes for a batch between an interval and the next.
  struct Change {
    Batch batch;
    double rate;  // of visits from now on
    PageSet accessed;
    PageSet written;
  };
  using Changes = std::vector<Change>;

  Batch tiles() const { return (memory_.batches() + batches_ - 1) / batches_; }
  Changes between(const IntervalAccesses& before, const IntervalAccesses& after) const;
  void enter(Batch tile, std::size_t interval);
  void apply(Batch tile, const Changes& changes);

  const Batch batches_;  // of a tile
  const sim::Duration interval_;
  sim::Simulation& sim_;
  tiering::TieredMemory& memory_;
  Changes first_;                // where nothing was before
  std::vector<Changes> before_;  // each interval
  // Visits up to each interval, of each batch in turn.
  std::vector<std::int64_t> visits_;
  sim::Time started_{};
};

}  // namespace workloads
