// SPDX-License-Identifier: Apache-2.0
#include "experiments/calibration/least_squares.h"

#include <cmath>
#include <gtest/gtest.h>

#include "experiments/calibration/identify.h"

namespace calibration {
namespace {

using Eigen::VectorXd;

VectorXd vector(std::initializer_list<double> values) {
  VectorXd v(static_cast<Eigen::Index>(values.size()));
  std::ranges::copy(values, v.begin());
  return v;
}

/// Measurements of a exp(-b t) at eight instants, each with an error of a hundredth.
std::optional<VectorXd> decay(const VectorXd& x) {
  VectorXd residuals(8);
  for (int t = 0; t < 8; ++t)
    residuals[t] = (x[0] * std::exp(-x[1] * t) - 0.7 * std::exp(-0.3 * t)) / 0.01;
  return residuals;
}

TEST(LeastSquares, FindsTheParametersOfACurve) {
  const Fit found = fit(decay, vector({0.1, 0.9}));
  EXPECT_TRUE(found.converged);
  EXPECT_NEAR(found.x[0], 0.7, 1e-6);
  EXPECT_NEAR(found.x[1], 0.3, 1e-6);
  EXPECT_LT(found.chi_squared(), 1e-8);
}

// Of 3 a + b = 2 and a = 0.9 (a ten times surer) with b at most 1; the least squares without bounds
// has b below zero.
TEST(LeastSquares, StaysWithinItsBoundsAndFindsTheBestThere) {
  const auto residuals = [](const VectorXd& x) -> std::optional<VectorXd> {
    return vector({100 * (3 * x[0] + x[1] - 2), 1000 * (x[0] - 0.9)});
  };
  const Fit found = fit(residuals, vector({0.5, 0.5}));
  EXPECT_EQ(found.x[1], 0);
  EXPECT_NEAR(found.x[0], (3 * 2 + 100 * 0.9) / 109, 1e-6);
  EXPECT_EQ(identify(found).parameters[1].verdict, Verdict::kAtBound);
}

TEST(LeastSquares, DirectionsThatNothingSeesStayWhereTheyWere) {
  const auto sum = [](const VectorXd& x) -> std::optional<VectorXd> {
    return vector({(x[0] + x[1] - 0.9) / 0.01, 0 * x[2]});
  };
  const Fit found = fit(sum, vector({0.2, 0.3, 0.6}));
  EXPECT_NEAR(found.x[0] + found.x[1], 0.9, 1e-6);
  EXPECT_NEAR(found.x[0], 0.4, 1e-3);
  EXPECT_EQ(found.x[2], 0.6);
}

TEST(LeastSquares, GoesAroundMachinesThatThereAreNot) {
  const auto residuals = [](const VectorXd& x) -> std::optional<VectorXd> {
    if (x[0] > 0.8) return std::nullopt;
    return vector({x[0] - 0.79});
  };
  EXPECT_NEAR(fit(residuals, vector({0.1})).x[0], 0.79, 1e-4);
}

TEST(Identify, IntervalsAreThoseOfTheErrorsPropagated) {
  const auto residuals = [](const VectorXd& x) -> std::optional<VectorXd> {
    return vector({(x[0] - 0.5) / 0.01, (x[1] - 0.5) / 0.04});
  };
  const Identification found = identify(fit(residuals, vector({0.4, 0.6})));
  EXPECT_NEAR(found.parameters[0].half_width, 1.96 * 0.01, 1e-5);
  EXPECT_NEAR(found.parameters[1].half_width, 1.96 * 0.04, 1e-5);
  EXPECT_NEAR(found.singular_values[0], 100, 1e-6);
  EXPECT_NEAR(found.singular_values[1], 25, 1e-6);
  EXPECT_EQ(found.seen, 2);
}

// Two measurements of one parameter, four errors apart: chi squared is 8 with one degree of
// freedom.
TEST(Identify, IntervalsAreWiderWhereTheFitIsWorseThanTheErrors) {
  const auto residuals = [](const VectorXd& x) -> std::optional<VectorXd> {
    return vector({(x[0] - 0.48) / 0.01, (x[0] - 0.52) / 0.01});
  };
  const Identification found = identify(fit(residuals, vector({0.4})));
  EXPECT_NEAR(found.parameters[0].half_width, 1.96 * 0.01 / std::sqrt(2) * std::sqrt(8), 1e-4);
}

TEST(Identify, NamesWhatHasNoEffectAndWhatTradesOff) {
  const auto residuals = [](const VectorXd& x) -> std::optional<VectorXd> {
    return vector({(x[0] + x[1] - 0.9) / 0.01, (x[3] - 0.5) / 0.01});
  };
  const Identification found = identify(fit(residuals, vector({0.2, 0.3, 0.6, 0.4})));
  EXPECT_EQ(found.parameters[0].verdict, Verdict::kNotAlone);
  EXPECT_EQ(found.parameters[0].trades_with, std::vector<Eigen::Index>{1});
  EXPECT_EQ(found.parameters[1].trades_with, std::vector<Eigen::Index>{0});
  EXPECT_EQ(found.parameters[2].verdict, Verdict::kNoEffect);
  EXPECT_EQ(found.parameters[3].verdict, Verdict::kIdentified);
  EXPECT_EQ(found.seen, 2);
}

}  // namespace
}  // namespace calibration
