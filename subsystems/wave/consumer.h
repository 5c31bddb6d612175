// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "models/core/core.h"
#include "models/memory/mapping.h"
#include "subsystems/wave/message_queue.h"

namespace wave {

/// An agent's end of one message queue that it reads when it likes, without a polling loop.
class Consumer {
 public:
  Consumer(memory::Mapping& mapping, const QueuePlace& place) : mapping_(mapping), place_(place) {}

  /// The entry at the head, which goes back to the producer; none: the queue is empty.
  std::optional<Slot> take(core::Core& core) {
    if (core.load<std::uint64_t>(mapping_, place_.flag(head_)) == kFree) return std::nullopt;
    const Slot slot = read_entry(core, mapping_, place_, head_);
    core.store(mapping_, place_.flag(head_), kFree);
    head_ = (head_ + 1) % place_.capacity;
    return slot;
  }

 private:
  memory::Mapping& mapping_;
  const QueuePlace place_;
  std::int64_t head_ = 0;
};

}  // namespace wave
