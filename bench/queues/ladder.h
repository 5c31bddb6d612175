// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <utility>
#include <vector>

#include "bench/queues/queue.h"

namespace bench {

/// A ladder: far entries lie unsorted in buckets, each of which is spread over finer ones when its
/// time comes, until few enough are left to be sorted. Cancelled entries stay and are skipped.
class LadderQueue {
 public:
  explicit LadderQueue(std::size_t slots) : live_(slots, kNotPending) {}

  void arm(Slot slot, Ticks when) {
    const Item item{static_cast<std::uint64_t>(when), order_, slot};
    live_[slot] = order_++;
    if (item.when < front_end_) {
      front_.insert(std::upper_bound(front_.begin(), front_.end(), item, later), item);
    } else {
      drop_into_bucket(item);
    }
  }
  void cancel(Slot slot) { live_[slot] = kNotPending; }

  std::optional<Due> pop() {
    do drop_cancelled();
    while (front_.empty() && refill());
    return front_.empty() ? std::nullopt : std::optional(take());
  }
  std::optional<Due> pop_at(Ticks when) {
    drop_cancelled();
    if (front_.empty() || front_.back().when != static_cast<std::uint64_t>(when))
      return std::nullopt;
    return take();
  }

 private:
  static constexpr std::size_t kRungs = 11;
  static constexpr std::size_t kFewEnough = 32;
  static constexpr std::uint64_t kNotPending = ~std::uint64_t{0};

  struct Item {
    std::uint64_t when;
    std::uint64_t order;
    Slot slot;
  };
  static bool later(const Item& a, const Item& b) {
    return a.when != b.when ? a.when > b.when : a.order > b.order;
  }
  bool live(const Item& item) const { return live_[item.slot] == item.order; }

  void drop_cancelled() {
    while (!front_.empty() && !live(front_.back())) front_.pop_back();
  }
  Due take() {
    const Item item = front_.back();
    front_.pop_back();
    live_[item.slot] = kNotPending;
    return {static_cast<Ticks>(item.when), item.slot};
  }

  void drop_into_bucket(const Item& item) {
    const auto rung = static_cast<unsigned>(std::bit_width((item.when ^ start_) | 1) - 1) / 6;
    const auto digit = static_cast<unsigned>(item.when >> 6 * rung & 63);
    buckets_[rung][digit].push_back(item);
    used_[rung] |= std::uint64_t{1} << digit;
  }

  /// Takes the next bucket: into the sorted front, or down the ladder. False if there is none.
  bool refill() {
    const auto used = std::find_if(used_.begin(), used_.end(), [](auto mask) { return mask != 0; });
    if (used == used_.end()) return false;
    const auto rung = static_cast<std::size_t>(used - used_.begin());
    const auto digit = static_cast<std::size_t>(std::countr_zero(*used));
    *used &= *used - 1;
    taken_.swap(buckets_[rung][digit]);
    std::erase_if(taken_, [this](const Item& item) { return !live(item); });
    if (!taken_.empty()) spread(rung);
    taken_.clear();
    return true;
  }

  void spread(std::size_t rung) {
    start_ = taken_.front().when >> 6 * rung << 6 * rung;
    if (rung != 0 && taken_.size() > kFewEnough) {
      front_end_ = start_;
      for (const Item& item : taken_) drop_into_bucket(item);
    } else {
      front_end_ = start_ + (std::uint64_t{1} << 6 * rung);
      front_.swap(taken_);
      std::sort(front_.begin(), front_.end(), later);
    }
  }

  std::vector<Item> front_;  // the latest first
  std::uint64_t front_end_ = 0;
  std::uint64_t start_ = 0;
  std::array<std::array<std::vector<Item>, 64>, kRungs> buckets_;
  std::array<std::uint64_t, kRungs> used_{};
  std::vector<Item> taken_;
  std::vector<std::uint64_t> live_;  // by slot, the order of its entry
  std::uint64_t order_ = 0;
};

}  // namespace bench
