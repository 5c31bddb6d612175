// SPDX-License-Identifier: Apache-2.0
#include "sim/distributions.h"

#include <algorithm>
#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/exponential.hpp>
#include <boost/math/distributions/gamma.hpp>
#include <boost/math/distributions/lognormal.hpp>
#include <boost/math/distributions/uniform.hpp>
#include <cmath>
#include <functional>
#include <gtest/gtest.h>
#include <ostream>
#include <string>
#include <vector>

namespace sim {
namespace {

namespace math = boost::math;

constexpr int kDraws = 100'000;
const double kMicro = 1e6;  // picoseconds

double number(Duration d) {
  return static_cast<double>(d.count());
}
double number(double x) {
  return x;
}

/// A distribution and what theory says of it, in picoseconds where it is one of durations.
struct Continuous {
  std::string name;
  std::function<double(Draws&)> draw;
  double mean;
  double variance;
  std::function<double(double)> cdf;

  friend void PrintTo(const Continuous& c, std::ostream* out) { *out << c.name; }
};

template <class Distribution, class Theory>
Continuous against(std::string name, Distribution d, Theory theory) {
  return {std::move(name), [d](Draws& draws) { return number(d(draws)); }, math::mean(theory),
          math::variance(theory), [theory](double x) { return math::cdf(theory, x); }};
}

// A tent: 10 us to 30 us with a knee at the median, uniform on either side of it. Mean and variance
// are those of the two halves: means 12 and 22 us, variances 4^2/12 and 16^2/12, and half the
// distance of the means squared between them.
Continuous knee() {
  const Empirical d = Empirical::of_quantiles({{0, 10us}, {0.5, 14us}, {1, 30us}});
  const double variance = ((16.0 + 256.0) / 12 / 2 + 25.0) * kMicro * kMicro;
  return {"EmpiricalKnee", [d](Draws& draws) { return number(d(draws)); }, 17 * kMicro, variance,
          [](double x) {
            const double us = std::clamp(x / kMicro, 10.0, 30.0);
            return us < 14 ? (us - 10) / 4 * 0.5 : 0.5 + (us - 14) / 16 * 0.5;
          }};
}

std::vector<Continuous> all_continuous() {
  const double m = 10 * kMicro;
  return {
      against("Uniform", Uniform{5us, 15us}, math::uniform(5 * kMicro, 15 * kMicro)),
      against("Exponential", Exponential{10us}, math::exponential(1 / m)),
      against("LognormalOfMedian", Lognormal::with_median(10us, 0.5),
              math::lognormal(std::log(m), 0.5)),
      against("LognormalOfMean", Lognormal::with_mean(10us, 0.8),
              math::lognormal(std::log(m) - 0.32, 0.8)),
      against("GammaBelowOne", Gamma{10us, 0.5}, math::gamma_distribution<>(0.5, m / 0.5)),
      against("GammaAtOne", Gamma{10us, 1.0}, math::gamma_distribution<>(1.0, m)),
      against("GammaAboveOne", Gamma{10us, 4.5}, math::gamma_distribution<>(4.5, m / 4.5)),
      against("BetaOfHits", Beta{3, 17}, math::beta_distribution<>(3, 17)),
      against("BetaBelowOne", Beta{0.5, 0.5}, math::beta_distribution<>(0.5, 0.5)),
      knee(),
  };
}

/// One value for each of many customers.
std::vector<double> sample(const Continuous& c) {
  const Stream stream(2025, c.name);
  std::vector<double> values;
  for (std::uint64_t i = 0; i < kDraws; ++i) {
    Draws customer = stream.at(i);
    values.push_back(c.draw(customer));
  }
  return values;
}

double moment(const std::vector<double>& values, double about, int power) {
  double sum = 0;
  for (const double x : values) sum += std::pow(x - about, power);
  return sum / static_cast<double>(values.size());
}

class AnyContinuous : public testing::TestWithParam<Continuous> {};

// The mean of n draws is normal with standard deviation sigma/sqrt(n), and their second central
// moment with sqrt((mu4 - sigma^4)/n). Four of those are exceeded with probability 6e-5; ten
// distributions and two moments make that 1e-3 for a new seed, and this one is fixed.
TEST_P(AnyContinuous, HasTheMeanAndVarianceOfTheory) {
  const Continuous& c = GetParam();
  const std::vector<double> values = sample(c);
  EXPECT_NEAR(moment(values, 0, 1), c.mean, 4 * std::sqrt(c.variance / kDraws));
  const double fourth = moment(values, c.mean, 4);
  EXPECT_NEAR(moment(values, c.mean, 2), c.variance,
              4 * std::sqrt((fourth - c.variance * c.variance) / kDraws));
}

/// How likely a distance of at least `d` between the distribution function and that of `n` draws
/// from it is: Kolmogorov's limit, with Stephens' correction for finite n.
double kolmogorov_p(double d, double n) {
  const double lambda = (std::sqrt(n) + 0.12 + 0.11 / std::sqrt(n)) * d;
  double p = 0;
  for (int k = 1; k <= 100; ++k) p += (k % 2 ? 2 : -2) * std::exp(-2 * k * k * lambda * lambda);
  return std::clamp(p, 0.0, 1.0);
}

double kolmogorov_distance(std::vector<double> values, const Continuous& c) {
  std::sort(values.begin(), values.end());
  const double n = static_cast<double>(values.size());
  double distance = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double expected = c.cdf(values[i]);
    const double below = static_cast<double>(i) / n;
    distance = std::max({distance, expected - below, below + 1 / n - expected});
  }
  return distance;
}

// For a right sampler p is uniform, so that it lies below 1e-3 once in a thousand seeds. A p near
// one would mean draws more even than chance, hence the bound on the other side.
TEST_P(AnyContinuous, FitsByKolmogorovAndSmirnov) {
  const double p = kolmogorov_p(kolmogorov_distance(sample(GetParam()), GetParam()), kDraws);
  EXPECT_GT(p, 1e-3);
  EXPECT_LT(p, 1 - 1e-3);
}

// The test of the test: a mean that is one per cent off has to be noticed. Largest distance of two
// exponentials with means 1 and 1.01: 0.01/e = 0.0037, where 0.0062 has p = 1e-3 at 100,000 draws;
// so two per cent.
TEST(KolmogorovAndSmirnov, NoticeAMeanThatIsTwoPerCentOff) {
  const Continuous off =
      against("Exponential", Exponential{10'200ns}, math::exponential(1 / (10 * kMicro)));
  EXPECT_LT(kolmogorov_p(kolmogorov_distance(sample(off), off), kDraws), 1e-3);
}

INSTANTIATE_TEST_SUITE_P(Each, AnyContinuous, testing::ValuesIn(all_continuous()),
                         [](const auto& test) { return test.param.name; });

/// How likely counts at least as far from expectation are, by Pearson's chi-square.
double chi_square_p(const std::vector<double>& counts, const std::vector<double>& expected) {
  double statistic = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    statistic += (counts[i] - expected[i]) * (counts[i] - expected[i]) / expected[i];
  }
  const math::chi_squared theory(static_cast<double>(counts.size() - 1));
  return math::cdf(math::complement(theory, statistic));
}

class ZipfOfExponent : public testing::TestWithParam<double> {};

// One cell for each of the first 99 ranks and one for the rest: every expectation is far above the
// five that the chi-square approximation asks for. Bounds on p as above.
TEST_P(ZipfOfExponent, FitsByChiSquare) {
  constexpr std::int64_t kRanks = 1'000;
  constexpr std::size_t kCells = 100;
  std::vector<double> counts(kCells), expected(kCells);
  double total = 0;
  for (int r = 0; r < kRanks; ++r) total += std::pow(r + 1, -GetParam());
  for (std::size_t r = 0; r < kRanks; ++r) {
    const double share = std::pow(static_cast<double>(r) + 1, -GetParam()) / total;
    expected[std::min(r, kCells - 1)] += share * kDraws;
  }

  const Zipf zipf{kRanks, GetParam()};
  Stream stream(5, "keys");
  for (int i = 0; i < kDraws; ++i) {
    const std::int64_t rank = zipf(stream);
    ASSERT_GE(rank, 0);
    ASSERT_LT(rank, kRanks);
    ++counts[std::min(static_cast<std::size_t>(rank), kCells - 1)];
  }
  EXPECT_GT(chi_square_p(counts, expected), 1e-3);
  EXPECT_LT(chi_square_p(counts, expected), 1 - 1e-3);
}

INSTANTIATE_TEST_SUITE_P(Each, ZipfOfExponent, testing::Values(0.0, 0.5, 0.99, 1.0, 1.01, 1.5));

TEST(Zipf, HoldsItsBoundsAtTheEdgesOfItsRange) {
  Stream stream(5, "edges");
  for (const std::int64_t ranks : {std::int64_t{1}, std::int64_t{2}, std::int64_t{1} << 52}) {
    for (const double exponent : {0.0, 1.0, 20.0}) {
      const Zipf zipf{ranks, exponent};
      for (int i = 0; i < 1'000; ++i) {
        const std::int64_t rank = zipf(stream);
        ASSERT_TRUE(0 <= rank && rank < ranks) << ranks << " " << exponent << ": " << rank;
      }
    }
  }
}

// The number of long ones among n is binomial: mean n p, standard deviation sqrt(n p (1 - p)),
// which is 22.3 here.
TEST(Bimodal, IsLongAsOftenAsItSays) {
  const Bimodal d{5us, 500us, 1.0 / 200};
  Stream stream(1, "bimodal");
  int longs = 0;
  for (int i = 0; i < kDraws; ++i) {
    const Duration value = d(stream);
    ASSERT_TRUE(value == 5us || value == 500us);
    longs += value == 500us;
  }
  EXPECT_NEAR(longs, kDraws / 200.0, 4 * 22.3);
  EXPECT_EQ(d.mean(), Duration{7'475ns});
}

TEST(Bimodal, SharesOfNoneAndAllAreExact) {
  Stream stream(1, "bimodal");
  for (int i = 0; i < 1'000; ++i) {
    ASSERT_EQ((Bimodal{1us, 2us, 0.0}(stream)), 1us);
    ASSERT_EQ((Bimodal{1us, 2us, 1.0}(stream)), 2us);
  }
}

TEST(Deterministic, UsesNoDraws) {
  Stream used(1, "x"), fresh(1, "x");
  EXPECT_EQ(Deterministic{3us}(used), 3us);
  EXPECT_EQ(used(), fresh());
}

TEST(Uniform, IncludesBothEnds) {
  const Uniform die{1_ps, 6_ps};
  Stream stream(1, "die");
  std::vector<double> counts(6);
  for (int i = 0; i < 60'000; ++i) {
    const std::int64_t face = die(stream).count();
    ASSERT_TRUE(1 <= face && face <= 6);
    ++counts[static_cast<std::size_t>(face - 1)];
  }
  EXPECT_GT(chi_square_p(counts, std::vector<double>(6, 10'000)), 1e-3);
}

TEST(Empirical, SamplesAreQuantilesAtEqualSteps) {
  const Empirical d = Empirical::of_samples({30_ps, 10_ps, 50_ps, 20_ps});
  EXPECT_EQ(d.at(0), 10_ps);
  EXPECT_EQ(d.at(0.125), 10_ps);
  EXPECT_EQ(d.at(0.25), 15_ps);
  EXPECT_EQ(d.at(0.375), 20_ps);
  EXPECT_EQ(d.at(0.75), 40_ps);
  EXPECT_EQ(d.at(0.875), 50_ps);
  EXPECT_EQ(d.at(1), 50_ps);
}

TEST(Empirical, OfSamplesHasTheirMean) {
  EXPECT_EQ(Empirical::of_samples({30_ps, 10_ps, 50_ps, 20_ps, 90_ps}).mean(), 40_ps);
  EXPECT_EQ(Empirical::of_samples({1ns, 1ns, 1ns, 1'001ns}).mean(), 251ns);
}

// Quantiles bunched at either end, with jumps: what a table of steps would get wrong first.
TEST(Empirical, FindsTheRightPieceHoweverTheQuantilesLie) {
  std::vector<Empirical::Quantile> q{{0, 0ns}};
  for (int i = 1; i <= 200; ++i) q.push_back({0.3 + 1e-6 * i, i * 3ns});
  q.push_back({0.3003, 700ns});
  for (int i = 1; i <= 50; ++i) q.push_back({1 - 1e-9 * (50 - i), 800ns + i * 1ns});
  const Empirical d = Empirical::of_quantiles(q);
  for (std::size_t i = 0; i + 1 < q.size(); ++i) {
    EXPECT_EQ(d.at(q[i].p), q[i].p == q[i + 1].p ? q[i + 1].value : q[i].value) << i;
    const Duration between = d.at((q[i].p + q[i + 1].p) / 2);
    EXPECT_NEAR(number(between), (number(q[i].value) + number(q[i + 1].value)) / 2, 1) << i;
  }
  EXPECT_EQ(d.at(1), q.back().value);
}

TEST(Empirical, AJumpIsAnAtom) {
  const Empirical d = Empirical::of_quantiles({{0, 1us}, {0.5, 1us}, {0.5, 9us}, {1, 9us}});
  EXPECT_EQ(d.at(0.499), 1us);
  EXPECT_EQ(d.at(0.501), 9us);
  EXPECT_EQ(d.mean(), 5us);
}

TEST(Empirical, ScalingKeepsTheShape) {
  const Empirical d = Empirical::of_samples({1us, 2us, 3us, 10us}).scaled_to(8us);
  EXPECT_EQ(d.mean(), 8us);
  EXPECT_EQ(d.at(1) / d.at(0), 10);
}

TEST(Distributions, ADrawTooLongForAnyRunIsCut) {
  const Lognormal wild = Lognormal::with_median(1s, 10);
  Stream stream(1, "wild");
  Duration longest{};
  for (int i = 0; i < 1'000; ++i) longest = std::max(longest, wild(stream));
  EXPECT_EQ(longest, kLongestDraw);
}

TEST(Distributions, ALognormalHasTheMeanThatItWasMadeWith) {
  EXPECT_EQ(Lognormal::with_mean(10us, 0.8).mean(), 10us);
  EXPECT_EQ(Lognormal::with_mean(1us, 2).mean(), 1us);
}

TEST(Distributions, ParametersThatMeanNothingAreBrokenPromises) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(Exponential{0ns}, "mean");
  EXPECT_DEATH((Uniform{2us, 1us}), "low <= high");
  EXPECT_DEATH(Empirical::of_samples({0ns, 0ns}).scaled_to(1us), "old_mean > Duration");
  EXPECT_DEATH((Gamma{1us, std::nan("")}), "shape");
  EXPECT_DEATH((Bimodal{1us, 2us, 1.5}), "longer_share");
  EXPECT_DEATH((Beta{0.0, 1.0}), "alpha");
  EXPECT_DEATH((Zipf{0, 1.0}), "ranks");
  EXPECT_DEATH(Empirical::of_quantiles({{0.1, 1us}, {1, 2us}}), "front");
}

TEST(Distributions, CustomersKeepTheirValuesWhenAnotherDrawsMore) {
  const Stream stream(9, "service");
  const Gamma rejecting{10us, 0.3};  // draws a varying number of times
  Draws alone = stream.at(17);
  const Duration expected = rejecting(alone);
  for (std::uint64_t i = 0; i < 17; ++i) {
    Draws before = stream.at(i);
    rejecting(before);
    before();
  }
  Draws again = stream.at(17);
  EXPECT_EQ(rejecting(again), expected);
}

template <class Distribution>
std::int64_t sum_of_draws(const Distribution& d) {
  Stream stream(1, "golden");
  std::int64_t sum = 0;
  for (int i = 0; i < 10'000; ++i) sum += d(stream).count();
  return sum;
}

// Found by running; equal on every compiler and build type, or a result would not be.
TEST(Distributions, KnownSumsHoldOnEveryCompiler) {
  EXPECT_EQ(sum_of_draws(Uniform{5us, 15us}), 100153495157);
  EXPECT_EQ(sum_of_draws(Exponential{10us}), 99736340467);
  EXPECT_EQ(sum_of_draws(Lognormal::with_mean(10us, 0.8)), 100236686686);
  EXPECT_EQ(sum_of_draws(Gamma{10us, 0.5}), 100139673017);
  EXPECT_EQ(sum_of_draws(Gamma{10us, 4.5}), 100237849869);
  EXPECT_EQ(sum_of_draws(Bimodal{5us, 500us, 0.005}), 77720000000);
  EXPECT_EQ(sum_of_draws(Empirical::of_samples({1us, 2us, 3us, 10us})), 40106526323);
}

TEST(Distributions, KnownRanksAndSharesHoldOnEveryCompiler) {
  Stream stream(1, "golden");
  const Zipf zipf{1'000'000, 0.99};
  const Beta beta{3, 17};
  std::int64_t ranks = 0;
  double shares = 0;
  for (int i = 0; i < 10'000; ++i) ranks += zipf(stream), shares += beta(stream);
  EXPECT_EQ(ranks, 723910850);
  EXPECT_EQ(std::llround(shares * 1e9), 1507654329988);
}

}  // namespace
}  // namespace sim
