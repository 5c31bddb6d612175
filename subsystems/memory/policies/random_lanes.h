// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace tiering {

/// How many samples are drawn side by side: a multiple of any vector's length, and few enough for
/// all that one round takes to stay in a core's first cache.
constexpr int kLanes = 256;

/// Rows of random words, one for each lane: xoshiro128+ (Blackman and Vigna 2018), which takes
/// nothing but additions, shifts and exclusive ors, so that a vector unit without 32-bit
/// multiplication runs a lane of it in each of its own. Its lowest bits are weak; use high ones.
///
/// The lanes start from states that SplitMix64 gives one after the other: of 2^128 - 1 words in the
/// period, two lanes share some with a probability that is negligible.
class RandomLanes {
 public:
  using Words = std::array<std::uint32_t, kLanes>;

  explicit RandomLanes(std::uint64_t seed);

  /// The next word of every lane.
  void next(Words& words);
  /// The next word of one of them.
  std::uint32_t next(std::size_t lane);

 private:
  alignas(64) std::array<Words, 4> state_;
};

}  // namespace tiering
