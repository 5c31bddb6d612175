// SPDX-License-Identifier: Apache-2.0
#include "subsystems/memory/policies/sol.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>

#include "subsystems/memory/policies/test_bench.h"

namespace tiering {
namespace {

constexpr Part kPart{.batches = 640};

/// Accesses per second that touch each page so often in a period.
double rate(double touches, Period period) {
  return kPart.pages * touches / kPart.length(period).count();
}

struct Bench {
  Memory memory{kPart, 0};
  Sol sol;
  Scanner scanner;

  explicit Bench(double rate, const SolParams& params = {})
      : memory(kPart, rate), sol(kPart, params), scanner(memory, sol) {}

  void run_epochs(int count) {
    for (int i = 0; i < count; ++i) scanner.run_epoch();
  }
  bool scans_all_at(Period period) const { return scanner.share_at(period) == 1; }
};

TEST(Sol, BeginsAtTheFirstPeriod) {
  EXPECT_TRUE(Bench(0).scans_all_at(0));
  EXPECT_EQ(Bench(0, {.first = 3}).scanner.share_at(3), 63.0 / 64);  // all but the sample
}

/// With 0.9 for saturated, a period is right while it touches pages 1.15 to 2.3 times.
TEST(Sol, FindsTheRightPeriodOnBothSidesOfEachBoundary) {
  for (Period period = 0; period < 5; ++period) {
    Bench below(rate(1.0, period));
    Bench above(rate(1.4, period));
    below.run_epochs(6);
    above.run_epochs(6);
    EXPECT_GT(below.scanner.share_at(static_cast<Period>(period + 1)), 0.85) << int{period};
    EXPECT_GT(above.scanner.share_at(period), 0.85) << int{period};
  }
}

TEST(Sol, ScansWhatNobodyUsesAtTheLongestPeriodAndTheHottestAtTheShortest) {
  Bench cold(0);
  Bench hot(rate(20, 0));
  cold.run_epochs(4);
  hot.run_epochs(4);
  EXPECT_GT(cold.scanner.share_at(5), 0.95);
  EXPECT_GT(hot.scanner.share_at(0), 0.95);
}

TEST(Sol, FollowsABatchThatGoesColdAndOneThatGoesHotWithinAFewEpochs) {
  for (const auto& [before, after] : {std::pair<Period, Period>{0, 5}, {5, 0}}) {
    Bench bench(rate(1.6, before), {.tolerated = 0.99});
    bench.run_epochs(8);
    EXPECT_GT(bench.scanner.share_at(before), 0.95);
    std::ranges::fill(bench.memory.rates, rate(1.6, after));
    bench.run_epochs(4);
    EXPECT_GT(bench.scanner.share_at(after), 0.85) << int{before};
  }
}

/// Four scans of the longest period that find nothing: each a success of it and a failure of all
/// shorter ones, of which a quarter is left an epoch later.
TEST(Sol, HoldsWhatItsScansTaughtAndSomeOfWhatItKnewBefore) {
  Sol sol(kPart, {});
  Work work;
  std::vector<Period> next(kPart.batches);
  for (int epoch = 0; epoch < 2; ++epoch) {
    for (int i = 0; i < 4; ++i) sol.observe(std::vector{Scan{.batch = 3, .period = 5}}, work);
    sol.choose_periods(next, work);
  }
  EXPECT_EQ(sol.posterior(3, 5).a, 1 + 4 + 1);
  EXPECT_EQ(sol.posterior(3, 5).b, 1);
  EXPECT_EQ(sol.posterior(3, 2).a, 1);
  EXPECT_EQ(sol.posterior(3, 2).b, 1 + 4 + 1);
  EXPECT_EQ(sol.posterior(4, 5).a, 1);
}

TEST(Sol, EstimatesRatesWithinTheirStandardErrorOnceItHasLearned) {
  Bench bench(rate(1.6, 3));
  bench.run_epochs(6);
  double sum = 0;
  for (const float found : bench.scanner.rates) sum += static_cast<double>(found);
  const double share = 1 - std::exp(-1.6);
  const double error = std::sqrt(64 * share / (1 - share) / 16) / 2.4;  // of a batch's 16 scans
  EXPECT_NEAR(sum / kPart.batches, bench.memory.rates[0], 4 * error / std::sqrt(kPart.batches));
}

TEST(Sol, EstimatesFromTheScansOfTheEpochOnly) {
  Bench bench(rate(1.6, 3));
  bench.run_epochs(2);
  std::ranges::fill(bench.memory.rates, 0);
  bench.run_epochs(1);
  EXPECT_EQ(std::ranges::max(bench.scanner.rates), 0);
}

TEST(Sol, DropsAndCountsWhatCannotBe) {
  Sol sol(kPart, {});
  Work work;
  const std::vector<Scan> scans{{.batch = -1},
                                {.batch = kPart.batches},
                                {.batch = 0, .period = 6},
                                {.batch = 0, .accessed = 65}};
  sol.observe(scans, work);
  EXPECT_EQ(sol.stats().unknown_batches, 2);
  EXPECT_EQ(sol.stats().unknown_periods, 1);
  EXPECT_EQ(sol.stats().impossible_counts, 1);

  std::vector<Period> next(kPart.batches);
  std::vector<float> rates(kPart.batches);
  sol.estimate(rates, work);
  sol.choose_periods(next, work);
  EXPECT_EQ(sol.posterior(0, 0).b, 1);
  EXPECT_EQ(rates[0], 0);
}

TEST(Sol, DropsNothingThatCanBe) {
  Sol sol(kPart, {});
  Work work;
  sol.observe(
      std::vector<Scan>{{.batch = 0, .accessed = 64, .period = 5}, {.batch = kPart.batches - 1}},
      work);
  EXPECT_EQ(sol.stats().unknown_batches, 0);
  EXPECT_EQ(sol.stats().unknown_periods, 0);
  EXPECT_EQ(sol.stats().impossible_counts, 0);
  EXPECT_EQ(work.scans, 2);
}

TEST(Sol, ScansAllAtTheShortestPeriodWhileItsModelIsWrongAndUntilItIsRightAgain) {
  Bench bench(0);
  bench.run_epochs(5);
  EXPECT_TRUE(bench.sol.trusted());
  std::ranges::fill(bench.memory.rates, rate(1.6, 1));
  bench.run_epochs(1);
  EXPECT_FALSE(bench.sol.trusted());
  EXPECT_TRUE(bench.scans_all_at(0));
  bench.run_epochs(4);
  EXPECT_TRUE(bench.sol.trusted());
  EXPECT_GT(bench.scanner.share_at(1), 0.8);
}

TEST(Sol, TrustsItsModelWhileItIsRight) {
  Bench bench(0);
  Uniform uniform(1);
  for (double& of : bench.memory.rates) of = rate(1.6, 0) * std::pow(uniform(), 6);
  bench.run_epochs(15);
  EXPECT_EQ(bench.sol.stats().failed_assessments, 0);
}

TEST(Sol, WantsBatchesPromotedOnceMoreIsRemoteThanTheLimit) {
  Sol sol(kPart, {.remote_limit = 0.25});
  EXPECT_FALSE(sol.must_promote(0.25));
  EXPECT_TRUE(sol.must_promote(0.26));
  EXPECT_EQ(sol.stats().promotions, 1);
}

TEST(Sol, EstimatesInMidEpochWithoutForgettingWhatItHasSeen) {
  Bench bench(rate(1.6, 3));
  bench.scanner.scan_epoch();
  std::vector<float> first(kPart.batches);
  std::vector<float> second(kPart.batches);
  bench.sol.estimate(first, bench.scanner.work);
  bench.sol.estimate(second, bench.scanner.work);
  EXPECT_EQ(first, second);
  EXPECT_NEAR(first[0], bench.memory.rates[0], bench.memory.rates[0] / 3);
}

TEST(Sol, CountsItsWork) {
  Sol sol(kPart, {});
  Work work;
  std::vector<Period> next(kPart.batches);
  sol.choose_periods(next, work);
  EXPECT_EQ(work.samples, 0);
  sol.observe(std::vector<Scan>{{.batch = 1}}, work);
  sol.choose_periods(next, work);
  EXPECT_EQ(work.samples, kPart.batches * 6);
  EXPECT_EQ(work.comparisons, kPart.batches * 5);
  EXPECT_EQ(work.visits, kPart.batches + 10);  // the sample's
}

/// FNV-1a over all choices.
std::uint64_t hash_of_choices(std::uint64_t seed) {
  Part part = kPart;
  part.seed = seed;
  Memory memory(part, 0);
  Uniform uniform(1);
  for (double& of : memory.rates) of = rate(1.6, 0) * std::pow(uniform(), 6);
  Sol sol(part, {});
  Scanner scanner(memory, sol);
  std::uint64_t hash = 0xcbf29ce484222325;
  for (int epoch = 0; epoch < 4; ++epoch) {
    scanner.run_epoch();
    for (const Period period : scanner.periods) hash = (hash ^ period) * 0x100000001b3;
  }
  return hash;
}

TEST(Sol, ChoosesTheSameForASeedWhateverTheCompiler) {
  EXPECT_EQ(hash_of_choices(1), 17187662662275989252u);
  EXPECT_NE(hash_of_choices(1), hash_of_choices(2));
}

}  // namespace
}  // namespace tiering
