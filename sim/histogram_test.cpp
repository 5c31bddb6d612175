// SPDX-License-Identifier: Apache-2.0
#include "sim/histogram.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <gtest/gtest.h>
#include <limits>
#include <vector>

#include "sim/distributions.h"
#include "sim/random.h"

namespace sim {
namespace {

Histogram of(const std::vector<Duration>& values) {
  Histogram h;
  for (const Duration d : values) h.record(d);
  return h;
}

std::vector<Duration> lognormal_values(int n, double sigma = 2) {
  const Lognormal d = Lognormal::with_median(10us, sigma);
  Stream stream(1, "values");
  std::vector<Duration> values;
  for (int i = 0; i < n; ++i) values.push_back(d(stream));
  return values;
}

TEST(Histogram, AnEmptyOneHasNothingToSay) {
  const Histogram h;
  EXPECT_EQ(h.count(), 0);
  EXPECT_EQ(h.mean(), std::nullopt);
  EXPECT_EQ(h.min(), std::nullopt);
  EXPECT_EQ(h.max(), std::nullopt);
  EXPECT_EQ(h.value_at_quantile(0.5), std::nullopt);
  EXPECT_TRUE(h.buckets().empty());
}

TEST(Histogram, CountMeanAndExtremesAreExact) {
  const Histogram h = of({3us, 1us, 2us + 1_ps, 70ms});
  EXPECT_EQ(h.count(), 4);
  EXPECT_EQ(h.mean(), 17'501'500'000_ps);  // 70,006,000,001 ps by four, rounded
  EXPECT_EQ(h.min(), 1us);
  EXPECT_EQ(h.max(), 70ms);
}

TEST(Histogram, TheSumOfTheLongestDurationsDoesNotOverflow) {
  Histogram h;
  for (int i = 0; i < 1'000; ++i) h.record(Duration::max());
  EXPECT_EQ(h.mean(), Duration::max());
  EXPECT_EQ(h.value_at_quantile(0.5), Duration::max());
  EXPECT_EQ(h.buckets().front().high, Duration::max());
}

TEST(Histogram, RefusesANegativeDuration) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  Histogram h;
  EXPECT_DEATH(h.record(-1_ps), "d >= Duration");
}

// Every value on both sides of every power of two, where the bucket width changes.
TEST(Histogram, EveryValueLiesInABucketNoWiderThanOneIn256) {
  for (unsigned bit = 0; bit < 63; ++bit) {
    for (const std::int64_t offset : {-3, -2, -1, 0, 1, 2, 3}) {
      const std::int64_t value = (std::int64_t{1} << bit) + offset;
      if (value < 0) continue;
      const auto buckets = of({Duration{value}}).buckets();
      ASSERT_EQ(buckets.size(), 1u);
      const auto [low, high, count] = buckets[0];
      EXPECT_TRUE(low.count() <= value && value <= high.count()) << value;
      EXPECT_LE((high - low).count(), low.count() / 256) << value;
    }
  }
}

TEST(Histogram, BucketsFollowOneAnotherWithoutGapOrOverlap) {
  std::vector<Duration> values;
  for (std::int64_t v = 0; v < 10'000; ++v) values.push_back(Duration{v});
  std::int64_t expected_low = 0;
  for (const auto& bucket : of(values).buckets()) {
    EXPECT_EQ(bucket.low.count(), expected_low);
    expected_low = bucket.high.count() + 1;
  }
}

Duration nearest_rank(std::vector<Duration> values, std::int64_t millionths) {
  std::sort(values.begin(), values.end());
  const auto n = static_cast<std::int64_t>(values.size());
  const std::int64_t rank = std::max<std::int64_t>(1, (n * millionths + 999'999) / 1'000'000);
  return values[static_cast<std::size_t>(rank - 1)];
}

// Half a bucket is 1/512 of its lower edge, and the lower edge is at most the value.
TEST(Histogram, QuantilesAreOffByAtMostOneIn512) {
  const std::vector<Duration> values = lognormal_values(100'000);
  const Histogram h = of(values);
  for (const std::int64_t parts : {1'000, 70'000, 500'000, 900'000, 990'000, 999'000, 999'900}) {
    const Duration exact = nearest_rank(values, parts);
    const Duration found = h.value_at_quantile(static_cast<double>(parts) * 1e-6).value();
    EXPECT_LE(std::abs((found - exact).count()) * 512, exact.count()) << parts;
  }
}

TEST(Histogram, AQuantileIsTheValueOfTheNearestRank) {
  Histogram h;
  for (std::int64_t v = 1; v <= 100; ++v) h.record(Duration{v});
  EXPECT_EQ(h.value_at_quantile(0.10), 10_ps);
  EXPECT_EQ(h.value_at_quantile(0.101), 11_ps);
  EXPECT_EQ(h.value_at_quantile(0.5), 50_ps);
  EXPECT_EQ(h.value_at_quantile(0.500001), 51_ps);
  EXPECT_EQ(h.value_at_quantile(0.9), 90_ps);
  // 0.29 * 100 is 28.999999999999996 in binary; the rank is 29 all the same. And 0.55 * 100 is
  // 55.00000000000001, where a careless ceiling would give 56.
  EXPECT_EQ(h.value_at_quantile(0.29), 29_ps);
  EXPECT_EQ(h.value_at_quantile(0.55), 55_ps);
}

TEST(Histogram, RefusesAQuantileWithTooFewSamples) {
  struct Need {
    double q;
    int samples;
  };
  for (const auto [q, samples] : {Need{0.5, 20}, {0.99, 1'000}, {0.999, 10'000}, {0.01, 1'000}}) {
    Histogram h;
    for (int i = 0; i < samples - 1; ++i) h.record(1us);
    EXPECT_EQ(h.value_at_quantile(q), std::nullopt) << q;
    h.record(1us);
    EXPECT_EQ(h.value_at_quantile(q), 1us) << q;
  }
  EXPECT_EQ(of(lognormal_values(1'000)).value_at_quantile(0), std::nullopt);
  EXPECT_EQ(of(lognormal_values(1'000)).value_at_quantile(1), std::nullopt);
}

TEST(Histogram, MergingInAnyOrderEqualsRecordingTogether) {
  const std::vector<Duration> values = lognormal_values(3'000);
  const std::vector<Duration> a(values.begin(), values.begin() + 1'000);
  const std::vector<Duration> b(values.begin() + 1'000, values.end());
  EXPECT_EQ(of(a) + of(b), of(values));
  EXPECT_EQ(of(b) + of(a), of(values));
  EXPECT_EQ(of(values) + Histogram{}, of(values));
  EXPECT_EQ(Histogram{} + of(values), of(values));
}

TEST(Histogram, EqualOnesWereGivenTheSameCountsSumsAndExtremes) {
  EXPECT_EQ(of({1us, 2us}), of({2us, 1us}));
  EXPECT_NE(of({1us, 2us}), of({1us, 2us, 2us}));
  EXPECT_NE(of({1us}), of({1us + 1_ps}));  // one bucket, but another sum

  const Histogram once_longer = of({1us, 1s}) - of({1s});
  EXPECT_EQ(once_longer + of({2us}), of({1us, 2us})) << "empty buckets above do not matter";
}

TEST(Histogram, SubtractingTheWarmUpLeavesWhatCameAfter) {
  const std::vector<Duration> values = lognormal_values(4'000);
  Histogram h = of({values.begin(), values.begin() + 1'000});
  const Histogram warm_up = h;
  for (std::size_t i = 1'000; i < values.size(); ++i) h.record(values[i]);

  const Histogram after = of({values.begin() + 1'000, values.end()});
  const Histogram left = h - warm_up;
  EXPECT_EQ(left.count(), after.count());
  EXPECT_EQ(left.mean(), after.mean());
  EXPECT_EQ(left.buckets(), after.buckets());
  EXPECT_EQ(left.value_at_quantile(0.99), after.value_at_quantile(0.99));
}

TEST(Histogram, AnExtremeThatWasTakenAwayIsBoundedByTheBucketLeft) {
  const Histogram warm_up = of({1ns, 1s});
  const Histogram left = warm_up + of({10us, 20us}) - warm_up;
  ASSERT_EQ(left.count(), 2);
  EXPECT_LE(left.min(), 10us);
  EXPECT_GE(left.min().value() * 257, 10us * 256);
  EXPECT_GE(left.max(), 20us);
  EXPECT_LE(left.max().value() * 256, 20us * 257);
}

TEST(Histogram, AnExtremeThatWasNotTakenAwayStaysExact) {
  const Histogram warm_up = of({15us});
  const Histogram left = warm_up + of({10us, 20us}) - warm_up;
  EXPECT_EQ(left.min(), 10us);
  EXPECT_EQ(left.max(), 20us);
}

/// Values of one bucket: percentiles are its top, extremes are exact.
TEST(Histogram, IsDescribedByItsExtremesAndPercentiles) {
  std::vector<Duration> values(19'999, 1us);
  values.push_back(1ms);
  const HistogramSummary summary = described(of(values));
  EXPECT_EQ(summary.count, 20'000);
  EXPECT_EQ(summary.mean, Duration{1'049'950});
  EXPECT_EQ(summary.min, 1us);
  EXPECT_EQ(summary.p50, of(values).value_at_quantile(0.5));
  EXPECT_EQ(summary.p99, summary.p50);
  EXPECT_EQ(summary.p999, summary.p50);
  EXPECT_EQ(summary.max, 1ms);
  EXPECT_EQ(described(Histogram{}).count, 0);
  EXPECT_EQ(described(Histogram{}).p99, std::nullopt);
}

TEST(Histogram, SubtractingEverythingLeavesAnEmptyOne) {
  const Histogram h = of(lognormal_values(100));
  EXPECT_EQ(h - h, Histogram{});
}

TEST(Histogram, RefusesToSubtractWhatItDoesNotHold) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(of({1us}) - of({2us}), "earlier");
}

}  // namespace
}  // namespace sim
