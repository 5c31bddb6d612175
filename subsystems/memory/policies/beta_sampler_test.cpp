// SPDX-License-Identifier: Apache-2.0
#include "subsystems/memory/policies/beta_sampler.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "subsystems/memory/policies/beta_arithmetic.h"
#include "subsystems/memory/policies/split_mix.h"
#include "subsystems/memory/policies/test_bench.h"

namespace tiering {
namespace {

struct Shape {
  float a;
  float b;
};

std::vector<double> samples(Shape shape, int rounds) {
  BetaSampler sampler(3);
  std::vector<double> all;
  Lanes sample;
  for (int i = 0; i < rounds; ++i) {
    sampler.draw(Lanes::Constant(shape.a), Lanes::Constant(shape.b), sample);
    all.insert(all.end(), sample.begin(), sample.end());
  }
  return all;
}

/// The distribution function of Beta(a, b) for whole a and b: the chance that of a + b - 1 uniform
/// numbers at least a are below x.
double distribution(double x, Shape shape) {
  const double n = static_cast<double>(shape.a + shape.b) - 1;
  double below = 0;
  for (double k = static_cast<double>(shape.a); k <= n; ++k)
    below += std::exp(std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1) +
                      k * std::log(x) + (n - k) * std::log1p(-x));
  return below;
}

TEST(BetaSampler, DrawsSideBySideWhatIsDrawnOneByOneToTheLastBit) {
  BetaSampler side_by_side(5);
  ScalarBetaSampler one_by_one(5);
  Uniform uniform(1);
  Lanes a;
  Lanes b;
  Lanes x;
  Lanes y;
  for (int round = 0; round < 100; ++round) {
    for (float& of : a) of = static_cast<float>(1 + 200 * std::pow(uniform(), 8));
    for (float& of : b) of = static_cast<float>(1 + 200 * std::pow(uniform(), 8));
    side_by_side.draw(a, b, x);
    one_by_one.draw(a, b, y);
    ASSERT_TRUE((x == y).all()) << round;
  }
}

TEST(BetaSampler, DrawsOtherNumbersForAnotherSeed) {
  Lanes x;
  Lanes y;
  BetaSampler(1).draw(Lanes::Ones(), Lanes::Ones(), x);
  BetaSampler(2).draw(Lanes::Ones(), Lanes::Ones(), y);
  EXPECT_LT((x == y).count(), 3);
}

/// Within four and a half standard errors, of which the fourth moment gives the variance's.
TEST(BetaSampler, DrawsWithTheMeanAndTheVarianceOfTheDistribution) {
  for (const Shape shape : {Shape{1, 1}, {1, 5}, {2.5f, 1}, {9, 1}, {1.2f, 1.7f}, {120, 40}}) {
    const std::vector<double> all = samples(shape, 300);
    const double n = static_cast<double>(all.size());
    const double a = static_cast<double>(shape.a);
    const double b = static_cast<double>(shape.b);
    const double mean = a / (a + b);
    const double variance = a * b / ((a + b) * (a + b) * (a + b + 1));
    const double excess = 6 * ((a - b) * (a - b) * (a + b + 1) - a * b * (a + b + 2)) /
                          (a * b * (a + b + 2) * (a + b + 3));
    double sum = 0;
    double squares = 0;
    for (const double x : all) {
      sum += x;
      squares += (x - mean) * (x - mean);
    }
    EXPECT_NEAR(sum / n, mean, 4.5 * std::sqrt(variance / n)) << a << " " << b;
    EXPECT_NEAR(squares / n, variance, 4.5 * variance * std::sqrt((excess + 2) / n))
        << a << " " << b;
  }
}

/// Kolmogorov and Smirnov's test at one in a thousand.
TEST(BetaSampler, DrawsFromTheDistribution) {
  for (const Shape shape : {Shape{1, 1}, {1, 6}, {5, 2}, {20, 30}}) {
    std::vector<double> all = samples(shape, 150);
    std::ranges::sort(all);
    const double n = static_cast<double>(all.size());
    double distance = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
      const double expected = distribution(all[i], shape);
      const double below = static_cast<double>(i) / n;
      distance = std::max({distance, expected - below, below + 1 / n - expected});
    }
    EXPECT_LT(distance, 1.95 / std::sqrt(n)) << shape.a << " " << shape.b;
  }
}

TEST(RandomLanes, GivesALaneTheSameWordsAloneAndWithTheOthers) {
  RandomLanes all(9);
  RandomLanes one(9);
  RandomLanes::Words words;
  for (int i = 0; i < 5; ++i) {
    all.next(words);
    EXPECT_EQ(one.next(77), words[77]);
  }
}

/// The sum of the first and the last word of the state, by the generator's definition.
TEST(RandomLanes, BeginsWithTheWordsThatTheSeedGives) {
  std::uint64_t state = 9;
  const std::uint64_t low = split_mix(state);
  const std::uint64_t high = split_mix(state);
  EXPECT_EQ(RandomLanes(9).next(0),
            static_cast<std::uint32_t>(low) + static_cast<std::uint32_t>(high >> 32));
}

TEST(RandomLanes, SetsEachHighBitHalfOfTheTimeWhateverTheLaneBeforeDid) {
  constexpr int kRounds = 400;
  RandomLanes random(4);
  RandomLanes::Words words;
  std::array<int, 32> ones{};
  std::array<int, 32> changes{};
  for (int i = 0; i < kRounds; ++i) {
    random.next(words);
    for (std::size_t lane = 1; lane < kLanes; ++lane) {
      for (std::size_t bit = 8; bit < 32; ++bit) {
        ones[bit] += static_cast<int>(words[lane] >> bit & 1);
        changes[bit] += static_cast<int>((words[lane] ^ words[lane - 1]) >> bit & 1);
      }
    }
  }
  const double n = kRounds * (kLanes - 1);
  for (std::size_t bit = 8; bit < 32; ++bit) {
    EXPECT_NEAR(ones[bit], n / 2, 4.5 * std::sqrt(n) / 2) << bit;
    EXPECT_NEAR(changes[bit], n / 2, 4.5 * std::sqrt(n) / 2) << bit;
  }
}

/// Published with the generator.
TEST(SplitMix, GivesTheReferenceSequence) {
  std::uint64_t state = 1234567;
  EXPECT_EQ(split_mix(state), 6457827717110365317u);
  EXPECT_EQ(split_mix(state), 3203168211198807973u);
  EXPECT_EQ(split_mix(state), 9817491932198370423u);
}

TEST(BetaArithmetic, TakesLogarithmsToTheLastBitOrTwo) {
  for (float x = 6e-8f; x < 1e5f; x *= 1.003f) {
    const double expected = std::log(static_cast<double>(x));
    EXPECT_NEAR(static_cast<double>(beta::log_of(x)), expected, 2.5e-7 * (std::abs(expected) + 0.1))
        << x;
  }
}

TEST(BetaArithmetic, TurnsANormalPairFullCircle) {
  for (float turn = -1; turn < 1; turn += 0.01f) {
    const auto [x, y] = beta::normals(-2.0f, turn);  // at radius two
    const double angle = static_cast<double>(turn) * 3.14159265358979;
    EXPECT_NEAR(static_cast<double>(x), 2 * std::cos(angle), 1e-6) << turn;
    EXPECT_NEAR(static_cast<double>(y), 2 * std::sin(angle), 1e-6) << turn;
  }
}

TEST(BetaArithmetic, AcceptsQuicklyOnlyWhatTheExactTestAcceptsAndMostOfThat) {
  Uniform uniform(2);
  int quick = 0;
  int exact = 0;
  for (int i = 0; i < 100'000; ++i) {
    const auto a = static_cast<float>(1 + 20 * std::pow(uniform(), 6));
    const float log = static_cast<float>(std::log(1 - uniform()));
    const float x = beta::normals(log, static_cast<float>(2 * uniform() - 1)).x;
    const auto u = static_cast<float>(1 - uniform());
    const beta::Attempt<float> at = beta::attempt(a, x, u);
    quick += at.slack > 0;
    exact += beta::accepts(at, x, u);
    ASSERT_TRUE(at.slack <= 0 || beta::accepts(at, x, u)) << a << " " << x << " " << u;
  }
  EXPECT_GT(quick, exact * 0.97);
}

}  // namespace
}  // namespace tiering
