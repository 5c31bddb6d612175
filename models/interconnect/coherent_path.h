// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <string>

#include "models/interconnect/coherent_link.h"
#include "models/memory/path.h"
#include "models/memory/posted_writes.h"
#include "sim/simulation.h"

namespace interconnect {

/// The way across a coherent link of what passes caches by: uncached accesses and combined
/// writes. Packets keep their order, and each holds its direction's wire for as long as its bytes
/// take.
///
/// Cached accesses do not come this way: the domain's directory knows what they take, and that a
/// line's time on the wire is part of it. Not modelled: their queueing for the wire, of which what
/// an agent and its host say to each other fills a few per cent.
class CoherentPath : public memory::Path {
 public:
  CoherentPath(sim::Simulation& sim, const CoherentLinkParams& params);

  bool coherent() const override { return true; }
  sim::Duration acknowledged_after() const override { return params_.transfer(); }

  void write(memory::Region& region, std::int64_t offset, std::span<const std::byte> data,
             const std::string& who, bool complete, sim::Duration later) override;
  void write_acknowledged(memory::Region& region, std::int64_t offset,
                          std::span<const std::byte> data, const std::string& who, bool complete,
                          sim::Duration later, sim::Time& acknowledged) override;
  void read(const memory::PathRead& read, sim::Duration later) override;

 private:
  enum Direction : std::uint8_t { kThere, kBack };
  /// `arrived` when a packet is across that leaves `later` from now, or when the wire is free.
  template <class F>
  void send(Direction direction, sim::Bytes size, sim::Duration later, F arrived,
            sim::Time* acknowledged = nullptr);
  void write(memory::Region& region, std::int64_t offset, std::span<const std::byte> data,
             const std::string& who, bool complete, sim::Duration later, sim::Time* acknowledged);

  sim::Simulation& sim_;
  const CoherentLinkParams params_;
  std::array<sim::Time, 2> wire_free_{};
  memory::PostedWrites writes_;
  memory::PathReads reads_;
};

}  // namespace interconnect
