// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

#include "native/words.h"
#include "subsystems/wave/agent/layout.h"
#include "subsystems/wave/agent/scheduling.h"

namespace native {

/// How much there is of everything that a host shares with its agents.
struct Shape {
  int cpus = 1;
  int queues = 1;
  std::int64_t queue_capacity = 256;
  std::int64_t table_words = 0;
};

/// Where one agent's queues, slots and words lie.
class Place {
 public:
  Place(std::int64_t offset, const Shape& shape) : offset_(offset), shape_(shape) {}

  // A word each, and the number of what is counted.
  std::int64_t leaving() const { return offset_; }
  std::int64_t ready() const { return offset_ + 8; }
  std::int64_t asleep() const { return offset_ + wave::kSlotBytes; }
  std::int64_t statistics() const { return offset_ + 2 * wave::kSlotBytes; }
  static constexpr std::int64_t kStatistics = wave::kSlotWords;

  wave::QueuePlace queue(int i) const {
    return {.offset = offset_ + 3 * wave::kSlotBytes + i * shape_.queue_capacity * wave::kSlotBytes,
            .capacity = shape_.queue_capacity,
            .words = wave::scheduling::kMessageWords};
  }
  wave::SlotPlace slot(int cpu) const {
    return {.offset = queue(shape_.queues).offset + cpu * wave::SlotPlace::kBytes};
  }
  std::int64_t end() const { return slot(shape_.cpus).offset; }

  /// As memory that was never used. Nobody may use it meanwhile.
  void clear(Words memory) const {
    for (std::int64_t at = offset_; at < end(); at += 8)
      memory.at(at).store(0, std::memory_order_relaxed);
  }

  const Shape& shape() const { return shape_; }

 private:
  std::int64_t offset_;
  Shape shape_;
};

/// The whole region: the table and the CPUs' interrupt words, of all agents, and two places for
/// agents, which take them in turn.
class Layout {
 public:
  static constexpr int kPlaces = 2;

  explicit Layout(const Shape& shape) : shape_(shape) {}

  wave::TablePlace table() const { return {.offset = 0, .words = shape_.table_words}; }
  std::int64_t interrupt(int cpu) const { return table().bytes() + cpu * wave::kSlotBytes; }
  Place place(int i) const {
    const std::int64_t first = interrupt(shape_.cpus);
    return Place(first + i * (Place(0, shape_).end()), shape_);
  }
  std::int64_t bytes() const { return place(kPlaces - 1).end(); }
  const Shape& shape() const { return shape_; }

 private:
  Shape shape_;
};

}  // namespace native
