// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "models/pcie/params.h"

namespace pcie {

enum class Direction : std::uint8_t { kToEndpoint, kToRootComplex };
enum class PacketClass : std::uint8_t { kPosted, kNonposted, kCompletion };

/// A packet on the wire: its first bit leaves at `start`, its last one at `start + taken`, and that
/// is received at `delivered`.
struct Packet {
  PacketClass kind;
  Bytes payload;
  Time start;
  Duration taken;
  Time delivered;
};

/// A descriptor that the device's DMA block has done with: an engine had it all this time.
struct DmaWork {
  bool to_host;
  Bytes size;
  Time begin;
  Time end;
};

/// Is told what a link and what uses it carry, for a look at a run from outside. Packets are told
/// when they are decided, which may be after they left. Must change nothing.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void carries(Direction direction, const Packet& packet) = 0;
  virtual void has_moved(const DmaWork& work) = 0;
};

}  // namespace pcie
