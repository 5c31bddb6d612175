// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cmath>
#include <gtest/gtest.h>
#include <utility>

#include "experiments/influence/flip.h"
#include "experiments/influence/morris.h"
#include "experiments/influence/tornado.h"
#include "sim/config_error.h"

namespace influence {
namespace {

constexpr double kDefault = 0.25;

std::vector<Factor> factors(std::size_t n) {
  std::vector<Factor> all;
  for (std::size_t i = 0; i < n; ++i)
    all.push_back({.path = 'x' + std::to_string(i), .low = 0, .high = 1, .at_default = kDefault});
  return all;
}

/// A function of the places, with some noise in each of three replications.
template <class F>
Model model_of(F f, double noise = 0, std::size_t* asked = nullptr) {
  return [=](const std::vector<Places>& all) {
    std::vector<Answer> answers;
    for (const Places& places : all) {
      std::vector<double> x;
      for (const auto& place : places) x.push_back(place.value_or(kDefault));
      Answer& answer = answers.emplace_back(sim::Replications{});
      for (std::uint64_t r = 0; r < 3; ++r)
        answer->add(r, f(x) + noise * (static_cast<double>(r) - 1));
    }
    if (asked != nullptr) *asked += all.size();
    return answers;
  };
}

double linear(const std::vector<double>& x) {
  return 3 * x[0] - 2 * x[1] + 0 * x[2];
}

/// Sobol's g-function: x_i matters the less the larger a_i is.
constexpr std::array kA{0.0, 1.0, 4.5, 9.0, 99.0};
double g(const std::vector<double>& x) {
  double product = 1;
  for (std::size_t i = 0; i < kA.size(); ++i)
    product *= (std::abs(4 * x[i] - 2) + kA[i]) / (1 + kA[i]);
  return product;
}

TEST(Factor, PlacesAreEvenlySpacedAndInWideRangesSoInTheLogarithm) {
  const Factor narrow{.low = 100, .high = 300};
  EXPECT_DOUBLE_EQ(narrow.number_at(0.25), 150);
  EXPECT_DOUBLE_EQ(narrow.place_of(400), 1.5);
  const Factor wide{.low = 1, .high = 1000};
  EXPECT_NEAR(wide.number_at(1.0 / 3), 10, 1e-12);
  EXPECT_NEAR(wide.place_of(100), 2.0 / 3, 1e-12);
  EXPECT_FALSE((Factor{.low = 0, .high = 1000}).is_wide());
}

TEST(Tornado, MovesAreThoseToTheEndsTheLargestFirst) {
  std::size_t asked = 0;
  const Tornado t = tornado(factors(3), model_of(linear, 0, &asked));
  EXPECT_EQ(asked, 7u);
  EXPECT_DOUBLE_EQ(t.at_default.mean, 0.25);
  ASSERT_EQ(t.bars.size(), 3u);
  EXPECT_EQ(t.bars[0].factor.path, "x0");
  EXPECT_DOUBLE_EQ(t.bars[0].at_low->mean, -0.5);
  EXPECT_DOUBLE_EQ(t.bars[0].at_high->mean, 2.5);
  EXPECT_DOUBLE_EQ(t.bars[0].size, 2.25);
  EXPECT_EQ(t.bars[1].factor.path, "x1");
  EXPECT_DOUBLE_EQ(t.bars[1].size, 1.5);
  EXPECT_FALSE(t.bars[1].is_noise());
  EXPECT_DOUBLE_EQ(t.bars[2].size, 0);
  EXPECT_TRUE(t.bars[2].is_noise());
}

TEST(Tornado, NoiseThatAllRunsShareIsNone) {
  const Tornado t = tornado(factors(3), model_of(linear, 100));
  EXPECT_NEAR(t.bars[1].half_width, 0, 1e-9);
  EXPECT_FALSE(t.bars[1].is_noise());
}

TEST(Tornado, LeavesOutEndsWithoutAMachine) {
  const Model model = [](const std::vector<Places>& all) {
    auto answers = model_of(linear)(all);
    for (std::size_t i = 0; i < all.size(); ++i)
      if (all[i][0] == 1.0) answers[i] = {};
    return answers;
  };
  const Tornado t = tornado(factors(3), model);
  ASSERT_EQ(t.bars[1].factor.path, "x0");
  EXPECT_FALSE(t.bars[1].at_high);
  EXPECT_DOUBLE_EQ(t.bars[1].size, 0.75);
}

/// A percentile may be missing from runs that had few requests: others tell.
TEST(Tornado, ComparesRunsThatHaveTheValueAtBothPlaces) {
  const Model model = [](const std::vector<Places>& all) {
    auto answers = model_of(linear)(all);
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (all[i][0] != 1.0) continue;
      sim::Replications some;
      for (const std::uint64_t r : {1u, 2u}) some.add(r, answers[i]->values().at(r));
      answers[i] = Answer(some);
    }
    return answers;
  };
  const Tornado t = tornado(factors(3), model);
  EXPECT_EQ(t.bars[0].factor.path, "x0");
  EXPECT_DOUBLE_EQ(t.bars[0].size, 2.25);
  EXPECT_NE(as_text(t, read_value("a v"), 3).find("(2 of 3 runs)"), std::string::npos);
}

TEST(Conclusion, IsOfTheRunsThatBothVariantsHave) {
  const auto runs = [](std::uint64_t from) {
    sim::Replications values;
    for (std::uint64_t r = from; r < from + 3; ++r)
      values.add(r, 10 * static_cast<double>(r + from));
    return values;
  };
  const auto value_of = [&](const std::string& variant) { return runs(variant == "a" ? 1 : 2); };
  for (const char* text : {"a - b v", "a/b v"}) {
    const auto found = evaluate(read_value(text), value_of);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->count(), 2u) << text;
  }
}

/// What an overloaded system says is how long the run was.
TEST(Model, WithoutOverloadLeavesOutSystemsThatDoNotKeepUp) {
  for (const bool at_default : {false, true}) {
    const Model model = [&](const std::vector<Places>& all) {
      auto answers = model_of(linear)(all);
      for (std::size_t i = 0; i < all.size(); ++i)
        answers[i].overloaded = at_default || all[i][0] == 1.0;
      return answers;
    };
    std::size_t left_out = 0;
    const Model some = without_overload(model, 3, left_out);
    const auto answers = some({{0.0, 0.0, 0.0}, {1.0, 0.0, 0.0}});
    EXPECT_TRUE(answers[0]);
    EXPECT_EQ(bool{answers[1]}, at_default);
    EXPECT_EQ(left_out, at_default ? 0u : 1u);
  }
}

TEST(Tornado, SaysHowManyItLeavesOut) {
  const Tornado t = tornado(factors(3), model_of(linear));
  EXPECT_NE(as_text(t, read_value("a v"), 1).find("\n2 more: --most"), std::string::npos);
  EXPECT_EQ(as_text(t, read_value("a v"), 3).find("more:"), std::string::npos);
}

TEST(Tornado, SaysWhereTheSystemIsOverloaded) {
  const Model model = [](const std::vector<Places>& all) {
    auto answers = model_of(linear)(all);
    for (std::size_t i = 0; i < all.size(); ++i) answers[i].overloaded = all[i][1] == 1.0;
    return answers;
  };
  const Tornado t = tornado(factors(3), model);
  ASSERT_EQ(t.bars[0].factor.path, "x1") << "before those that move it further";
  EXPECT_FALSE(t.bars[0].low_overloaded);
  EXPECT_TRUE(t.bars[0].high_overloaded);
  EXPECT_DOUBLE_EQ(t.bars[0].size, 0.5) << "to the other end";
  EXPECT_NE(as_text(t, read_value("a v"), 10).find("0.75    overloaded  0.5"), std::string::npos)
      << as_text(t, read_value("a v"), 10);
  EXPECT_NE(as_json(t, read_value("a v")).find("\"high_overloaded\": true"), std::string::npos);
}

TEST(Tornado, ComparesLikeWithLikeWhereAllIsOverloaded) {
  const Model model = [](const std::vector<Places>& all) {
    auto answers = model_of(linear)(all);
    for (Answer& answer : answers) answer.overloaded = true;
    return answers;
  };
  const Tornado t = tornado(factors(3), model);
  const Tornado calm = tornado(factors(3), model_of(linear));
  for (std::size_t i = 0; i < t.bars.size(); ++i) {
    EXPECT_FALSE(t.bars[i].low_overloaded || t.bars[i].high_overloaded);
    EXPECT_EQ(t.bars[i].size, calm.bars[i].size);
  }
  EXPECT_NE(as_text(t, read_value("a v"), 10).find("does not keep up"), std::string::npos);
  EXPECT_EQ(as_text(calm, read_value("a v"), 10).find("does not keep up"), std::string::npos);
}

const Elementary& of(const Screening& screening, const std::string& path) {
  for (const Elementary& e : screening.elementary)
    if (e.factor.path == path) return e;
  throw std::runtime_error(path);
}

TEST(Morris, EffectsOfALinearFunctionAreItsCoefficients) {
  std::size_t asked = 0;
  const Screening s = screen(factors(3), model_of(linear, 0, &asked), 7, 1);
  EXPECT_EQ(asked, 7u * 4);
  EXPECT_EQ(s.places, 7u * 4);
  EXPECT_NEAR(of(s, "x0").mean, 3, 1e-12);
  EXPECT_NEAR(of(s, "x1").mean, -2, 1e-12);
  EXPECT_NEAR(of(s, "x1").mean_size.mean, 2, 1e-12);
  EXPECT_NEAR(of(s, "x2").mean_size.mean, 0, 1e-12);
  for (const Elementary& e : s.elementary) {
    EXPECT_NEAR(e.deviation, 0, 1e-12) << e.factor.path;
    EXPECT_NEAR(e.mean_size.half_width, 0, 1e-12) << e.factor.path;
    EXPECT_EQ(e.effects, 7u);
  }
}

// Of x0 x1 the effect of x0 is x1, which is 1/8, 3/8, 5/8 or 7/8: its mean is 1/2 and its
// deviation the square root of 5/64.
TEST(Morris, DeviationTellsInteractions) {
  const auto product = [](const std::vector<double>& x) { return x[0] * x[1]; };
  const Screening s = screen(factors(2), model_of(product), 2000, 1);
  EXPECT_NEAR(of(s, "x0").mean, 0.5, 0.02);
  EXPECT_NEAR(of(s, "x0").deviation, std::sqrt(5.0 / 64), 0.01);
}

// A step of one half leads from |4x - 2| = 3/2 to 1/2 or back, so the size of each effect is 2 /
// (1 + a_i) times what the other factors make of it, whose mean is 1 each.
TEST(Morris, FindsTheOrderAndSizeOfTheGFunctionsFactors) {
  const Screening s = screen(factors(kA.size()), model_of(g), 4000, 3);
  for (std::size_t i = 0; i < kA.size(); ++i) {
    EXPECT_EQ(s.elementary[i].factor.path, 'x' + std::to_string(i));
    const double expected = 2 / (1 + kA[i]);
    const sim::Estimate found = s.elementary[i].mean_size;
    EXPECT_NEAR(found.mean, expected, 2 * found.half_width) << i;
    EXPECT_LT(found.half_width, 0.05 * expected) << i;
  }
}

TEST(Morris, TheHighestAreThoseWithTheLargestEffects) {
  const Screening s = screen(factors(3), model_of(linear), 4, 1);
  ASSERT_EQ(highest(s, 2).size(), 2u);
  EXPECT_EQ(highest(s, 2)[0].path, "x0");
  EXPECT_EQ(highest(s, 2)[1].path, "x1");
  EXPECT_EQ(highest(s, 9).size(), 3u);
}

TEST(Morris, SameSeedSamePlacesAndAllOfThemOnTheGrid) {
  std::vector<Places> seen;
  const Model note = [&](const std::vector<Places>& all) {
    seen.insert(seen.end(), all.begin(), all.end());
    return model_of(linear)(all);
  };
  screen(factors(3), note, 5, 9);
  const std::vector<Places> first = std::exchange(seen, {});
  screen(factors(3), note, 5, 9);
  EXPECT_EQ(seen, first);
  screen(factors(3), note, 6, 10);
  EXPECT_NE(std::vector<Places>(seen.begin() + 20, seen.begin() + 40), first);
  for (const Places& places : first)
    for (const auto& place : places) {
      EXPECT_EQ(std::fmod(*place * 8, 2), 1);
      EXPECT_GT(*place, 0);
      EXPECT_LT(*place, 1);
    }
}

const Flip& of(const Flips& flips, const std::string& path) {
  for (const Flip& flip : flips.flips)
    if (flip.factor.path == path) return flip;
  throw std::runtime_error(path);
}

// 1 - 2 x0 + 0.1 x1: with x1 at 0.25 it is zero at x0 = 0.5125.
double margin(const std::vector<double>& x) {
  return 1 - 2 * x[0] + 0.1 * x[1];
}

TEST(Flip, ClosesInOnTheValueAtWhichTheSignChanges) {
  const Flips flips = find_flips(factors(2), model_of(margin), {.halvings = 12});
  EXPECT_DOUBLE_EQ(flips.at_default.mean, 0.525);
  const Flip& flip = of(flips, "x0");
  EXPECT_EQ(flip.kind, Flip::Kind::kInRange);
  EXPECT_NEAR(flip.place, 0.5125, 0.25 / 4096);
  EXPECT_NEAR(flip.width, 0.25 / 4096, 1e-12);
  EXPECT_FALSE(flip.unsure);
  EXPECT_EQ(of(flips, "x1").kind, Flip::Kind::kNowhere);
  EXPECT_DOUBLE_EQ(of(flips, "x1").least_margin, 0.5);
}

TEST(Flip, LooksBeyondTheRangeWhenAskedTo) {
  const auto f = [](const std::vector<double>& x) { return 1.5 - x[0]; };
  EXPECT_EQ(find_flips(factors(1), model_of(f)).flips[0].kind, Flip::Kind::kNowhere);
  const Flip flip = find_flips(factors(1), model_of(f), {.beyond = 4, .halvings = 12}).flips[0];
  EXPECT_EQ(flip.kind, Flip::Kind::kBeyond);
  EXPECT_NEAR(flip.place, 1.5, 0.001);
  EXPECT_DOUBLE_EQ(find_flips(factors(1), model_of(f), {.beyond = 1.25}).flips[0].searched_high,
                   1.25);
}

TEST(Flip, OfTwoFlipsTakesTheNearestToTheDefault) {
  const auto f = [](const std::vector<double>& x) { return (x[0] - 0.1) * (0.8 - x[0]); };
  EXPECT_NEAR(find_flips(factors(1), model_of(f), {.halvings = 12}).flips[0].place, 0.1, 0.001);
}

// The interval of three replications that are 0.01 apart is 4.303 * 0.01 / sqrt 3 = 0.0248.
TEST(Flip, SaysHowFarOffChanceMayPutIt) {
  const Flip flip = of(find_flips(factors(2), model_of(margin, 0.01)), "x0");
  EXPECT_NEAR(flip.blur, 0.0248 / 2, 1e-4);
  EXPECT_FALSE(flip.unsure);
  EXPECT_TRUE(of(find_flips(factors(2), model_of(margin, 1)), "x0").unsure);
}

TEST(Flip, FindsWhereAClaimThatDoesNotHoldWould) {
  const auto f = [](const std::vector<double>& x) { return x[0] - 0.75; };
  const Flips flips = find_flips(factors(1), model_of(f), {.halvings = 12});
  EXPECT_LT(flips.at_default.mean, 0);
  EXPECT_NEAR(flips.flips[0].place, 0.75, 0.001);
}

TEST(Methods, RefuseAnExperimentWithoutTheValue) {
  const Model none = [](const std::vector<Places>& all) { return std::vector<Answer>(all.size()); };
  EXPECT_THROW(tornado(factors(1), none), sim::ConfigError);
  EXPECT_THROW(find_flips(factors(1), none), sim::ConfigError);
  EXPECT_EQ(screen(factors(1), none, 2, 1).elementary[0].effects, 0u);
}

}  // namespace
}  // namespace influence
