// SPDX-License-Identifier: Apache-2.0
#include "subsystems/wave/message_queue.h"

#include <algorithm>

namespace wave {

bool Producer::send(core::Core& core, Slot slot) {
  if (known_free_ == 0 && !make_room(core)) {
    ++stats_.overflows;
    return false;
  }
  slot[kFlagWord] = ++flag_;
  // A whole line leaves a write-combining buffer as one packet, part of one as several.
  const bool whole = mapping_.type() == memory::MemoryType::kWriteCombining;
  const std::size_t first = whole ? 0 : kFlagWord - place_.words;
  core.store(mapping_, place_.entry(tail_) + static_cast<std::int64_t>(first * memory::kWord),
             std::as_bytes(std::span(slot).subspan(first)));
  if (whole) core.store_fence();  // other stores leave in order by themselves
  tail_ = (tail_ + 1) % place_.capacity;
  --known_free_;
  ++stats_.sent;
  return true;
}

bool Producer::make_room(core::Core& core) {
  const std::int64_t half = std::max<std::int64_t>(place_.capacity / 2, 1);
  const std::int64_t probe = (tail_ + half - 1) % place_.capacity;
  ++stats_.probes;
  if (core.load<std::uint64_t>(mapping_, place_.flag(probe)) == kFree) known_free_ = half;
  return known_free_ > 0;
}

}  // namespace wave
