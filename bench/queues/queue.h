// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace bench {

using Ticks = std::int64_t;
using Slot = std::uint32_t;

struct Due {
  Ticks when;
  Slot slot;
  bool operator==(const Due&) const = default;
};

/// What the candidates have in common: slots known from the start, each pending at most once. Equal
/// instants come in the order of arming, and to arm a pending slot moves it to its end of the line.
template <class Q>
concept Queue = requires(Q q, Slot slot, Ticks when) {
  q.arm(slot, when);  // not before the last instant popped
  q.cancel(slot);
  { q.pop() } -> std::same_as<std::optional<Due>>;
  {
    q.pop_at(when)
    } -> std::same_as<std::optional<Due>>;  // only what is due then, the last instant
};

/// One that can also say whether something more is due at the instant last popped.
template <class Q>
concept PeekingQueue = Queue<Q> && requires(Q q, Ticks when) {
  { q.pop_at(when) } -> std::same_as<std::optional<Due>>;
};

}  // namespace bench
