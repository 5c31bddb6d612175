// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "subsystems/wave/agent/slot.h"

/// Where things lie in the memory that a host and its agent share, simulated or real: offsets in a
/// region that both sides map.
namespace wave {

/// A message queue: `capacity` entries from `offset` on.
struct QueuePlace {
  std::int64_t offset = 0;
  std::int64_t capacity = 0;
  std::size_t words = kFlagWord;  // of an entry, right before the flag, that mean something

  std::int64_t entry(std::int64_t index) const { return offset + index * kSlotBytes; }
  std::int64_t flag(std::int64_t index) const { return entry(index) + kFlagOffset; }
  /// The entry that is used next after `index`.
  std::int64_t after(std::int64_t index) const { return index + 1 == capacity ? 0 : index + 1; }
  std::int64_t bytes() const { return capacity * kSlotBytes; }
};

/// A CPU's decision slot: a line for the decision, a line for its outcome.
struct SlotPlace {
  std::int64_t offset = 0;

  std::int64_t decision() const { return offset; }
  std::int64_t flag() const { return offset + kFlagOffset; }
  std::int64_t outcome() const { return offset + kSlotBytes; }
  static constexpr std::int64_t kBytes = 2 * kSlotBytes;
};

/// A table of words through which applications tell the agent about their threads (ghOSt's
/// PrioTable). A line each: writers on different cores do not disturb each other.
struct TablePlace {
  std::int64_t offset = 0;
  std::int64_t words = 0;

  std::int64_t word(std::int64_t index) const { return offset + index * kSlotBytes; }
  std::int64_t bytes() const { return words * kSlotBytes; }
};

}  // namespace wave
