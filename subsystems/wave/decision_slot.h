// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "models/core/core.h"
#include "models/memory/mapping.h"
#include "subsystems/wave/agent/layout.h"

namespace wave {

/// The host's end of a decision slot: one CPU polls it, and answers with the outcome.
class DecisionReader {
 public:
  /// A reader that does not `flush` breaks the protocol where caches may be stale: `refresh` does
  /// nothing.
  DecisionReader(memory::Mapping& mapping, const SlotPlace& place, bool flush = true)
      : mapping_(mapping), place_(place), flush_(flush) {}

  /// Starts to bring the decision near (PREFETCH_TXNS). Worth while with a write-through mapping.
  void prefetch(core::Core& core) { core.prefetch(mapping_, place_.decision()); }

  /// Looks at the slot (POLL_TXNS): the decision in it, unless it was seen before; `words` of it
  /// are read. With a cached mapping this may be an old copy: `refresh` first, or expect that a
  /// decision on its way is not seen. Neither is one that the next is being written over, nor
  /// anything across a link that does not answer.
  std::optional<Slot> poll(core::Core& core, std::size_t words, core::Core::Staleness staleness);

  /// Drops a cached copy that nothing keeps coherent, so that the next look goes to memory.
  void discard(core::Core& core) {
    if (may_be_stale()) core.flush(mapping_, place_.decision());
  }
  void refresh(core::Core& core);

  /// The slot lies elsewhere from now on and is empty; `core` sees to it that no copy of what was
  /// there before is left. What is being polled at this moment is not seen.
  void move_to(const SlotPlace& place, core::Core& core);

  /// Tells the agent what became of the decision (SET_TXNS_OUTCOMES).
  void answer(core::Core& core, std::uint64_t outcome) {
    core.store(mapping_, place_.outcome(), outcome);
  }

  /// The number of the youngest decision seen.
  std::uint64_t seen() const { return seen_; }

 private:
  bool may_be_stale() const {
    return mapping_.type() == memory::MemoryType::kWriteThrough && !mapping_.coherent();
  }

  std::optional<Slot> nothing_seen(core::Core& core);

  memory::Mapping& mapping_;
  SlotPlace place_;
  bool flush_;
  std::int64_t moves_ = 0;
  std::uint64_t seen_ = 0;
};

}  // namespace wave
