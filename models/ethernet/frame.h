// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

#include "sim/units.h"

namespace ethernet {

/// Where a packet's bytes are that the descriptor does not hold.
enum class Payload : std::uint8_t { kInNicMemory, kInHostMemory, kInHostCache };

/// A packet as port and software hand it to each other. The port's parser splits it: the headers,
/// as far as software asked for them, are in the descriptor (48 bytes), the rest in a buffer.
struct Frame {
  std::array<std::uint64_t, 6> descriptor{};  // what it says is between software and its peers
  std::uint32_t payload = 0;                  // bytes in the buffer, below 2^24
  Payload where = Payload::kInNicMemory;      // the buffer, of what is to be sent
  std::uint32_t page = 0;                     // of 4 KiB, of a buffer in the host: for translation
};

/// The seventh word of a ring's entry.
constexpr std::uint64_t control_word(const Frame& frame) {
  return frame.payload | std::uint64_t{static_cast<std::uint8_t>(frame.where)} << 24 |
         std::uint64_t{frame.page} << 32;
}
constexpr void read_control_word(std::uint64_t word, Frame& frame) {
  frame.payload = static_cast<std::uint32_t>(word & 0xff'ffff);
  frame.where = static_cast<Payload>(word >> 24 & 0xff);
  frame.page = static_cast<std::uint32_t>(word >> 32);
}

}  // namespace ethernet
