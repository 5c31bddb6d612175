// SPDX-License-Identifier: Apache-2.0
#include "experiments/calibration/least_squares.h"

#include <Eigen/Cholesky>
#include <algorithm>
#include <vector>

#include "sim/check.h"

namespace calibration {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

VectorXd within_bounds(const VectorXd& x) {
  return x.cwiseMax(0).cwiseMin(1);
}

class Descent {
 public:
  Descent(const Residuals& residuals, const VectorXd& start) : residuals_(residuals) {
    fit_.x = within_bounds(start);
    const auto first = residuals_(fit_.x);
    SIM_CHECK(first.has_value());  // whoever calls has seen to a start that is a machine
    fit_.residuals = *first;
    fit_.jacobian = jacobian_at(fit_.x);
  }

  Fit run(int most_steps) {
    while (fit_.steps < most_steps && !fit_.converged) {
      if (step()) fit_.jacobian = jacobian_at(fit_.x);
    }
    return fit_;
  }

 private:
  bool step();
  MatrixXd jacobian_at(const VectorXd& x) const;
  VectorXd look(VectorXd& beside, const VectorXd& x, Index i) const;
  std::vector<Index> free_ones(const VectorXd& gradient) const;
  VectorXd proposal() const;

  const Residuals& residuals_;
  Fit fit_;
  double damping_ = 1e-3;
};

/// Central where both sides are machines in the range, else one-sided; where neither is, nothing
/// is known and nothing assumed.
MatrixXd Descent::jacobian_at(const VectorXd& x) const {
  MatrixXd jacobian = MatrixXd::Zero(fit_.residuals.size(), x.size());
  for (Index i = 0; i < x.size(); ++i) {
    VectorXd below = x;
    VectorXd above = x;
    below[i] = std::max(0.0, x[i] - kDifference);
    above[i] = std::min(1.0, x[i] + kDifference);
    const VectorXd at_below = look(below, x, i);
    const VectorXd at_above = look(above, x, i);
    if (above[i] > below[i]) jacobian.col(i) = (at_above - at_below) / (above[i] - below[i]);
  }
  return jacobian;
}

/// What is found beside x; where there is no machine, x itself.
VectorXd Descent::look(VectorXd& beside, const VectorXd& x, Index i) const {
  if (const auto residuals = residuals_(beside)) return *residuals;
  beside[i] = x[i];
  return fit_.residuals;
}

/// Those that are not held at a bound by a gradient that points outwards.
std::vector<Index> Descent::free_ones(const VectorXd& gradient) const {
  std::vector<Index> free;
  for (Index i = 0; i < gradient.size(); ++i) {
    const bool held = (fit_.x[i] <= 0 && gradient[i] > 0) || (fit_.x[i] >= 1 && gradient[i] < 0);
    if (!held && fit_.jacobian.col(i).squaredNorm() > 0) free.push_back(i);
  }
  return free;
}

VectorXd Descent::proposal() const {
  const VectorXd gradient = fit_.jacobian.transpose() * fit_.residuals;
  const std::vector<Index> free = free_ones(gradient);
  VectorXd move = VectorXd::Zero(fit_.x.size());
  if (free.empty()) return move;
  const MatrixXd j = fit_.jacobian(Eigen::all, free);
  MatrixXd normal = j.transpose() * j;
  normal.diagonal() *= 1 + damping_;
  move(free) = -normal.ldlt().solve(VectorXd(gradient(free)));
  return move;
}

/// One try; true if it led somewhere better.
bool Descent::step() {
  constexpr double kNowhere = 1e-9;  // of a range
  constexpr double kMostDamping = 1e10;
  ++fit_.steps;
  const VectorXd x = within_bounds(fit_.x + proposal());
  fit_.converged = (x - fit_.x).lpNorm<Eigen::Infinity>() < kNowhere;
  if (fit_.converged) return false;
  const auto residuals = residuals_(x);
  if (!residuals || residuals->squaredNorm() >= fit_.chi_squared()) {
    damping_ *= 10;
    fit_.converged = damping_ > kMostDamping;
    return false;
  }
  fit_.x = x;
  fit_.residuals = *residuals;
  damping_ = std::max(damping_ / 10, 1e-12);
  return true;
}

}  // namespace

Fit fit(const Residuals& residuals, const VectorXd& start, int most_steps) {
  return Descent(residuals, start).run(most_steps);
}

}  // namespace calibration
