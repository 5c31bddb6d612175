// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include "bench/queues/queue.h"

namespace bench {

/// An implicit heap, four children to a node, that knows where each slot stands: cancelled and
/// moved in place. What was popped stays at the root until the next pop, unless it is armed again.
class HeapQueue {
 public:
  explicit HeapQueue(std::size_t slots) : place_(slots, kNowhere) {}

  void arm(Slot slot, Ticks when) {
    const Item item{when, order_++, slot};
    if (slot == popped_) popped_ = kNoSlot;
    if (place_[slot] == kNowhere) {
      heap_.push_back(item);
      rise(heap_.size() - 1, item);
    } else {
      settle(place_[slot], item);
    }
  }

  void cancel(Slot slot) {
    if (slot == popped_) popped_ = kNoSlot;
    if (place_[slot] != kNowhere) remove(place_[slot]);
  }

  std::optional<Due> pop() {
    clear_popped();
    if (heap_.empty()) return std::nullopt;
    popped_ = heap_.front().slot;
    return Due{heap_.front().when, popped_};
  }
  std::optional<Due> pop_at(Ticks when) {
    clear_popped();
    if (heap_.empty() || heap_.front().when != when) return std::nullopt;
    return pop();
  }

 private:
  struct Item {
    Ticks when;
    std::uint64_t order;
    Slot slot;
    bool operator<(const Item& other) const {
      return when != other.when ? when < other.when : order < other.order;
    }
  };
  static constexpr std::size_t kNowhere = ~std::size_t{0};
  static constexpr Slot kNoSlot = ~Slot{0};

  void clear_popped() {
    if (popped_ != kNoSlot) remove(place_[std::exchange(popped_, kNoSlot)]);
  }
  void put(std::size_t at, const Item& item) {
    heap_[at] = item;
    place_[item.slot] = at;
  }
  void rise(std::size_t at, Item item) {
    for (; at != 0 && item < heap_[(at - 1) / 4]; at = (at - 1) / 4) put(at, heap_[(at - 1) / 4]);
    put(at, item);
  }
  void sink(std::size_t at, Item item) {
    for (std::size_t child = 4 * at + 1; child < heap_.size(); child = 4 * at + 1) {
      const auto first = heap_.begin() + static_cast<std::ptrdiff_t>(child);
      const auto last =
          first + static_cast<std::ptrdiff_t>(std::min(heap_.size() - child, std::size_t{4}));
      const auto least = std::min_element(first, last);
      if (item < *least) break;
      put(at, *least);
      at = static_cast<std::size_t>(least - heap_.begin());
    }
    put(at, item);
  }
  void settle(std::size_t at, const Item& item) {
    if (at != 0 && item < heap_[(at - 1) / 4])
      rise(at, item);
    else
      sink(at, item);
  }
  void remove(std::size_t at) {
    place_[heap_[at].slot] = kNowhere;
    const Item last = heap_.back();
    heap_.pop_back();
    if (at != heap_.size()) settle(at, last);
  }

  std::vector<Item> heap_;
  std::vector<std::size_t> place_;  // by slot
  std::uint64_t order_ = 0;
  Slot popped_ = kNoSlot;
};

}  // namespace bench
