// SPDX-License-Identifier: Apache-2.0
#include "experiments/calibration/identify.h"

#include <Eigen/Cholesky>
#include <Eigen/SVD>
#include <algorithm>
#include <cmath>

namespace calibration {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double kNormal = 1.959964;  // 95 % of a normal distribution lie within so many deviations
constexpr double kHalfARange = 0.5;
constexpr double kTraded = 0.2;  // of several that share one sum each pair has less than one

/// What is not seen at all gets a deviation of ten ranges, so that there is a covariance: far too
/// wide to be mistaken for knowledge, and without weight in what is seen.
constexpr double kUnseen = 10;

MatrixXd covariance_of(const MatrixXd& jacobian) {
  const Index n = jacobian.cols();
  const MatrixXd precision =
      jacobian.transpose() * jacobian + MatrixXd::Identity(n, n) / (kUnseen * kUnseen);
  return precision.ldlt().solve(MatrixXd::Identity(n, n));
}

double stretch_of(const Fit& fit, Index seen) {
  const auto freedom = static_cast<double>(fit.residuals.size() - seen);
  return freedom < 1 ? 1 : std::sqrt(std::max(1.0, fit.chi_squared() / freedom));
}

Verdict verdict_of(const Fit& fit, Index i, double half_width) {
  constexpr double kNothing = 1e-6;  // errors, over the whole range
  if (fit.jacobian.col(i).norm() < kNothing) return Verdict::kNoEffect;
  if (half_width > kHalfARange) return Verdict::kNotAlone;
  return fit.x[i] <= 0 || fit.x[i] >= 1 ? Verdict::kAtBound : Verdict::kIdentified;
}

double correlation(const MatrixXd& covariance, Index i, Index j) {
  return covariance(i, j) / std::sqrt(covariance(i, i) * covariance(j, j));
}

/// Tells partners among those that are not identified alone.
void note_partners(std::vector<Identified>& all, const MatrixXd& covariance) {
  const auto not_alone = [&](std::size_t i) { return all[i].verdict == Verdict::kNotAlone; };
  for (std::size_t i = 0; i < all.size(); ++i)
    for (std::size_t j = 0; j < all.size(); ++j) {
      if (i == j || !not_alone(i) || !not_alone(j)) continue;
      const double c = correlation(covariance, static_cast<Index>(i), static_cast<Index>(j));
      if (std::abs(c) > kTraded) all[i].trades_with.push_back(static_cast<Index>(j));
    }
}

}  // namespace

Identification identify(const Fit& fit) {
  Identification found;
  found.singular_values = Eigen::JacobiSVD<MatrixXd>(fit.jacobian).singularValues();
  found.seen = (found.singular_values.array() > kNormal / kHalfARange).count();
  const MatrixXd covariance = covariance_of(fit.jacobian);
  const double stretch = stretch_of(fit, found.seen);
  for (Index i = 0; i < fit.x.size(); ++i) {
    const double half_width = kNormal * stretch * std::sqrt(covariance(i, i));
    found.parameters.push_back(
        {.verdict = verdict_of(fit, i, half_width), .half_width = half_width});
  }
  note_partners(found.parameters, covariance);
  return found;
}

}  // namespace calibration
