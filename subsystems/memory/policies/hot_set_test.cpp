// SPDX-License-Identifier: Apache-2.0
#include "subsystems/memory/policies/hot_set.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <gtest/gtest.h>
#include <numeric>

#include "subsystems/memory/policies/sol.h"
#include "subsystems/memory/policies/test_bench.h"

namespace tiering {
namespace {

using Rates = std::vector<std::vector<float>>;  // of each part's batches
using Tiers = std::vector<std::vector<InFastTier>>;

Tiers nothing(const Rates& rates) {
  Tiers tiers;
  for (const auto& part : rates) tiers.emplace_back(part.size(), InFastTier{0});
  return tiers;
}

/// What the parts and the one that merges do together.
Tiers hottest(const Rates& rates, const Tiers& now, const HotSetParams& params, Work& work) {
  std::vector<Ranking> rankings;
  for (std::size_t part = 0; part < rates.size(); ++part)
    rankings.push_back(rank(rates[part], now[part], params, work));
  const std::vector<std::size_t> members = choose_hottest(rankings, params, work);
  Tiers next = now;
  for (std::size_t part = 0; part < rates.size(); ++part)
    mark(rankings[part], members[part], next[part], work);
  return next;
}
Tiers hottest(const Rates& rates, const HotSetParams& params = {}) {
  Work work;
  return hottest(rates, nothing(rates), params, work);
}

int size(const Tiers& tiers) {
  int count = 0;
  for (const auto& part : tiers) count += static_cast<int>(std::ranges::count(part, 1));
  return count;
}

template <class PerPart>
double served(const PerPart& rates, const Tiers& tiers) {
  double all = 0;
  double fast = 0;
  for (std::size_t part = 0; part < tiers.size(); ++part) {
    for (std::size_t i = 0; i < tiers[part].size(); ++i) {
      const double rate = static_cast<double>(rates[part][i]);
      all += rate;
      if (tiers[part][i]) fast += rate;
    }
  }
  return fast / all;
}

/// The fewest of all that serve the objective, by looking at every set there is.
int fewest(const std::vector<float>& rates, double objective) {
  const double all = std::accumulate(rates.begin(), rates.end(), 0.0);
  int best = static_cast<int>(rates.size());
  for (unsigned set = 0; set < 1u << rates.size(); ++set) {
    double fast = 0;
    for (std::size_t i = 0; i < rates.size(); ++i)
      if (set >> i & 1) fast += static_cast<double>(rates[i]);
    if (fast >= objective * all) best = std::min(best, std::popcount(set));
  }
  return best;
}

TEST(HotSet, IsAsSmallAsAnySetThatServesTheObjective) {
  Uniform uniform(1);
  for (int round = 0; round < 30; ++round) {
    Rates rates(3);
    std::vector<float> all;
    for (int i = 0; i < 11; ++i) {
      all.push_back(std::floor(static_cast<float>(1000 * std::pow(uniform(), 4))));
      rates[static_cast<std::size_t>(i % 3)].push_back(all.back());
    }
    const double objective = uniform();
    const Tiers tiers = hottest(rates, {.objective = objective, .reserve = 0});
    EXPECT_EQ(size(tiers), fewest(all, objective)) << round;
    EXPECT_GE(served(rates, tiers), objective) << round;
  }
}

TEST(HotSet, EndsWithTheBatchThatMeetsTheObjective) {
  EXPECT_EQ(hottest({{50, 30, 20}}, {.objective = 0.8, .reserve = 0}), (Tiers{{1, 1, 0}}));
  EXPECT_EQ(hottest({{50, 30, 20}}, {.objective = 0.81, .reserve = 0}), (Tiers{{1, 1, 1}}));
}

TEST(HotSet, TakesOfEquallyHotBatchesTheLowerNumberAndTheEarlierPart) {
  EXPECT_EQ(hottest({{5, 5}, {5, 5}}, {.objective = 0.75, .reserve = 0}), (Tiers{{1, 1}, {1, 0}}));
  EXPECT_EQ(hottest({{5, 5, 5, 5}}, {.objective = 0.5, .reserve = 0}), (Tiers{{1, 1, 0, 0}}));
}

TEST(HotSet, HoldsNothingThatIsNotAccessed) {
  EXPECT_EQ(hottest({{0, 3}, {1, 0}, {}}, {.objective = 1}), (Tiers{{0, 1}, {1, 0}, {}}));
  EXPECT_EQ(hottest({{0, 0}}), (Tiers{{0, 0}}));
}

TEST(HotSet, KeepsABatchUntilAnotherIsHotterByTheMargin) {
  Work work;
  const HotSetParams params{.objective = 0.4, .reserve = 0, .margin = 0.25};
  const Tiers now{{1, 0}};
  EXPECT_EQ(hottest({{100, 124}}, now, params, work), now);
  EXPECT_EQ(hottest({{100, 126}}, now, params, work), (Tiers{{0, 1}}));
}

TEST(HotSet, ServesTheReserveOnTopOfTheObjective) {
  EXPECT_EQ(hottest({{50, 30, 20}}, {.objective = 0.5, .reserve = 0.3}), (Tiers{{1, 1, 0}}));
  EXPECT_EQ(hottest({{50, 30, 20}}, {.objective = 0.5, .reserve = 0.31}), (Tiers{{1, 1, 1}}));
}

/// The margin decides who comes first, not how much a batch serves.
TEST(HotSet, ServesTheObjectiveByTrueRatesWhateverTheMargin) {
  Work work;
  const Rates rates{{100, 90, 80, 70}};
  const Tiers next =
      hottest(rates, {{0, 0, 1, 1}}, {.objective = 0.6, .reserve = 0, .margin = 1}, work);
  EXPECT_EQ(next, (Tiers{{1, 0, 1, 1}}));
}

TEST(HotSet, CountsTheComparisonsThatItMakes) {
  Work work;
  const Ranking one = rank(std::vector<float>{3}, std::vector<InFastTier>{0}, {}, work);
  EXPECT_EQ(work.comparisons, 0);
  EXPECT_EQ(work.visits, 1);
  const std::vector<float> rates{3, 1, 2, 5, 4, 0, 0, 0};
  const Ranking five = rank(rates, std::vector<InFastTier>(8, 0), {}, work);
  EXPECT_GE(work.comparisons, 7);  // no way to sort five with fewer
  EXPECT_EQ(work.visits, 1 + 8);

  Work merging;
  choose_hottest(std::vector{five}, {.objective = 1}, merging);
  EXPECT_EQ(merging.comparisons, 0);  // a single part has nothing to be compared with
  choose_hottest(std::vector{five, one}, {.objective = 1}, merging);
  EXPECT_GT(merging.comparisons, 0);
}

/// Four parts of a database whose batches are accessed by Zipf's law.
struct Database {
  static constexpr std::size_t kParts = 4;
  static constexpr Batch kBatches = 512;
  std::vector<Memory> memories;
  std::vector<Sol> policies;
  std::vector<Scanner> scanners;
  Tiers tiers = Tiers(kParts, std::vector<InFastTier>(kBatches, 1));
  Work work;

  Database() {
    for (std::size_t part = 0; part < kParts; ++part) {
      const Part of{.batches = kBatches, .seed = part + 1};
      memories.emplace_back(of, 0);
      memories.back().uniform = Uniform(part + 1);
      policies.emplace_back(of, SolParams{});
    }
    for (std::size_t part = 0; part < kParts; ++part)
      scanners.emplace_back(memories[part], policies[part]);
  }
  /// Rank r is accessed in proportion to r^-0.9; ranks are dealt out by number and part.
  void be_accessed(std::size_t first_rank) {
    constexpr std::size_t kAll = kParts * kBatches;
    for (std::size_t n = 0; n < kAll; ++n) {
      const double rank = static_cast<double>((n * 797 + first_rank) % kAll + 1);
      memories[n % kParts].rates[n / kParts] = 400 * std::pow(rank, -0.9);
    }
  }
  void run_epoch() {
    Rates rates;
    bool trusted = true;
    for (std::size_t part = 0; part < kParts; ++part) {
      scanners[part].run_epoch();
      rates.push_back(scanners[part].rates);
      trusted = trusted && policies[part].trusted();
    }
    tiers = hottest(rates, tiers, {.objective = trusted ? 0.8 : 1}, work);
  }
  double true_share() const {
    std::vector<std::vector<double>> rates;
    for (const Memory& memory : memories) rates.push_back(memory.rates);
    return served(rates, tiers);
  }
  double footprint() const { return size(tiers) / static_cast<double>(kParts * kBatches); }
};

TEST(HotSet, ServesTheObjectiveOnceSolHasConvergedAndAgainAfterAPhaseChange) {
  Database database;
  for (const std::size_t phase : {0u, 1024u}) {
    database.be_accessed(phase);
    for (int epoch = 0; epoch < 5; ++epoch) database.run_epoch();
    for (int epoch = 0; epoch < 3; ++epoch) {
      database.run_epoch();
      EXPECT_GE(database.true_share(), 0.8) << phase << " " << epoch;
      EXPECT_LT(database.footprint(), 0.5) << phase << " " << epoch;
    }
  }
}

}  // namespace
}  // namespace tiering
