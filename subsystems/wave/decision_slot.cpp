// SPDX-License-Identifier: Apache-2.0
#include "subsystems/wave/decision_slot.h"

#include <algorithm>
#include <utility>

namespace wave {

std::optional<Slot> DecisionReader::poll(core::Core& core, std::size_t words,
                                         core::Core::Staleness staleness) {
  const std::int64_t moves = moves_;
  const std::int64_t decision = place_.decision();
  const auto flag = core.load<std::uint64_t>(mapping_, place_.flag(), staleness);
  if (flag == kNoAnswer) return nothing_seen(core);
  if (moves != moves_ || flag == seen_) return std::nullopt;
  // At once: on the host the agent's system call may look at the same time.
  const std::uint64_t before = std::exchange(seen_, flag);
  Slot slot{};
  slot[kFlagWord] = flag;
  const std::size_t first = kFlagWord - words;
  for (std::size_t w = kFlagWord; w-- > first;)
    slot[w] =
        core.load<std::uint64_t>(mapping_, decision + static_cast<std::int64_t>(w * memory::kWord),
                                 core::Core::Staleness::kFollowsFlag);
  if (moves != moves_) return std::nullopt;
  if (std::ranges::find(slot, kNoAnswer) != slot.end()) {
    seen_ = before;
    return nothing_seen(core);
  }
  if (!is_whole(flag, slot[first])) return std::nullopt;
  return slot;
}

/// The link did not answer. The next look finds what is there, not the answer that never came.
std::optional<Slot> DecisionReader::nothing_seen(core::Core& core) {
  discard(core);
  return std::nullopt;
}

void DecisionReader::refresh(core::Core& core) {
  if (!flush_ || !may_be_stale()) return;
  discard(core);
  core.full_fence();
}

void DecisionReader::move_to(const SlotPlace& place, core::Core& core) {
  place_ = place;
  seen_ = 0;
  ++moves_;
  discard(core);
}

}  // namespace wave
