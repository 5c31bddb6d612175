// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "sim/random.h"

namespace tiering {

/// How much a page is accessed, as 64 times the binary logarithm of a number of accesses. Adding
/// two levels multiplies what they stand for. A step is 1.1 percent.
using Level = std::int16_t;
inline constexpr int kLevelSteps = 64;  // to twice as much

Level level_of(double accesses);
double accesses_of(Level level);

/// Draws how many of a batch's pages have been touched, when each is accessed by a Poisson process
/// of the same rate and independently of the others: a binomial number, in one draw and one look at
/// a table (Walker's alias method; Vose, IEEE TSE 17(9), 1991).
class TouchTable {
 public:
  static constexpr int kMostPages = 512;
  explicit TouchTable(int pages);

  /// Of `pages`, when each is expected to be accessed as often as `level` says.
  int draw(Level level, sim::Draws& draws) const {
    if (level < kLowest) return 0;
    if (level >= kHighest) return pages_;
    const std::uint64_t word = draws();
    const Entry* const table = &entries_[static_cast<std::size_t>(level - kLowest) * places_];
    // The upper half chooses the place, the lower half decides between it and its alias.
    const auto place = static_cast<std::size_t>((word >> 32) * places_ >> 32);
    const Entry& entry = table[place];
    // Without a branch, as nobody could guess it, and the table is larger than most caches: so the
    // processor goes ahead to the next draw while it waits for this one.
    const int itself = -static_cast<int>(static_cast<std::uint32_t>(word) < entry.threshold);
    return (static_cast<int>(place) & itself) | (entry.alias & ~itself);
  }

  int pages() const { return pages_; }

 private:
  struct Entry {
    std::uint32_t threshold;
    std::int32_t alias;
  };
  // Below one access in 16 million none is seen; above 22 a batch of 512 pages that has one left
  // over is as rare.
  static constexpr Level kLowest = -24 * kLevelSteps;
  static constexpr Level kHighest = 4 * kLevelSteps + kLevelSteps / 2;

  void add_level(double touched);

  const int pages_;
  const std::size_t places_;
  std::vector<Entry> entries_;  // of each level in turn
};

}  // namespace tiering
