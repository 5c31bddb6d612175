// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace sim {

__extension__ using Uint128 = unsigned __int128;

/// The lesser of two, without a branch. Compilers make a jump of `b < a ? b : a` at 128 bits, and
/// where the comparison is as random as simulated time, a jump costs more than all the rest.
inline Uint128 lesser(Uint128 a, Uint128 b) {
  auto a_low = static_cast<std::uint64_t>(a), a_high = static_cast<std::uint64_t>(a >> 64);
  const auto b_low = static_cast<std::uint64_t>(b), b_high = static_cast<std::uint64_t>(b >> 64);
#if defined(__x86_64__)
  std::uint64_t difference = a_high;
  asm("cmp %[b_low], %[a_low]\n\t"
      "sbb %[b_high], %[difference]\n\t"
      "cmovae %[b_low], %[a_low]\n\t"
      "cmovae %[b_high], %[a_high]"
      : [a_low] "+&r"(a_low), [a_high] "+&r"(a_high), [difference] "+&r"(difference)
      : [b_low] "r"(b_low), [b_high] "r"(b_high)
      : "cc");
#else
  const std::uint64_t take_b = 0 - static_cast<std::uint64_t>(b < a);
  a_low ^= (a_low ^ b_low) & take_b;
  a_high ^= (a_high ^ b_high) & take_b;
#endif
  return Uint128{a_high} << 64 | a_low;
}

}  // namespace sim
