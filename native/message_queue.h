// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>

#include "native/words.h"
#include "sim/check.h"
#include "subsystems/wave/agent/layout.h"
#include "subsystems/wave/agent/producer_cursor.h"

namespace native {

// The queue of subsystems/wave/message_queue.h in memory that is really shared. Layout and rules
// (wave/agent/layout.h, producer_cursor.h) are the same code; what differs is how memory is read
// and written. There each access takes the time that its mapping says; here it has an order.

/// The writing end. One thread at a time may send.
class Producer {
 public:
  Producer(Words memory, const wave::QueuePlace& place)
      : memory_(memory), place_(place), cursor_(place.capacity) {}

  /// Whether an entry is free, and all that was read in it has been.
  bool has_room() { return cursor_.has_room() || make_room(); }

  /// Writes an entry, flag last. False if the queue is full: nothing was written.
  bool send(const wave::Slot& slot) {
    if (!has_room()) return false;
    const wave::ProducerCursor::Entry entry = cursor_.take();
    const std::int64_t line = place_.entry(entry.index);
    // The words mean nothing before the flag is seen, and the flag's order carries them.
    for (std::size_t w = wave::kFlagWord - place_.words; w < wave::kFlagWord; ++w)
      memory_.at(line + 8 * static_cast<std::int64_t>(w)).store(slot[w], std::memory_order_relaxed);
    // Release, so that who sees the flag sees the words. And seq_cst, because the producer then
    // asks whether the consumer sleeps: this store must not come after that load (SleepFlag).
    memory_.at(place_.flag(entry.index)).store(entry.flag, std::memory_order_seq_cst);
    return true;
  }

  /// The queue lies elsewhere from now on, for another consumer, and is empty.
  void move_to(const wave::QueuePlace& place) {
    place_ = place;
    cursor_.restart(place.capacity);
  }

  /// Reads of a flag to see how far the consumer is.
  std::int64_t probes() const { return probes_; }

 private:
  bool make_room() {
    return cursor_.make_room([this](std::int64_t index) {
      ++probes_;
      // Acquire: the consumer has read what was there before it is overwritten. That holds for the
      // entries before this one as well, which it freed earlier.
      return memory_.at(place_.flag(index)).load(std::memory_order_acquire) == wave::kFree;
    });
  }

  Words memory_;
  wave::QueuePlace place_;
  wave::ProducerCursor cursor_;
  std::int64_t probes_ = 0;
};

/// The reading end.
class Consumer {
 public:
  Consumer(Words memory, const wave::QueuePlace& place) : memory_(memory), place_(place) {}

  /// The entry at the head, which goes back to the producer; none: the queue is empty. The flag is
  /// read in `order`: acquire, or seq_cst by a consumer that has said that it will sleep.
  std::optional<wave::Slot> take(std::memory_order order = std::memory_order_acquire) {
    const auto flag_word = memory_.at(place_.flag(head_));
    // Acquire: the words below are those that were written before this flag.
    const std::uint64_t flag = flag_word.load(order);
    if (flag == wave::kFree) return std::nullopt;
    SIM_CHECK(flag == last_ + 1);  // each message once, in the order in which it was sent
    last_ = flag;
    wave::Slot slot{};
    slot[wave::kFlagWord] = flag;
    const std::int64_t line = place_.entry(head_);
    for (std::size_t w = wave::kFlagWord - place_.words; w < wave::kFlagWord; ++w)
      slot[w] = memory_.at(line + 8 * static_cast<std::int64_t>(w)).load(std::memory_order_relaxed);
    // Release: the words have been read when the producer sees that it may write the next ones.
    flag_word.store(wave::kFree, std::memory_order_release);
    if (++head_ == place_.capacity) head_ = 0;
    return slot;
  }

 private:
  Words memory_;
  wave::QueuePlace place_;
  std::int64_t head_ = 0;
  std::uint64_t last_ = 0;
};

}  // namespace native
