// SPDX-License-Identifier: Apache-2.0
#include "subsystems/memory/touch_table.h"

#include <cmath>
#include <gtest/gtest.h>
#include <vector>

namespace tiering {
namespace {

TEST(Level, StandsForAnyNumberToHalfAStep) {
  for (const double accesses : {1e-6, 0.0123, 0.5, 1.0, 3.7, 1e5})
    EXPECT_NEAR(accesses_of(level_of(accesses)) / accesses, 1, 0.0055);
  EXPECT_EQ(level_of(1), 0);
  EXPECT_EQ(level_of(2), kLevelSteps);
  EXPECT_LT(accesses_of(level_of(0)), 1e-60);
}

TEST(Level, AddsUpToAProduct) {
  EXPECT_EQ(level_of(8) + level_of(0.25), level_of(2));
}

/// Chi-squared against the binomial distribution, by level and size of the batch.
TEST(TouchTable, DrawsBinomialNumbers) {
  constexpr int kDraws = 200'000;
  for (const int pages : {1, 5, 64})
    for (const double accesses : {0.01, 0.3, 1.0, 4.0}) {
      const TouchTable table(pages);
      sim::Stream stream(1, "draws");
      std::vector<double> counts(static_cast<std::size_t>(pages) + 1);
      const Level level = level_of(accesses);
      for (int i = 0; i < kDraws; ++i)
        ++counts[static_cast<std::size_t>(table.draw(level, stream))];
      const double p = -std::expm1(-accesses_of(level));
      double squares = 0;
      int cells = 0;
      for (int k = 0; k <= pages; ++k) {
        const double expected = kDraws * std::exp(std::lgamma(pages + 1.0) - std::lgamma(k + 1.0) -
                                                  std::lgamma(pages - k + 1.0) + k * std::log(p) +
                                                  (pages - k) * std::log1p(-p));
        if (expected < 5) continue;
        squares += std::pow(counts[static_cast<std::size_t>(k)] - expected, 2) / expected;
        ++cells;
      }
      // Mean `cells`, variance twice that: five standard deviations.
      EXPECT_LT(squares, cells + 5 * std::sqrt(2.0 * cells)) << pages << " pages, " << accesses;
    }
}

TEST(TouchTable, SaysAllOrNothingAtTheEndsWithoutADraw) {
  const TouchTable table(64);
  sim::Stream used(1, "draws"), fresh(1, "draws");
  EXPECT_EQ(table.draw(level_of(1e-9), used), 0);
  EXPECT_EQ(table.draw(level_of(1e9), used), 64);
  EXPECT_EQ(used(), fresh());
}

/// Whoever asks about many before the first look is given what one draw after the other gives.
TEST(TouchTable, GivesTheSameInTwoHalves) {
  const TouchTable table(64);
  sim::Stream at_once(1, "draws"), in_halves(1, "draws");
  std::vector<Level> levels;
  for (int i = 0; i < 200; ++i) levels.push_back(level_of(std::exp2(i % 40 - 30)));
  std::vector<TouchTable::Asked> asked;
  for (const Level level : levels) asked.push_back(table.ask(level, in_halves));
  for (std::size_t i = 0; i < levels.size(); ++i)
    EXPECT_EQ(table.look(asked[i]), table.draw(levels[i], at_once)) << i;
  EXPECT_EQ(at_once(), in_halves());
}

}  // namespace
}  // namespace tiering
