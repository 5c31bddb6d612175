// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace memory {

/// What the page-table entry of a mapping says about caching; hardware.md 2.1 has the semantics.
enum class MemoryType : std::uint8_t {
  kUncached,        // every load and store goes to the memory, one by one, in order
  kWriteCombining,  // stores gather in the core's buffers until full, evicted or fenced
  kWriteThrough,    // loads fill a line and hit afterwards, stale or not; stores go through
  kWriteBack,       // coherent caching, inside one coherence domain only
};

constexpr auto enum_names(std::type_identity<MemoryType>) {
  return std::array{
      std::pair{MemoryType::kUncached, "UC"}, std::pair{MemoryType::kWriteCombining, "WC"},
      std::pair{MemoryType::kWriteThrough, "WT"}, std::pair{MemoryType::kWriteBack, "WB"}};
}

constexpr std::int64_t kCacheLine = 64;
/// The widest access of one load or store instruction that software in this simulator uses.
constexpr std::int64_t kWord = 8;

}  // namespace memory
