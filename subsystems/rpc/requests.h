// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "models/core/core.h"
#include "models/memory/mapping.h"
#include "models/pcie/dma.h"
#include "subsystems/rpc/channel_params.h"
#include "subsystems/rpc/protocol/frame.h"

namespace rpc {

/// The places in which one stack leaves requests for its workers, each one's own: a line with a
/// number and the header, whose bytes are real, and the body's lines, of which only how many there
/// are and where they lie matters.
///
/// They are in the workers' memory, or for a body that stays on the NIC in the NIC's, and then a
/// worker loads across PCIe, flushing first what it has of an older request.
///
/// Not modelled: where in host memory a body's lines are; they move one like the other.
class Requests {
 public:
  /// In the memory of `home`, node `node`, for so many workers. `across` is the workers' way there;
  /// none if they are at home.
  Requests(sim::Simulation& sim, memory::Domain& home, memory::NodeIndex node, int workers,
           const ChannelParams& params, memory::Path* across);

  /// The stack's core writes the line itself; of a body, which a device has brought before, it says
  /// so.
  void write(core::Core& stack, int worker, const Header& header);
  /// The same by DMA of header and body from the NIC's memory: fills in all of the transfer but who
  /// is to hear of it.
  pcie::Transfer transfer(int worker, const Header& header);

  /// The worker's: reads its next request, header and as much of the body as `params` says. Aborts
  /// if it is not there: the worker was told too early.
  Header take(core::Core& cpu, int worker);

  memory::Region& region() { return region_; }

 private:
  static constexpr std::size_t kLineWords = 5;  // number and header
  using Line = std::array<std::uint64_t, kLineWords>;
  struct Place {
    std::uint64_t given = 0;
    std::uint64_t taken = 0;
    memory::CoherentLine body{};  // stands for all of its lines
  };

  std::int64_t line(int worker) const { return worker * lines_each_ * memory::kCacheLine; }
  Place& place(int worker) { return places_[static_cast<std::size_t>(worker)]; }
  Line next_line(int worker, const Header& header);
  void body_arrives(int worker, std::int64_t lines);
  void land(int worker, const Line& line);
  void drop_copy(core::Core& cpu, std::int64_t offset, std::int64_t lines);
  void read_body(core::Core& cpu, int worker, std::int64_t lines);
  void read_body_across(core::Core& cpu, int worker, std::int64_t lines);

  const ChannelParams params_;
  const std::int64_t lines_each_;
  memory::Region region_;
  memory::Mapping own_;
  std::optional<memory::Mapping> across_;
  std::vector<Place> places_;
};

}  // namespace rpc
