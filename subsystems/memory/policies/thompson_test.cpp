// SPDX-License-Identifier: Apache-2.0
#include "subsystems/memory/policies/thompson.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <gtest/gtest.h>
#include <vector>

#include "subsystems/memory/policies/test_bench.h"

namespace tiering {
namespace {

TEST(Thompson, LearnsAsBayesRuleSays) {
  Thompson thompson(300, 2, 1);
  thompson.learn(299, 1, 3, 5);
  thompson.learn(299, 1, 0.5f, 0);
  EXPECT_EQ(thompson.posterior(299, 1).a, 4.5f);
  EXPECT_EQ(thompson.posterior(299, 1).b, 6);
  EXPECT_EQ(thompson.posterior(299, 1).mean(), 4.5f / 10.5f);
}

TEST(Thompson, LearnsNothingAboutOtherArmsAndOtherBandits) {
  Thompson thompson(300, 2, 1);
  thompson.learn(299, 1, 3, 5);
  for (const Posterior& other : {thompson.posterior(299, 0), thompson.posterior(298, 1)}) {
    EXPECT_EQ(other.a, 1);
    EXPECT_EQ(other.b, 1);
  }
}

/// A geometric series: 1 + 4 (1 + 1/4 + 1/16).
TEST(Thompson, KeepsOfOldEvidenceAShareForEachTimeThatItForgets) {
  Thompson thompson(1, 1, 1);
  for (int epoch = 0; epoch < 3; ++epoch) {
    thompson.forget(0.25f);
    thompson.learn(0, 0, 4, 0);
  }
  EXPECT_EQ(thompson.posterior(0, 0).a, 6.25f);
  EXPECT_EQ(thompson.posterior(0, 0).b, 1);
}

/// P(Beta(2, 1) > Beta(1, 1)) is the mean of Beta(2, 1).
TEST(Thompson, TakesAnArmAsOftenAsItIsTheBetterOneByWhatIsKnown) {
  constexpr int kBandits = 50'000;
  Thompson thompson(kBandits, 2, 1);
  for (std::int32_t bandit = 0; bandit < kBandits; ++bandit) thompson.learn(bandit, 1, 1, 0);
  std::vector<std::uint8_t> arms(kBandits);
  thompson.choose(arms);
  EXPECT_NEAR(static_cast<double>(std::ranges::count(arms, 1)) / kBandits, 2.0 / 3,
              4.5 * std::sqrt(2.0 / 9 / kBandits));
}

/// Bernoulli bandits that never change.
constexpr std::array kChances{0.2, 0.3, 0.4, 0.8, 0.5, 0.6};
constexpr int kArms = kChances.size();
constexpr int kBandits = 256;
constexpr int kRounds = 1000;

struct Regret {
  double first_half = 0;
  double second_half = 0;

  double total() const { return first_half + second_half; }
  void add(int round, std::size_t arm) {
    (round < kRounds / 2 ? first_half : second_half) += (0.8 - kChances[arm]) / kBandits;
  }
};

Regret thompson_regret() {
  Thompson thompson(kBandits, kArms, 1);
  Uniform uniform(1);
  std::vector<std::uint8_t> arms(kBandits);
  Regret regret;
  for (int round = 0; round < kRounds; ++round) {
    thompson.choose(arms);
    for (std::int32_t bandit = 0; bandit < kBandits; ++bandit) {
      const std::uint8_t arm = arms[static_cast<std::size_t>(bandit)];
      const float success = uniform() < kChances[arm] ? 1 : 0;
      thompson.learn(bandit, arm, success, 1 - success);
      regret.add(round, arm);
    }
  }
  return regret;
}

/// Takes the arm with the best mean so far, but any arm in a share `epsilon` of the rounds.
Regret greedy_regret(double epsilon) {
  Uniform uniform(1);
  Regret regret;
  for (int bandit = 0; bandit < kBandits; ++bandit) {
    std::array<Posterior, kArms> known{};
    for (int round = 0; round < kRounds; ++round) {
      auto arm = static_cast<std::size_t>(uniform() * kArms);
      if (uniform() >= epsilon)
        arm = static_cast<std::size_t>(std::ranges::max_element(known, {}, &Posterior::mean) -
                                       known.begin());
      (uniform() < kChances[arm] ? known[arm].a : known[arm].b) += 1;
      regret.add(round, arm);
    }
  }
  return regret;
}

TEST(Thompson, RegretsLessThanEpsilonGreedyWhateverTheEpsilon) {
  const double regret = thompson_regret().total();
  for (const double epsilon : {0.3, 0.1, 0.03, 0.01})
    EXPECT_LT(regret, greedy_regret(epsilon).total()) << epsilon;
}

/// As its logarithm grows with the number of rounds and not the number itself.
TEST(Thompson, RegretsLessAndLess) {
  const Regret regret = thompson_regret();
  EXPECT_LT(regret.second_half, regret.first_half / 4);
}

}  // namespace
}  // namespace tiering
