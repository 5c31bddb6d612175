// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <bit>
#include <utility>
#include <vector>

#include "bench/queues/queue.h"

namespace bench {

/// A hierarchical timing wheel: eleven wheels of 64 spokes, each spoke a list of slots. An entry
/// lies on the wheel of the highest digit (base 64) in which its instant differs from the present
/// one, and comes down a wheel when time reaches its spoke. Lists keep the order of arming.
class WheelQueue {
 public:
  explicit WheelQueue(std::size_t slots) : nodes_(slots) {}

  void arm(Slot slot, Ticks when) {
    cancel(slot);
    nodes_[slot].when = static_cast<std::uint64_t>(when);
    link(slot);
  }

  void cancel(Slot slot) {
    Node& node = nodes_[slot];
    if (node.spoke == kNowhere) return;
    List& list = lists_[node.spoke];
    (node.previous == kNone ? list.first : nodes_[node.previous].next) = node.next;
    (node.next == kNone ? list.last : nodes_[node.next].previous) = node.previous;
    if (list.first == kNone) used_[node.spoke / 64] &= ~(std::uint64_t{1} << node.spoke % 64);
    node.spoke = kNowhere;
  }

  std::optional<Due> pop() {
    for (std::size_t wheel = 0; wheel < kWheels;) {
      if (used_[wheel] == 0) {
        ++wheel;
        continue;
      }
      const auto spoke = 64 * wheel + static_cast<std::size_t>(std::countr_zero(used_[wheel]));
      const Slot slot = lists_[spoke].first;
      if (wheel == 0 || nodes_[slot].next == kNone) return take(slot);
      bring_down(spoke);
      wheel = 0;
    }
    return std::nullopt;
  }

  std::optional<Due> pop_at(Ticks when) {
    const Slot slot = lists_[static_cast<std::size_t>(when) & 63].first;
    if (slot == kNone || nodes_[slot].when != static_cast<std::uint64_t>(when)) return std::nullopt;
    return take(slot);
  }

 private:
  static constexpr std::size_t kWheels = 11;
  static constexpr Slot kNone = ~Slot{0};
  static constexpr std::uint32_t kNowhere = ~std::uint32_t{0};

  struct Node {
    std::uint64_t when = 0;
    Slot next = kNone;
    Slot previous = kNone;
    std::uint32_t spoke = kNowhere;
  };
  struct List {
    Slot first = kNone;
    Slot last = kNone;
  };

  void link(Slot slot) {
    Node& node = nodes_[slot];
    const auto wheel = static_cast<unsigned>(std::bit_width((node.when ^ now_) | 1) - 1) / 6;
    const auto digit = static_cast<unsigned>(node.when >> 6 * wheel & 63);
    node.spoke = 64 * wheel + digit;
    List& list = lists_[node.spoke];
    node.previous = list.last;
    node.next = kNone;
    (list.last == kNone ? list.first : nodes_[list.last].next) = slot;
    list.last = slot;
    used_[wheel] |= std::uint64_t{1} << digit;
  }

  Due take(Slot slot) {
    now_ = nodes_[slot].when;
    cancel(slot);
    return {static_cast<Ticks>(now_), slot};
  }

  void bring_down(std::size_t spoke) {
    const std::size_t shift = 6 * (spoke / 64);
    now_ = nodes_[lists_[spoke].first].when >> shift << shift;
    used_[spoke / 64] &= ~(std::uint64_t{1} << spoke % 64);
    Slot slot = std::exchange(lists_[spoke], List{}).first;
    while (slot != kNone) {
      const Slot next = nodes_[slot].next;
      link(slot);
      slot = next;
    }
  }

  std::vector<Node> nodes_;
  std::array<List, 64 * kWheels> lists_;
  std::array<std::uint64_t, kWheels> used_{};
  std::uint64_t now_ = 0;
};

}  // namespace bench
