// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "models/core/core.h"
#include "models/memory/mapping.h"
#include "sim/describe.h"
#include "subsystems/wave/agent/layout.h"
#include "subsystems/wave/agent/producer_cursor.h"

namespace wave {

/// Frees every entry, as in memory that was never used (CREATE_QUEUE).
void clear(memory::Region& region, const QueuePlace& place);

/// Reads the entry whose flag has been seen set.
Slot read_entry(core::Core& core, memory::Mapping& mapping, const QueuePlace& place,
                std::int64_t index);

struct ProducerStats {
  std::int64_t sent = 0;
  std::int64_t overflows = 0;
  std::int64_t probes = 0;
  std::int64_t dropped = 0;

  static void describe(auto&& stat) {
    stat(&ProducerStats::sent, "sent", "entries written");
    stat(&ProducerStats::overflows, "overflows", "entries refused because the queue was full");
    stat(&ProducerStats::probes, "probes", "reads of a flag to see how far the consumer is");
    stat(&ProducerStats::dropped, "dropped",
         "entries whose consumer was replaced while they waited for room");
  }
};

/// The writing end of a message queue. One core at a time may send: a CPU's queue is its own, and
/// who sends for it holds its run queue's lock.
class Producer {
 public:
  Producer(memory::Mapping& mapping, const QueuePlace& place)
      : mapping_(mapping), place_(place), cursor_(place.capacity) {}

  /// Writes an entry, flag last, and lets it leave the core. False if the queue is full: nothing
  /// was written.
  bool send(core::Core& core, Slot slot);

  /// An entry that a device writes for this core, whole, its flag with it. Entries are read in the
  /// order in which they were reserved or sent.
  struct Reserved {
    std::int64_t offset = 0;  // in the region
    std::uint64_t flag = 0;
  };
  /// Nothing if the queue is full. An entry looks free until it is written: from the oldest on that
  /// is not, no more may be reserved than half the queue has.
  std::optional<Reserved> reserve(core::Core& core);

  /// The queue lies elsewhere from now on, for another consumer, and is empty (CREATE_QUEUE and
  /// ASSOC_QUEUE_WITH). What waits for room at this moment was meant for the old one and is
  /// dropped.
  void move_to(const QueuePlace& place);

  memory::Mapping& mapping() { return mapping_; }
  std::int64_t capacity() const { return place_.capacity; }
  const ProducerStats& stats() const { return stats_; }

 private:
  Reserved take_entry();
  bool make_room(core::Core& core);

  memory::Mapping& mapping_;
  QueuePlace place_;
  ProducerCursor cursor_;
  ProducerStats stats_;
};

}  // namespace wave
