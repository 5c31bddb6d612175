// SPDX-License-Identifier: Apache-2.0
#include "subsystems/memory/policies/rate_meter.h"

#include <cmath>
#include <gtest/gtest.h>

#include "subsystems/memory/policies/page_touches.h"
#include "subsystems/memory/policies/test_bench.h"

namespace tiering {
namespace {

constexpr Part kPart{.batches = 2};

/// The exact mean of the estimate over all counts that there may be.
double mean_told(double accesses, int pages) {
  const double chance = 1 - std::exp(-accesses / pages);
  double mean = 0;
  for (int k = 0; k <= pages; ++k) {
    const double log_ways =
        std::lgamma(pages + 1) - std::lgamma(k + 1) - std::lgamma(pages - k + 1);
    mean += std::exp(log_ways + k * std::log(chance) + (pages - k) * std::log1p(-chance)) *
            accesses_told(k, pages);
  }
  return mean;
}

TEST(AccessesTold, AreRightInTheMeanUpToSaturation) {
  for (const double per_page : {0.01, 0.2, 1.0, 2.0})
    EXPECT_NEAR(mean_told(64 * per_page, 64) / (64 * per_page), 1, 2e-3) << per_page;
}

TEST(AccessesTold, AreFiniteIfAllPagesWereAccessedAndNoneIfNoneWas) {
  EXPECT_EQ(accesses_told(0, 64), 0);
  EXPECT_DOUBLE_EQ(accesses_told(64, 64), 64 * std::log(129));
}

TEST(RateMeter, DividesWhatAScanTellsByItsPeriod) {
  Told told;
  EXPECT_EQ(told.estimate(), 0);
  RateMeter(kPart).add(told, {.accessed = 32, .period = 2});
  EXPECT_FLOAT_EQ(told.estimate(), static_cast<float>(64 * std::log(64.5 / 32.5) / 1.2));
}

TEST(RateMeter, LetsEachScanCountForTheTimeThatItCovers) {
  const RateMeter meter(kPart);
  Told told;
  meter.add(told, {.accessed = 32, .period = 0});
  meter.add(told, {.accessed = 0, .period = 1});
  EXPECT_FLOAT_EQ(told.estimate(), static_cast<float>(64 * std::log(64.5 / 32.5) / 0.9));
}

TEST(RateMeter, BeginsAnewWithEachEpochButKeepsTheRateOfABatchWithoutAScan) {
  const RateMeter meter(kPart);
  Told told;
  meter.add(told, {.accessed = 32, .period = 0});
  const float before = told.estimate();
  told.clear();
  EXPECT_EQ(told.estimate(), before);
  meter.add(told, {.accessed = 0, .period = 0});
  EXPECT_EQ(told.estimate(), 0);
}

/// Of a scan that finds the share f, the estimate's variance is pages f/(1 - f).
TEST(RateMeter, EstimatesTheTrueRateWithinItsStandardError) {
  Memory memory({.batches = 400}, 64 * 1.6 / 2.4);
  const RateMeter meter(memory.part);
  std::vector<Told> told(400);
  for (Batch batch = 0; batch < 400; ++batch)
    for (int scan = 0; scan < 4; ++scan)
      meter.add(told[static_cast<std::size_t>(batch)], memory.scan(batch, 3));
  const double share = 1 - std::exp(-1.6);
  const double error = std::sqrt(64 * share / (1 - share) / 4) / 2.4;
  double sum = 0;
  double squares = 0;
  for (Told& of : told) {
    const double off = static_cast<double>(of.estimate()) - memory.rates[0];
    sum += off;
    squares += off * off;
  }
  EXPECT_NEAR(sum / 400, 0, 4 * error / 20);
  EXPECT_NEAR(std::sqrt(squares / 400), error, 0.15 * error);
}

}  // namespace
}  // namespace tiering
