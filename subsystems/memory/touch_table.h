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
  int draw(Level level, sim::Draws& draws) const { return look(ask(level, draws)); }

  /// A draw of which the random number is known, and the table has not been looked at yet.
  struct Asked {
    std::uint64_t entry = kCertain;
    std::uint32_t place = 0;  // what comes of it unless the alias does; what is certain
    std::uint32_t word = 0;
  };
  /// The table is larger than most caches: what is asked for is fetched, and best looked at when
  /// others have been asked for.
  Asked ask(Level level, sim::Draws& draws) const {
    if (level < kLowest) return {};
    if (level >= kHighest) return {.place = static_cast<std::uint32_t>(pages_)};
    const std::uint64_t word = draws();
    // The upper half chooses the place, the lower half decides between it and its alias.
    const std::uint64_t place = (word >> 32) * places_ >> 32;
    const std::uint64_t entry = static_cast<std::size_t>(level - kLowest) * places_ + place;
    __builtin_prefetch(&entries_[entry]);
    return {.entry = entry,
            .place = static_cast<std::uint32_t>(place),
            .word = static_cast<std::uint32_t>(word)};
  }
  int look(const Asked& asked) const {
    if (asked.entry == kCertain) return static_cast<int>(asked.place);
    const Entry& entry = entries_[asked.entry];
    // Without a branch, as nobody could guess it.
    const int itself = -static_cast<int>(asked.word < entry.threshold);
    return (static_cast<int>(asked.place) & itself) | (entry.alias & ~itself);
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

  static constexpr std::uint64_t kCertain = ~std::uint64_t{0};

  void add_level(double touched);

  const int pages_;
  const std::size_t places_;
  std::vector<Entry> entries_;  // of each level in turn
};

}  // namespace tiering
