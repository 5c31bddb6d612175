// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>

namespace wave {

/// What the writing end of a message queue knows without looking: where its next entry goes, with
/// which flag, and how many entries are free for sure. The rules of the queue, for whatever memory
/// it lies in.
///
/// The consumer frees an entry by clearing its flag, which the producer would have to read across
/// the link. It does so once per half queue: entries are freed in order, so the last of a half
/// being free says that the whole half is.
class ProducerCursor {
 public:
  explicit ProducerCursor(std::int64_t capacity) : capacity_(capacity), known_free_(capacity) {}

  bool has_room() const { return known_free_ > 0; }

  struct Entry {
    std::int64_t index = 0;
    std::uint64_t flag = 0;
  };
  /// The next entry, for which there is room. Flags count from one.
  Entry take() {
    const Entry entry{.index = tail_, .flag = ++flag_};
    tail_ = (tail_ + 1) % capacity_;
    --known_free_;
    return entry;
  }

  /// Asks `is_free(index)` of at most two entries, and again if others take what it finds; false if
  /// the queue is full. The cursor may be restarted while it asks.
  template <class IsFree>
  bool make_room(IsFree is_free) {
    const std::int64_t half = std::max<std::int64_t>(capacity_ / 2, 1);
    std::uint64_t taken = 0;
    do {
      taken = flag_;
      // Only when it is nearly full does the one entry that is needed have to be asked about.
      if (!frees(half, is_free)) frees(1, is_free);
    } while (!has_room() && flag_ != taken);  // what was found others have taken meanwhile
    return has_room();
  }

  /// The queue is another one from now on, which is empty.
  void restart(std::int64_t capacity) {
    const std::int64_t restarts = restarts_ + 1;
    *this = ProducerCursor(capacity);
    restarts_ = restarts;
  }
  std::int64_t restarts() const { return restarts_; }
  std::int64_t capacity() const { return capacity_; }

 private:
  /// Whether the consumer has freed the next `run` entries, of which others that ask at the same
  /// time may take some.
  template <class IsFree>
  bool frees(std::int64_t run, IsFree& is_free) {
    const std::int64_t restarts = restarts_;
    const std::uint64_t taken = flag_;
    if (!is_free((tail_ + run - 1) % capacity_)) return false;
    if (restarts == restarts_)
      known_free_ = std::max(known_free_, run - static_cast<std::int64_t>(flag_ - taken));
    return true;
  }

  std::int64_t capacity_;
  std::int64_t restarts_ = 0;
  std::int64_t tail_ = 0;
  std::int64_t known_free_;
  std::uint64_t flag_ = 0;
};

}  // namespace wave
