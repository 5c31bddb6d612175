// SPDX-License-Identifier: Apache-2.0
#include "subsystems/wave/message_queue.h"

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
  const std::int64_t moves = cursor_.restarts();
  if (!cursor_.has_room() && !make_room(core)) {
    ++stats_.overflows;
    return false;
  }
  if (moves != cursor_.restarts()) {
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
  if (cursor_.has_room() || make_room(core)) return take_entry();
  ++stats_.overflows;
  return std::nullopt;
}

Producer::Reserved Producer::take_entry() {
  const ProducerCursor::Entry entry = cursor_.take();
  ++stats_.sent;
  return {.offset = place_.entry(entry.index), .flag = entry.flag};
}

void Producer::move_to(const QueuePlace& place) {
  place_ = place;
  cursor_.restart(place.capacity);
}

/// A link that does not answer says that nothing is free (`kNoAnswer`), so that a stall can pass
/// for a full queue.
bool Producer::make_room(core::Core& core) {
  return cursor_.make_room([&](std::int64_t index) {
    ++stats_.probes;
    return core.load<std::uint64_t>(mapping_, place_.flag(index)) == kFree;
  });
}

}  // namespace wave
