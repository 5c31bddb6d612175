// SPDX-License-Identifier: Apache-2.0
#include "subsystems/wave/message_queue.h"

#include <algorithm>

namespace wave {

void clear(memory::Region& region, const QueuePlace& place) {
  const Slot free{};
  for (std::int64_t i = 0; i < place.capacity; ++i)
    region.write(place.entry(i), std::as_bytes(std::span(free)), "create queue");
}

Slot read_entry(core::Core& core, memory::Mapping& mapping, const QueuePlace& place,
                std::int64_t index) {
  Slot slot{};
  const std::size_t first = kFlagWord - place.words;
  core.load_rest(mapping, place.entry(index) + static_cast<std::int64_t>(first * memory::kWord),
                 std::as_writable_bytes(std::span(slot).subspan(first, place.words)));
  return slot;
}

bool Producer::send(core::Core& core, Slot slot) {
  const std::int64_t moves = moves_;
  if (known_free_ == 0 && !make_room(core)) {
    ++stats_.overflows;
    return false;
  }
  if (moves != moves_) {
    ++stats_.dropped;
    return true;
  }
  // A whole line leaves a write-combining buffer as one packet, part of one as several.
  const bool whole = mapping_.type() == memory::MemoryType::kWriteCombining;
  const std::size_t first = whole ? 0 : kFlagWord - place_.words;
  const Reserved entry = take_entry();
  slot[kFlagWord] = entry.flag;
  core.store(mapping_, entry.offset + static_cast<std::int64_t>(first * memory::kWord),
             std::as_bytes(std::span(slot).subspan(first)));
  if (whole) core.store_fence();  // other stores leave in order by themselves
  return true;
}

std::optional<Producer::Reserved> Producer::reserve(core::Core& core) {
  if (known_free_ > 0 || make_room(core)) return take_entry();
  ++stats_.overflows;
  return std::nullopt;
}

Producer::Reserved Producer::take_entry() {
  const Reserved entry{.offset = place_.entry(tail_), .flag = ++flag_};
  tail_ = (tail_ + 1) % place_.capacity;
  --known_free_;
  ++stats_.sent;
  return entry;
}

void Producer::move_to(const QueuePlace& place) {
  place_ = place;
  tail_ = 0;
  known_free_ = place.capacity;
  flag_ = 0;
  ++moves_;
}

bool Producer::make_room(core::Core& core) {
  const std::int64_t half = std::max<std::int64_t>(place_.capacity / 2, 1);
  // Only when it is nearly full does the one entry that is needed have to be asked about.
  if (!frees(core, half)) frees(core, 1);
  return known_free_ > 0;
}

/// Whether the consumer has freed the next `run` entries. A link that does not answer says that it
/// has not (`kNoAnswer`), so that a stall can pass for a full queue.
bool Producer::frees(core::Core& core, std::int64_t run) {
  const std::int64_t probe = (tail_ + run - 1) % place_.capacity;
  const std::int64_t moves = moves_;
  ++stats_.probes;
  if (core.load<std::uint64_t>(mapping_, place_.flag(probe)) != kFree) return false;
  if (moves == moves_) known_free_ = run;
  return true;
}

}  // namespace wave
