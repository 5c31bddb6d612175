// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <vector>

#include "models/pcie/observer.h"
#include "models/pcie/params.h"
#include "sim/simulation.h"

namespace pcie {

/// The device's DMA block for transfers so long that only their length matters: one entry of the
/// agenda each, where Dma takes one for every burst. A transfer takes an engine, which needs its
/// setup; the port moves one transfer after the other, as fast as the slowest of port, wire,
/// credits and tags; its end follows after the way that its last burst has to go. A read's end is
/// no sooner than its engine's bursts in flight allow.
///
/// A stream of transfers of 64 KiB is as fast as with Dma to within one percent where port or wire
/// is the slowest, as with the defaults, and to within ten percent at the ends of the parameters'
/// ranges (tests). What else goes over the link is not slowed down and does not slow it: at these
/// lengths that is other transfers of the same block, and those take turns here.
///
/// Not modelled: page walks of the IOMMU, transfers one way that go on while those the other way
/// lack credits or tags, the bytes themselves.
class BulkDma {
 public:
  enum class Kind { kToHost, kFromHost };
  struct Stats {
    std::int64_t transfers = 0;
    Bytes to_host;
    Bytes from_host;
    Duration busy{};  // the port
  };

  BulkDma(sim::Simulation& sim, const PcieParams& params);
  BulkDma(const BulkDma&) = delete;
  BulkDma& operator=(const BulkDma&) = delete;

  /// Moves `size`, which is at least a byte; `done()` runs when the last of it is there.
  void submit(Kind kind, Bytes size, std::function<void()> done);

  /// What long transfers reach with enough engines.
  Bandwidth bandwidth(Kind kind) const { return kind == Kind::kToHost ? to_host_ : from_host_; }
  const Stats& stats() const { return stats_; }
  /// Is told of transfers from now on; nobody if it is null.
  void observe(Observer* observer) { observer_ = observer; }

 private:
  Duration waits(Bytes size) const;

  sim::Simulation& sim_;
  const Duration setup_;
  const Bandwidth to_host_;
  const Bandwidth from_host_;
  const Duration way_to_host_;
  const Duration way_from_host_;
  const Bytes window_;  // what an engine has in flight of a read
  const Duration round_trip_;
  std::vector<Time> engine_free_;
  Time port_free_{};
  Stats stats_;
  Observer* observer_ = nullptr;
};

}  // namespace pcie
