// SPDX-License-Identifier: Apache-2.0
#include "experiments/report/axis.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <utility>
#include <vector>

namespace report {
namespace {

using Ticks = std::vector<double>;

TEST(Axis, ReachesToTheNextRoundNumbersOnBothSides) {
  const Axis axis(Axis::Scale::kLinear, 120, 870, 0, 100);
  EXPECT_EQ(axis.ticks(), (Ticks{0, 200, 400, 600, 800, 1000}));
  EXPECT_DOUBLE_EQ(axis.at(0), 0);
  EXPECT_DOUBLE_EQ(axis.at(500), 50);
  EXPECT_DOUBLE_EQ(axis.at(1000), 100);
}

TEST(Axis, PutsEqualRatiosAtEqualDistancesWhenLogarithmic) {
  const Axis axis(Axis::Scale::kLog, 10, 1000, 0, 100);
  EXPECT_DOUBLE_EQ(axis.at(10), 0);
  EXPECT_NEAR(axis.at(100), 50, 1e-9);
  EXPECT_DOUBLE_EQ(axis.at(1000), 100);
  EXPECT_EQ(axis.ticks(), (Ticks{10, 20, 50, 100, 200, 500, 1000}));
}

TEST(Axis, WritesOnlyPowersOfTenOverManyDecades) {
  const Axis axis(Axis::Scale::kLog, 1, 50'000, 0, 100);
  EXPECT_EQ(axis.ticks(), (Ticks{1, 10, 100, 1000, 10'000, 100'000}));
}

TEST(Axis, HasAnExtentEvenForASingleNumber) {
  for (const auto scale : {Axis::Scale::kLinear, Axis::Scale::kLog}) {
    const Axis axis(scale, 7, 7, 0, 100);
    EXPECT_LE(axis.low(), 7);
    EXPECT_GE(axis.high(), 7);
    EXPECT_LT(axis.low(), axis.high());
  }
}

TEST(Axis, EndsWhateverTheNumbers) {
  constexpr double kMost = std::numeric_limits<double>::max();
  constexpr double kLeast = std::numeric_limits<double>::denorm_min();
  for (const auto& [low, high] : {std::pair(-kMost, kMost), {0.0, kLeast}, {1e15, 1e15 + 1}}) {
    const Axis axis(Axis::Scale::kLinear, low, high, 0, 100);
    EXPECT_LE(axis.ticks().size(), 12u) << low << ' ' << high;
    EXPECT_TRUE(std::isfinite(axis.at(high))) << low << ' ' << high;
  }
  const Axis axis(Axis::Scale::kLog, kLeast, kMost, 0, 100);
  EXPECT_LE(axis.ticks().size(), 62u);
  EXPECT_TRUE(std::isfinite(axis.at(1)));
}

TEST(Axis, TakesPixelsThatCountDownwards) {
  const Axis axis(Axis::Scale::kLinear, 0, 10, 200, 0);
  EXPECT_DOUBLE_EQ(axis.at(0), 200);
  EXPECT_DOUBLE_EQ(axis.at(10), 0);
}

TEST(NumberText, SeparatesThousandsAndRoundsToFourDigits) {
  EXPECT_EQ(number_text(0.123456), "0.1235");
  EXPECT_EQ(number_text(999.4), "999.4");
  EXPECT_EQ(number_text(1234567), "1,234,567");
  EXPECT_EQ(number_text(-1234), "-1,234");
}

TEST(NumberText, LeavesOutAnIntervalThatIsRounding) {
  EXPECT_EQ(number_text(426.2, 5e-13), "426.2");
  EXPECT_EQ(number_text(855, 12.34), "855 ±12");
  EXPECT_EQ(number_text(855, 123.4), "855 ±123");
}

}  // namespace
}  // namespace report
