// SPDX-License-Identifier: Apache-2.0
#include "subsystems/memory/policies/random_lanes.h"

#include <bit>

#include "subsystems/memory/policies/split_mix.h"

namespace tiering {
namespace {

std::uint32_t step(std::uint32_t& s0, std::uint32_t& s1, std::uint32_t& s2, std::uint32_t& s3) {
  const std::uint32_t word = s0 + s3;
  const std::uint32_t shifted = s1 << 9;
  s2 ^= s0;
  s3 ^= s1;
  s1 ^= s2;
  s0 ^= s3;
  s2 ^= shifted;
  s3 = std::rotl(s3, 11);
  return word;
}

}  // namespace

/// SplitMix64 gives each word once in 2^64, so that no lane starts from zeros only.
RandomLanes::RandomLanes(std::uint64_t seed) {
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    for (const std::size_t half : {0u, 2u}) {
      const std::uint64_t z = split_mix(seed);
      state_[half][lane] = static_cast<std::uint32_t>(z);
      state_[half + 1][lane] = static_cast<std::uint32_t>(z >> 32);
    }
  }
}

void RandomLanes::next(Words& words) {
  auto& [s0, s1, s2, s3] = state_;
  for (std::size_t i = 0; i < kLanes; ++i) words[i] = step(s0[i], s1[i], s2[i], s3[i]);
}

std::uint32_t RandomLanes::next(std::size_t i) {
  return step(state_[0][i], state_[1][i], state_[2][i], state_[3][i]);
}

}  // namespace tiering
