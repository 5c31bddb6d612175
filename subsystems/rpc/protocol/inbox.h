// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>

#include "subsystems/rpc/protocol/packet.h"
#include "subsystems/rpc/protocol/reassembly.h"

namespace rpc {

/// A receiver's clock, since it began.
using Clock = std::chrono::duration<std::int64_t, std::pico>;

/// What is known of a message from its first packets.
struct Beginning {
  Clock since{};  // when the first of its packets was seen
  HeaderBytes header{};
  std::size_t header_bytes = 0;  // of them, those that are there

  std::span<const std::byte> bytes() const { return std::span(header).first(header_bytes); }
};

/// Messages of which parts are missing, each with its header as soon as that has come. Keeps no
/// more of them than its Reassembler does, and forgets them together with it.
///
/// A header that does not lie in one packet is not put together: it counts as truncated.
class Inbox {
 public:
  struct Taken {
    Arrival arrival = Arrival::kPartial;
    Beginning beginning{};  // of a message that is complete
  };

  Inbox(std::size_t most_messages, std::uint32_t most_bytes)
      : segments_(most_messages, most_bytes) {}

  Taken add(const Packet& packet, Clock now);

  std::size_t under_way() const { return begun_.size(); }
  std::int64_t forgotten() const { return segments_.forgotten(); }

 private:
  Reassembler segments_;
  std::map<Reassembler::Key, Beginning> begun_;
};

}  // namespace rpc
