// SPDX-License-Identifier: Apache-2.0
#include "experiments/influence/sobol.h"

#include <array>
#include <cmath>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <numbers>
#include <stdexcept>

#include "sim/random.h"
#include "sim/uniform.h"

// The other tests of the folder have functions and factors of their own.
namespace influence::sobol {
namespace {

constexpr double kPi = std::numbers::pi;

std::vector<Factor> factors(std::size_t n) {
  std::vector<Factor> all;
  for (std::size_t i = 0; i < n; ++i) all.push_back({.path = 'x' + std::to_string(i)});
  return all;
}

std::vector<double> numbers_of(const Places& places) {
  std::vector<double> numbers;
  for (const auto& place : places) numbers.push_back(place.value());
  return numbers;
}

/// A function of the places, the same in each of so many replications.
template <class F>
Model model_of(F f, std::uint64_t replications = 1) {
  return [=](const std::vector<Places>& all) {
    std::vector<Answer> answers;
    for (const Places& places : all) {
      Answer& answer = answers.emplace_back(sim::Replications{});
      for (std::uint64_t r = 0; r < replications; ++r) answer->add(r, f(numbers_of(places)));
    }
    return answers;
  };
}

const SobolIndices& of(const Decomposition& found, const std::string& path) {
  for (const SobolIndices& s : found.indices)
    if (s.factor.path == path) return s;
  throw std::runtime_error(path);
}

struct Known {
  double first;
  double total;
};

bool holds(const Share& share, double x) {
  return share.low <= x && x <= share.high;
}

void expect_near(const SobolIndices& s, const Known& known, double most) {
  EXPECT_NEAR(s.first.value, known.first, most) << s.factor.path;
  EXPECT_NEAR(s.total.value, known.total, most) << s.factor.path;
}

// T. Ishigami and T. Homma, 1990: sin x0 + 7 sin^2 x1 + 0.1 x2^4 sin x0, each from -pi to pi.
constexpr double kSquares = 7;
constexpr double kFourths = 0.1;

double ishigami(const std::vector<double>& places) {
  const auto x = [&](std::size_t i) { return kPi * (2 * places[i] - 1); };
  return std::sin(x(0)) + kSquares * std::pow(std::sin(x(1)), 2) +
         kFourths * std::pow(x(2), 4) * std::sin(x(0));
}

/// The parts of its variance, by integration: x0 alone, x1 alone, x0 with x2.
struct IshigamiParts {
  double x0 = std::pow(1 + kFourths * std::pow(kPi, 4) / 5, 2) / 2;
  double x1 = kSquares * kSquares / 8;
  double x0_x2 = kFourths * kFourths * std::pow(kPi, 8) * (1.0 / 18 - 1.0 / 50);

  double variance() const { return x0 + x1 + x0_x2; }
  std::array<Known, 3> indices() const {
    const double v = variance();
    return {{{x0 / v, (x0 + x0_x2) / v}, {x1 / v, x1 / v}, {0, x0_x2 / v}}};
  }
};

TEST(Sobol, FindsTheIndicesOfIshigamisFunction) {
  const Decomposition d = decompose(factors(3), model_of(ishigami), 8192, 1);
  EXPECT_EQ(d.places, 8192u * 5);
  EXPECT_NEAR(d.mean, kSquares / 2, 0.06);
  EXPECT_NEAR(d.deviation, std::sqrt(IshigamiParts{}.variance()), 0.04);
  const auto known = IshigamiParts{}.indices();
  for (std::size_t i = 0; i < known.size(); ++i)
    expect_near(of(d, 'x' + std::to_string(i)), known[i], 0.02);
  EXPECT_EQ(d.indices[0].factor.path, "x0") << "the largest total first";
  EXPECT_EQ(d.indices[1].factor.path, "x1");
}

/// Sobol's g-function: x_i matters the less the larger a_i is.
constexpr std::array kA{0.0, 1.0, 4.5, 9.0};
double g(const std::vector<double>& x) {
  double product = 1;
  for (std::size_t i = 0; i < kA.size(); ++i)
    product *= (std::abs(4 * x[i] - 2) + kA[i]) / (1 + kA[i]);
  return product;
}

// Each of its factors has mean 1 and, alone, the variance 1 / (3 (1 + a_i)^2).
std::array<Known, kA.size()> indices_of_g() {
  const auto alone = [](std::size_t i) { return 1 / (3 * std::pow(1 + kA[i], 2)); };
  double product = 1;
  for (std::size_t i = 0; i < kA.size(); ++i) product *= 1 + alone(i);
  std::array<Known, kA.size()> known{};
  for (std::size_t i = 0; i < kA.size(); ++i)
    known[i] = {alone(i) / (product - 1), alone(i) * product / (1 + alone(i)) / (product - 1)};
  return known;
}

TEST(Sobol, FindsTheIndicesOfTheGFunctionWithinItsIntervals) {
  const Decomposition d = decompose(factors(kA.size()), model_of(g), 8192, 1);
  const auto known = indices_of_g();
  for (std::size_t i = 0; i < kA.size(); ++i) {
    const SobolIndices& s = d.indices[i];
    EXPECT_EQ(s.factor.path, 'x' + std::to_string(i));
    expect_near(s, known[i], 0.03);
    EXPECT_TRUE(holds(s.first, known[i].first)) << i;
    EXPECT_TRUE(holds(s.total, known[i].total)) << i;
    EXPECT_LT(s.total.high - s.total.low, 0.08) << i;
  }
}

TEST(Sobol, IntervalsHoldTheTruthAsOftenAsTheySay) {
  const auto known = IshigamiParts{}.indices();
  std::array<int, 6> held{};
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const Decomposition d = decompose(factors(3), model_of(ishigami), 128, seed);
    for (std::size_t i = 0; i < known.size(); ++i) {
      const SobolIndices& s = of(d, 'x' + std::to_string(i));
      held[2 * i] += static_cast<int>(holds(s.first, known[i].first));
      held[2 * i + 1] += static_cast<int>(holds(s.total, known[i].total));
    }
  }
  for (const int n : held) {
    EXPECT_GE(n, 88);
    EXPECT_LE(n, 99);
  }
}

TEST(Sobol, WithoutInteractionsFirstAndTotalAreTheSameShares) {
  const auto f = [](const std::vector<double>& x) { return 3 * x[0] - 2 * x[1] + 0 * x[2]; };
  const Decomposition d = decompose(factors(3), model_of(f), 4096, 5);
  expect_near(of(d, "x0"), {9.0 / 13, 9.0 / 13}, 0.03);
  expect_near(of(d, "x1"), {4.0 / 13, 4.0 / 13}, 0.03);
  EXPECT_EQ(of(d, "x2").first.value, 0);
  EXPECT_EQ(of(d, "x2").total.high, 0);
}

TEST(Sobol, NothingHasAShareOfWhatDoesNotMove) {
  const auto f = [](const std::vector<double>&) { return 0.1; };
  const Decomposition d = decompose(factors(2), model_of(f), 7, 1);
  EXPECT_DOUBLE_EQ(d.mean, 0.1);
  EXPECT_NEAR(d.deviation, 0, 1e-15);
  EXPECT_EQ(of(d, "x0").first.value, 0);
  EXPECT_EQ(of(d, "x0").total.value, 0);
}

TEST(Sobol, ARowTakesOneFactorAfterTheOtherFromItsSecondPlace) {
  std::vector<Places> seen;
  const Model note = [&](const std::vector<Places>& all) {
    seen = all;
    return model_of(ishigami)(all);
  };
  decompose(factors(3), note, 4, 9);
  const std::vector<Places> four = seen;
  ASSERT_EQ(four.size(), 4u * 5);
  for (std::size_t row = 0; row < 4; ++row)
    for (std::size_t i = 0; i < 3; ++i) {
      Places mixed = four[row * 5];
      mixed[i] = four[row * 5 + 1][i];
      EXPECT_EQ(four[row * 5 + 2 + i], mixed);
      EXPECT_NE(mixed, four[row * 5]);
    }
  decompose(factors(3), note, 6, 9);
  EXPECT_TRUE(std::equal(four.begin(), four.end(), seen.begin())) << "more rows keep those before";
  decompose(factors(3), note, 4, 10);
  EXPECT_NE(seen, four);
}

TEST(Sobol, EqualSeedsGiveEqualIntervals) {
  const auto written = [](std::uint64_t seed) {
    return as_json(decompose(factors(3), model_of(ishigami), 50, seed), read_value("v"));
  };
  EXPECT_EQ(written(4), written(4));
  EXPECT_NE(written(4), written(5));
}

/// Where x0 is below one half there is no machine.
std::vector<Answer> upper_half(const std::vector<Places>& all) {
  auto answers = model_of([](const std::vector<double>& x) { return x[0] + x[1]; })(all);
  for (std::size_t i = 0; i < all.size(); ++i)
    if (*all[i][0] < 0.5) answers[i] = {};
  return answers;
}

// Of what is left x0 spans a half of its range, and so makes a quarter of the variance of x1.
TEST(Sobol, LeavesOutRowsWithoutAMachine) {
  const Decomposition d = decompose(factors(2), upper_half, 8192, 1);
  EXPECT_NEAR(d.mean, 1.25, 0.01);
  EXPECT_NEAR(static_cast<double>(of(d, "x0").rows), 8192.0 / 4, 150);
  EXPECT_EQ(of(d, "x0").rows, of(d, "x1").rows) << "x0 of either place is whole in both";
  expect_near(of(d, "x0"), {0.2, 0.2}, 0.03);
  expect_near(of(d, "x1"), {0.8, 0.8}, 0.05);
  const Model none = [](const std::vector<Places>& all) { return std::vector<Answer>(all.size()); };
  EXPECT_EQ(decompose(factors(1), none, 3, 1).indices[0].rows, 0u);
}

double product(const std::vector<double>& x) {
  return x[0] * x[1];
}

/// x0, and in each of four replications something of each place's own whose variance is `noise`.
Model noisy(double noise) {
  return [=](const std::vector<Places>& all) {
    std::vector<Answer> answers;
    std::uint64_t place = 0;
    for (const Places& places : all) {
      sim::Draws draws = sim::Stream(1, "noise").at(place++);
      Answer& answer = answers.emplace_back(sim::Replications{});
      for (std::uint64_t r = 0; r < 4; ++r)
        answer->add(r, *places[0] + std::sqrt(12 * noise) * sim::uniform(draws));
    }
    return answers;
  };
}

// The mean of four runs has a quarter of one's variance, and x0 has 1/12: chance has 1/4 of 1/3.
TEST(Sobol, SaysHowMuchOfATotalIsChance) {
  const Decomposition d = decompose(factors(2), noisy(1.0 / 9), 4096, 1);
  EXPECT_NEAR(*of(d, "x1").chance, 0.25, 0.01);
  EXPECT_NEAR(of(d, "x1").total.value, 0.25, 0.02);
  EXPECT_NEAR(of(d, "x0").total.value, 1, 0.04) << "which has the noise of its places, too";
  EXPECT_NEAR(*decompose(factors(2), model_of(product, 3), 64, 1).indices[0].chance, 0, 1e-12)
      << "what all runs share is none";
  EXPECT_FALSE(decompose(factors(2), model_of(product), 64, 1).indices[0].chance);
}

}  // namespace
}  // namespace influence::sobol
