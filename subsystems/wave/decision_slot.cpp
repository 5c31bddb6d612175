// SPDX-License-Identifier: Apache-2.0
#include "subsystems/wave/decision_slot.h"

namespace wave {

std::optional<Slot> DecisionReader::poll(core::Core& core, std::size_t words,
                                         core::Core::Staleness staleness) {
  const std::int64_t moves = moves_;
  const std::int64_t decision = place_.decision();
  const auto flag = core.load<std::uint64_t>(mapping_, place_.flag(), staleness);
  if (moves != moves_ || flag == seen_) return std::nullopt;
  seen_ = flag;  // at once: on the host the agent's system call may look at the same time
  Slot slot{};
  slot[kFlagWord] = flag;
  const std::size_t first = kFlagWord - words;
  for (std::size_t w = kFlagWord; w-- > first;)
    slot[w] =
        core.load<std::uint64_t>(mapping_, decision + static_cast<std::int64_t>(w * memory::kWord),
                                 core::Core::Staleness::kFollowsFlag);
  if (moves != moves_ || !is_whole(flag, slot[first])) return std::nullopt;
  return slot;
}

void DecisionReader::refresh(core::Core& core) {
  if (mapping_.coherent() || mapping_.type() != memory::MemoryType::kWriteThrough) return;
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
