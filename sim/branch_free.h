// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace sim {

/// A number of 128 bits as two words, which compilers move about better than one of their own.
struct Words {
  std::uint64_t low;
  std::uint64_t high;

  friend constexpr bool operator==(Words, Words) = default;
  friend constexpr bool operator<(Words a, Words b) {
    return a.high != b.high ? a.high < b.high : a.low < b.low;
  }
};

/// The lesser of two, without a branch. Compilers make a jump of `b < a ? b : a`, and where the
/// comparison is as random as simulated time, a jump costs more than all the rest.
inline Words lesser(Words a, const Words& b) {
#if defined(__x86_64__)
  std::uint64_t difference = a.high;
  asm("cmp %[b_low], %[a_low]\n\t"
      "sbb %[b_high], %[difference]\n\t"
      "cmovae %[b_low], %[a_low]\n\t"
      "cmovae %[b_high], %[a_high]"
      : [a_low] "+&r"(a.low), [a_high] "+&r"(a.high), [difference] "+&r"(difference)
      : [b_low] "rm"(b.low), [b_high] "rm"(b.high)
      : "cc");
#else
  const std::uint64_t take_b = 0 - static_cast<std::uint64_t>(b < a);
  a.low ^= (a.low ^ b.low) & take_b;
  a.high ^= (a.high ^ b.high) & take_b;
#endif
  return a;
}

}  // namespace sim
