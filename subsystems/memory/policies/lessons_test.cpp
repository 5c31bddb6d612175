// SPDX-License-Identifier: Apache-2.0
#include "subsystems/memory/policies/lessons.h"

#include <gtest/gtest.h>
#include <vector>

namespace tiering {
namespace {

constexpr Part kPart{.batches = 1};
constexpr int kFailures = kMostPeriods;

std::vector<float> row(const Lesson& lesson, int from) {
  return {lesson.begin() + from, lesson.begin() + from + kMostPeriods};
}

/// Untouched is (64 - accessed + 1/2)/64.5: 0.1008 with 58 pages accessed, 0.0853 with 59.
TEST(RightPeriod, IsShorterThanOneThatSaturatesTheBatch) {
  EXPECT_EQ(right_period(kPart, 0.9, 3, 58), 3);
  EXPECT_EQ(right_period(kPart, 0.9, 3, 59), 2);
}

/// 0.302^2 with 45 pages accessed is below 0.1, 0.318^2 with 44 above.
TEST(RightPeriod, IsLongerThanOneThatIsNotEvenSaturatingWhenDoubled) {
  EXPECT_EQ(right_period(kPart, 0.9, 3, 45), 3);
  EXPECT_EQ(right_period(kPart, 0.9, 3, 44), 4);
}

TEST(RightPeriod, IsAsFarAwayAsTheCountsTell) {
  EXPECT_EQ(right_period(kPart, 0.9, 0, 8), 4);
  EXPECT_EQ(right_period(kPart, 0.9, 5, 63), 4);
}

TEST(RightPeriod, IsTheLongestForABatchThatNobodyUses) {
  for (const Period period : std::vector<Period>{0, 3, 5})
    EXPECT_EQ(right_period(kPart, 0.9, period, 0), 5);
}

TEST(RightPeriod, IsTheShortestForABatchThatSaturatesThere) {
  EXPECT_EQ(right_period(kPart, 0.9, 0, 60), 0);
  EXPECT_EQ(right_period(kPart, 0.9, 0, 64), 0);
}

/// Untouched is 1/2 of 64.5: its square root, for half the period, is 0.088 and saturated still.
TEST(RightPeriod, IsTheLongestThatHalfAnUntouchedPageAllowsIfAllPagesWereAccessed) {
  EXPECT_EQ(right_period(kPart, 0.9, 5, 64), 3);
  EXPECT_EQ(right_period(kPart, 0.8, 5, 64), 3);
  EXPECT_EQ(right_period(kPart, 0.95, 5, 64), 4);
}

TEST(RightPeriod, IsAShorterOneIfAllPagesWereAccessedEvenIfThereIsOnlyOne) {
  constexpr Part kHugePages{.batches = 1, .pages = 1};
  EXPECT_EQ(right_period(kHugePages, 0.9, 4, 1), 3);
  EXPECT_EQ(right_period(kHugePages, 0.9, 4, 0), 5);
}

TEST(Lessons, PraiseTheRightPeriodAndRefuteAllOthers) {
  const Lesson lesson = Lessons(kPart, {}).of({.batch = 0, .accessed = 50, .period = 4});
  EXPECT_EQ(row(lesson, 0), (std::vector<float>{0, 0, 0, 0, 0.5f, 0}));
  EXPECT_EQ(row(lesson, kFailures), (std::vector<float>{0.5f, 0.5f, 0.5f, 0.5f, 0, 0.5f}));
}

TEST(Lessons, RefuteWhatSaturatesAndAllThatIsLongerAndPredictTheRest) {
  const Lesson lesson = Lessons(kPart, {}).of({.batch = 0, .accessed = 61, .period = 4});
  EXPECT_EQ(row(lesson, 0), (std::vector<float>{0, 0, 0, 0.25f, 0, 0}));
  EXPECT_EQ(row(lesson, kFailures), (std::vector<float>{0.25f, 0.25f, 0.25f, 0, 0.5f, 0.5f}));
}

TEST(Lessons, SayNothingOfPeriodsShorterThanTheRightOneIfAllPagesWereAccessed) {
  const Lesson lesson = Lessons(kPart, {}).of({.batch = 0, .accessed = 64, .period = 5});
  EXPECT_EQ(row(lesson, 0), (std::vector<float>{0, 0, 0, 0.5f, 0, 0}));
  EXPECT_EQ(row(lesson, kFailures), (std::vector<float>{0, 0, 0, 0, 0.5f, 1}));
}

TEST(Lessons, RefuteWhatIsTooShortAndAllThatIsShorterAndPredictTheRest) {
  const Lesson lesson = Lessons(kPart, {}).of({.batch = 0, .accessed = 20, .period = 3});
  EXPECT_EQ(row(lesson, 0), (std::vector<float>{0, 0, 0, 0, 0, 0.125f}));
  EXPECT_EQ(row(lesson, kFailures), (std::vector<float>{0.25f, 0.25f, 0.25f, 0.25f, 0.125f, 0}));
}

TEST(Lessons, CountPredictionsForWhatTheParametersSay) {
  const Lessons lessons(kPart, {.predicted = 0});
  EXPECT_EQ(lessons.of({.batch = 0, .accessed = 20, .period = 3})[5], 0);
}

/// An epoch has twice as many scans of half the period.
TEST(Lessons, TeachAsMuchInAnEpochWhateverThePeriod) {
  const Lessons lessons(kPart, {});
  for (Period period = 0; period < 6; ++period) {
    const float scans = static_cast<float>(128 >> period);
    EXPECT_EQ(scans * lessons.of({.batch = 0, .accessed = 50, .period = period})[period], 4);
  }
}

}  // namespace
}  // namespace tiering
