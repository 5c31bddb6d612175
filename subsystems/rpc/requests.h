// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/core/core.h"
#include "models/memory/mapping.h"
#include "models/pcie/dma.h"
#include "subsystems/rpc/channel_params.h"
#include "subsystems/rpc/header_words.h"

namespace rpc {

/// The places in which one stack leaves requests for its workers, each one's own: a line with a
/// number and the header, whose bytes are real, and the body's lines, of which only how many there
/// are and where they lie matters.
///
/// They are in the workers' memory, or for bodies that stay on the NIC in the NIC's, and then a
/// worker loads across PCIe, flushing first what it has of an older request.
///
/// Not modelled: single lines of a body in host memory; they move one like the other.
class Requests {
 public:
  /// In the memory of `home`, node `node`, for so many workers; `address` is its, for a device.
  /// `across` is the workers' way there; none if they are at home.
  Requests(sim::Simulation& sim, memory::Domain& home, memory::NodeIndex node, int workers,
           std::uint64_t address, const ChannelParams& params, memory::Path* across);

  // Of the stack, for a worker that has taken the request before:
  /// Its core writes the line; the body has come there from the port.
  void write(core::Core& stack, int worker, const Header& header);
  /// The same by DMA of line and body from the NIC's memory. Says nothing of who is to hear of it.
  pcie::Transfer transfer(int worker, const Header& header);

  /// The worker's: reads its next request, header and as much of the body as `params` says. Aborts
  /// if that is not there: somebody told the worker too early.
  Header take(core::Core& cpu, int worker);

  memory::Region& region() { return region_; }

 private:
  using Line = std::array<std::uint64_t, 1 + kHeaderWords>;  // number first
  struct Place {
    std::uint64_t given = 0;
    std::uint64_t taken = 0;
    Line on_its_way{};          // by DMA
    memory::CoherentLine body;  // stands for all of its lines
  };

  std::int64_t line(int worker) const { return worker * lines_each_ * memory::kCacheLine; }
  Place& place(int worker) { return places_[static_cast<std::size_t>(worker)]; }
  Line next_line(int worker, const Header& header);
  void body_arrives(int worker, std::int64_t lines);
  void land(int worker, sim::Bytes offset);
  void drop_copies(core::Core& cpu, std::int64_t offset, std::int64_t lines);
  void read_body(core::Core& cpu, int worker, std::int64_t lines);
  void read_body_across(core::Core& cpu, std::int64_t offset, std::int64_t lines);

  const ChannelParams params_;
  const std::int64_t lines_each_;
  const std::uint64_t address_;
  const std::string device_ = "port or DMA";  // who writes, for the checker
  memory::Region region_;
  std::optional<memory::Mapping> across_;
  memory::Mapping own_;
  std::vector<Place> places_;
};

}  // namespace rpc
