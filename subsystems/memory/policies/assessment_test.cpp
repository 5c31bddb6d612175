// SPDX-License-Identifier: Apache-2.0
#include "subsystems/memory/policies/assessment.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>

#include "subsystems/memory/policies/test_bench.h"

namespace tiering {
namespace {

/// Counts of pages that are accessed between scans with these chances.
Counts count(const std::vector<double>& chances, int scans) {
  Uniform uniform(3);
  Counts counts;
  for (int i = 0; i < scans; ++i)
    counts.add(std::ranges::count_if(chances, [&](double chance) { return uniform() < chance; }));
  return counts;
}

TEST(UntouchedAfter, IsAPowerIfAllPagesAreAlike) {
  const Counts counts = count(std::vector(64, 0.2), 20'000);
  for (const int scans : {1, 4, 8})
    EXPECT_NEAR(untouched_after(counts, 64, scans), std::pow(0.8, scans), 0.01) << scans;
}

TEST(UntouchedAfter, StaysAsItIsIfTheSamePagesAreAccessedEveryTime) {
  Counts counts;
  for (int i = 0; i < 10; ++i) counts.add(40);
  for (const int scans : {1, 4, 32})
    EXPECT_DOUBLE_EQ(untouched_after(counts, 64, scans), 24.0 / 64);
}

/// Chances that are spread evenly are Beta(1, 1); the mean of (1 - p)^n is then 1/(n + 1).
TEST(UntouchedAfter, FollowsTheSpreadOfChancesOverPages) {
  std::vector<double> chances;
  for (int page = 0; page < 64; ++page) chances.push_back((page + 0.5) / 64);
  const Counts counts = count(chances, 20'000);
  for (const int scans : {1, 4, 16})
    EXPECT_NEAR(untouched_after(counts, 64, scans), 1.0 / (scans + 1), 0.01) << scans;
}

TEST(UntouchedAfter, IsNothingOrAllIfSoIsOneScan) {
  Counts none;
  Counts all;
  for (int i = 0; i < 3; ++i) {
    none.add(0);
    all.add(64);
  }
  EXPECT_EQ(untouched_after(none, 64, 8), 1);
  EXPECT_EQ(untouched_after(all, 64, 8), 0);
}

/// An epoch in which batches are accessed at known rates, with the same period chosen for all.
struct Epoch {
  Part part{.batches = 6400};
  SolParams params{.sample = 1.0 / 64};
  Memory memory{part, 0};
  std::vector<Period> periods = std::vector<Period>(6400, 4);
  Assessment assessment{part, params};
  Work work;

  std::vector<Batch> sample() const {
    std::vector<Batch> batches;
    for (Batch batch = 0; batch < part.batches; ++batch)
      if (periods[static_cast<std::size_t>(batch)] == 0) batches.push_back(batch);
    return batches;
  }
  bool passes() {
    assessment.take_sample(periods);
    for (const Batch batch : sample())
      for (int scan = 0; scan < 128; ++scan) assessment.observe(memory.scan(batch, 0));
    return assessment.passes(work);
  }
  /// Accesses per second with which a scan at the period finds the share 0.8.
  double rate_for(Period period) const { return 64 * 1.6 / part.length(period).count(); }
};

TEST(Assessment, TakesEveryNthBatchAndHasItScannedAtTheShortestPeriod) {
  Epoch epoch;
  epoch.assessment.take_sample(epoch.periods);
  const std::vector<Batch> sample = epoch.sample();
  ASSERT_EQ(sample.size(), 100);
  EXPECT_EQ(sample[1] - sample[0], 64);
}

TEST(Assessment, TakesAnotherSampleEachTime) {
  Epoch epoch;
  epoch.assessment.take_sample(epoch.periods);
  const std::vector<Batch> before = epoch.sample();
  std::ranges::fill(epoch.periods, 4);
  epoch.assessment.take_sample(epoch.periods);
  EXPECT_NE(epoch.sample(), before);
}

TEST(Assessment, NoLongerGoesByTheSampleBefore) {
  Epoch epoch;
  std::ranges::fill(epoch.memory.rates, epoch.rate_for(0));
  epoch.assessment.take_sample(epoch.periods);
  const std::vector<Batch> before = epoch.sample();
  std::ranges::fill(epoch.periods, 4);
  epoch.assessment.take_sample(epoch.periods);
  ASSERT_NE(epoch.sample(), before);
  for (const Batch batch : before)
    for (int scan = 0; scan < 128; ++scan) epoch.assessment.observe(epoch.memory.scan(batch, 0));
  EXPECT_TRUE(epoch.assessment.passes(epoch.work));
}

TEST(Assessment, HasAtLeastOneBatchToGoBy) {
  for (const double sample : {0.01, 1e-300}) {
    Assessment assessment({.batches = 3}, {.sample = sample});
    std::vector<Period> periods(3, 4);
    assessment.take_sample(periods);
    EXPECT_EQ(std::ranges::count(periods, 0), 1) << sample;
    for (Batch batch = 0; batch < 3; ++batch) assessment.observe({.batch = batch});
  }
}

TEST(Assessment, PassesIfAllPeriodsAreRight) {
  Epoch epoch;
  std::ranges::fill(epoch.memory.rates, epoch.rate_for(4));
  EXPECT_TRUE(epoch.passes());
}

TEST(Assessment, PassesIfPeriodsAreTooShort) {
  EXPECT_TRUE(Epoch().passes());
}

TEST(Assessment, PassesIfPeriodsAreTooLongByOneStepAndFailsIfByTwo) {
  for (const auto& [right, passes] : {std::pair<Period, bool>{3, true}, {2, false}}) {
    Epoch epoch;
    std::ranges::fill(epoch.memory.rates, epoch.rate_for(right));
    EXPECT_EQ(epoch.passes(), passes) << int{right};
  }
}

/// A slow scan finds half of the pages accessed, as a fast one does.
TEST(Assessment, PassesIfTheSameHalfOfThePagesIsAccessedAllTheTime) {
  Epoch epoch;
  epoch.assessment.take_sample(epoch.periods);
  for (const Batch batch : epoch.sample())
    for (int scan = 0; scan < 128; ++scan)
      epoch.assessment.observe({.batch = batch, .accessed = 32, .period = 0});
  EXPECT_TRUE(epoch.assessment.passes(epoch.work));
}

TEST(Assessment, NeverCallsTheShortestPeriodTooLong) {
  Epoch epoch;
  std::ranges::fill(epoch.periods, 0);
  std::ranges::fill(epoch.memory.rates, 1e5);
  epoch.assessment.take_sample(epoch.periods);
  for (Batch batch = 0; batch < epoch.part.batches; ++batch)
    for (int scan = 0; scan < 2; ++scan) epoch.assessment.observe(epoch.memory.scan(batch, 0));
  EXPECT_TRUE(epoch.assessment.passes(epoch.work));
}

/// All alike, so that shares of batches are shares of accesses; 0.2 + 2 sqrt(0.2 0.8/100) = 0.28 of
/// a hundred may be missed. The sample is every 64th batch, so that rows of 64 are alike in it.
TEST(Assessment, FailsOnceMoreIsMissedThanIsToleratedAndCanBeChance) {
  for (const auto& [missed, passes] : {std::pair{26, true}, {30, false}}) {
    Epoch epoch;
    std::ranges::fill(epoch.memory.rates, epoch.rate_for(1));
    for (Batch batch = 0; batch < 64 * (100 - missed); ++batch)
      epoch.periods[static_cast<std::size_t>(batch)] = 1;
    EXPECT_EQ(epoch.passes(), passes) << missed;
  }
}

TEST(Assessment, WeighsBatchesByTheirAccesses) {
  Epoch epoch;
  std::ranges::fill(epoch.memory.rates, epoch.rate_for(4) / 100);
  for (Batch batch = 0; batch < 64 * 15; ++batch)
    epoch.memory.rates[static_cast<std::size_t>(batch)] = epoch.rate_for(1);
  EXPECT_FALSE(epoch.passes());
}

TEST(Assessment, DoesNotJudgeByTheFewBatchesThatTakeAllAccesses) {
  Epoch epoch;
  for (Batch batch = 0; batch < 64; ++batch)
    epoch.memory.rates[static_cast<std::size_t>(batch)] = epoch.rate_for(1);
  EXPECT_TRUE(epoch.passes());
}

/// From one scan nothing is known of how pages differ.
TEST(Assessment, LeavesOutBatchesThatWereScannedOnce) {
  Epoch epoch;
  std::ranges::fill(epoch.memory.rates, epoch.rate_for(1));
  epoch.assessment.take_sample(epoch.periods);
  int n = 0;
  for (const Batch batch : epoch.sample())
    for (int scan = 0, scans = n++ < 80 ? 1 : 128; scan < scans; ++scan)
      epoch.assessment.observe(epoch.memory.scan(batch, 0));
  EXPECT_FALSE(epoch.assessment.passes(epoch.work));
}

TEST(Assessment, GoesByScansAtTheShortestPeriodOnly) {
  Epoch epoch;
  std::ranges::fill(epoch.memory.rates, epoch.rate_for(0));
  epoch.assessment.take_sample(epoch.periods);
  for (const Batch batch : epoch.sample())
    for (int scan = 0; scan < 4; ++scan) epoch.assessment.observe(epoch.memory.scan(batch, 4));
  EXPECT_TRUE(epoch.assessment.passes(epoch.work));
}

}  // namespace
}  // namespace tiering
