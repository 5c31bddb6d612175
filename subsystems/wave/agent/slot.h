// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace wave {

/// A queue entry is one cache line of eight words. The last word is the flag: its owner writes it
/// last and its reader reads it first, so an entry needs no shared head or tail (Floem's layout).
/// What is in the entry sits right before the flag, so that a short entry is a short run of stores
/// that ends with the flag.
constexpr std::size_t kSlotWords = 8;
constexpr std::size_t kFlagWord = kSlotWords - 1;
constexpr std::int64_t kSlotBytes = 64;
constexpr std::int64_t kFlagOffset = 56;

using Slot = std::array<std::uint64_t, kSlotWords>;

/// A free entry of a message queue.
constexpr std::uint64_t kFree = 0;

/// What a read brings across a link that does not answer (PCIe's completion timeout): all ones. No
/// flag is this, and no word of a decision.
constexpr std::uint64_t kNoAnswer = ~std::uint64_t{0};

/// A decision may be written over one that its CPU is reading at this moment. So its number is in
/// it twice: in the flag, which is written last and read first, and in the upper half of its first
/// word, which is written first and read last. If both are the same, the words between belong
/// together (Lamport, "Concurrent reading and writing", CACM 20(11), 1977).
constexpr bool is_whole(std::uint64_t flag, std::uint64_t first_word) {
  return static_cast<std::uint32_t>(flag) == static_cast<std::uint32_t>(first_word >> 32);
}

}  // namespace wave
