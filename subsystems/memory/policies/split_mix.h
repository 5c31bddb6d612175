// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace tiering {

/// SplitMix64 (Steele, Lea and Flood 2014): moves `state` on and gives the word that belongs to it.
inline std::uint64_t split_mix(std::uint64_t& state) {
  state += 0x9e3779b97f4a7c15;
  std::uint64_t z = state;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

}  // namespace tiering
