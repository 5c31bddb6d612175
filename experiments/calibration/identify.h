// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Eigen/Core>
#include <vector>

#include "experiments/calibration/least_squares.h"

namespace calibration {

enum class Verdict {
  kIdentified,  // the measurements say where in its range it is
  kNoEffect,    // it moves none of them
  kAtBound,     // the best value lies at an end of the range, or would lie outside
  kNotAlone,    // its interval is wider than its range: others make up for it
};

/// What the measurements say of one parameter.
struct Identified {
  Verdict verdict = Verdict::kIdentified;
  /// Of its 95 % confidence interval, in ranges; of measurements' errors alone, to first order.
  double half_width = 0;
  /// Those that trade off against it: correlated beyond 0.2, and not identified alone, either.
  std::vector<Eigen::Index> trades_with = {};
};

struct Identification {
  std::vector<Identified> parameters;
  /// Of the Jacobian, in errors for a range, largest first: how well the measurements see the
  /// directions in which the parameters can be moved together.
  Eigen::VectorXd singular_values;
  /// How many directions they see: those in which they would notice less than half a range.
  Eigen::Index seen = 0;
};

/// From the Jacobian at the solution. Errors are taken as given, each one standard deviation; where
/// the fit is worse than they allow (chi squared above its degrees of freedom) intervals are wider
/// by the square root of the ratio.
Identification identify(const Fit& fit);

}  // namespace calibration
