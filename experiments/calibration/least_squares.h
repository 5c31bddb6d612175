// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Eigen/Core>
#include <functional>
#include <optional>

namespace calibration {

/// Residuals at x, in units of their errors; none where there is no such machine.
using Residuals = std::function<std::optional<Eigen::VectorXd>(const Eigen::VectorXd& x)>;

struct Fit {
  Eigen::VectorXd x;
  Eigen::VectorXd residuals;
  Eigen::MatrixXd jacobian;  // of the residuals, at x
  int steps = 0;             // that were taken
  bool converged = false;

  double chi_squared() const { return residuals.squaredNorm(); }
};

/// Levenberg-Marquardt with bounds: every x is between 0 and 1, the parameters' ranges.
///
/// Eigen has a Levenberg-Marquardt among its unsupported modules. It knows no bounds, and its
/// numerical derivative steps by the square root of the machine's precision, where a simulator
/// whose parameters are whole picoseconds gives no difference at all. So these are our own lines:
/// central differences over `kDifference` of a range, Marquardt's scaling, parameters at a bound
/// held there as long as the gradient points outwards, and steps cut at the bounds.
///
/// Directions that no residual sees are not moved in: they stay where they began.
constexpr double kDifference = 0.005;
Fit fit(const Residuals& residuals, const Eigen::VectorXd& start, int most_steps = 100);

}  // namespace calibration
