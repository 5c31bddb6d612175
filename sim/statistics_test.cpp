// SPDX-License-Identifier: Apache-2.0
#include "sim/statistics.h"

#include <boost/random/normal_distribution.hpp>
#include <cmath>
#include <gtest/gtest.h>
#include <initializer_list>
#include <limits>

#include "sim/distributions.h"
#include "sim/histogram.h"
#include "sim/random.h"

namespace sim {
namespace {

Replications of(std::initializer_list<double> values) {
  Replications r;
  for (const double value : values) r.add(r.count(), value);
  return r;
}

// Mean 5, squares of the deviations 9 + 1 + 1 + 1 + 0 + 0 + 4 + 16 = 32, so 32/7 for the variance;
// t for seven degrees of freedom is 2.364624 at 95 % and 3.499483 at 99 % (any table).
TEST(Replications, GiveStudentsInterval) {
  const Replications r = of({2, 4, 4, 4, 5, 5, 7, 9});
  const double deviation = std::sqrt(32.0 / 7);
  EXPECT_DOUBLE_EQ(r.mean(), 5);
  EXPECT_DOUBLE_EQ(r.standard_deviation(), deviation);
  EXPECT_EQ(r.estimate().n, 8u);
  EXPECT_NEAR(r.estimate().half_width, 2.364624 * deviation / std::sqrt(8), 1e-6);
  EXPECT_NEAR(r.estimate(0.99).half_width, 3.499483 * deviation / std::sqrt(8), 1e-6);
}

TEST(Replications, ASingleOneSaysNothingOfTheSpread) {
  const Estimate e = of({3}).estimate();
  EXPECT_EQ(e, (Estimate{3, std::numeric_limits<double>::infinity(), 1}));
  EXPECT_TRUE(e.contains(1e300));
}

TEST(Replications, ASmallSpreadAroundALargeMeanIsNotLost) {
  EXPECT_DOUBLE_EQ(of({1e9 + 1, 1e9 + 2, 1e9 + 3}).standard_deviation(), 1);
}

TEST(Replications, MergeToTheSameBitsInAnyOrder) {
  Replications early, late, whole;
  for (std::uint64_t i = 0; i < 9; ++i) {
    const double value = 1.0 / (3.0 + static_cast<double>(i));
    (i % 2 ? early : late).add(i, value);
    whole.add(i, value);
  }
  Replications one = early, other = late;
  one.merge(late);
  other.merge(early);
  EXPECT_EQ(one, whole);
  EXPECT_EQ(other, whole);
  EXPECT_EQ(one.estimate(), other.estimate());
}

TEST(Replications, CountNoRunTwiceAndTakeNoNonsense) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  Replications r = of({1, 2});
  EXPECT_DEATH(r.add(1, 5), "is_new");
  EXPECT_DEATH(r.add(2, std::nan("")), "isfinite");
  EXPECT_DEATH(Replications{}.mean(), "empty");
}

TEST(Replications, ArePairedWhereBothHaveAValue) {
  Replications some;
  some.add(2, 10);
  some.add(7, 20);
  const Replications difference = paired_difference(some, of({1, 2, 3}));
  EXPECT_EQ(difference.count(), 1u);
  EXPECT_EQ(difference.mean(), 10 - 3);
}

// Of `kTrials` intervals each covers the truth with probability c, so the number that do is
// binomial with standard deviation sqrt(n c (1 - c)), 9.7 at 95 % and 4.4 at 99 %. Four of them
// either way.
TEST(Replications, IntervalsCoverTheTruthAsOftenAsTheySay) {
  constexpr int kTrials = 2'000;
  Stream stream(1, "trials");
  for (const double confidence : {0.9, 0.95, 0.99}) {
    int covered = 0;
    for (int trial = 0; trial < kTrials; ++trial) {
      Replications r;
      boost::random::normal_distribution<double> normal(100, 15);
      for (std::uint64_t i = 0; i < 5; ++i) r.add(i, normal(stream));
      covered += r.estimate(confidence).contains(100);
    }
    EXPECT_NEAR(covered, kTrials * confidence,
                4 * std::sqrt(kTrials * confidence * (1 - confidence)));
  }
}

/// The p99 of 2,000 exponential service times, in microseconds.
double p99(std::uint64_t seed, Duration mean) {
  const Stream service(seed, "service");
  Histogram h;
  for (std::uint64_t i = 0; i < 2'000; ++i) {
    Draws customer = service.at(i);
    h.record(Exponential{mean}(customer));
  }
  return to_us(h.value_at_quantile(0.99).value());
}

// Both variants draw the same exponentials, one five per cent longer: the truth of the difference
// is 0.05 ln 100 x 10 us = 2.3 us, and their p99s move together.
TEST(Replications, CommonRandomNumbersNarrowTheDifference) {
  Replications slow, fast;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    slow.add(seed, p99(seed, 10'500ns));
    fast.add(seed, p99(seed, 10us));
  }
  const Estimate difference = paired_difference(slow, fast).estimate();
  EXPECT_TRUE(difference.contains(0.5 * std::log(100))) << difference.mean;
  EXPECT_LT(difference.half_width, fast.estimate().half_width / 5);
}

}  // namespace
}  // namespace sim
