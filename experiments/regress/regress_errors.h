// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "experiments/regress/regress.h"

namespace experiments {

/// What we want of the predictions that gate: the mean of their absolute errors, and the worst.
constexpr double kMeanErrorGoal = 0.05;
constexpr double kWorstErrorGoal = 0.10;

/// The errors of some targets together. An error is relative to the number that is stated. A target
/// that states a range alone, and one that is true or false, has none: a zero for each that lies
/// inside would only make the mean look better, so these are counted as inside or not.
struct ErrorSummary {
  int numbers = 0;         // targets that state a number
  int numbers_inside = 0;  // of these, inside of their tolerance
  double mean = 0;         // of the absolute errors; 0 without numbers
  double worst = 0;
  std::string worst_id = {};
  int others = 0;  // ranges, and what is true or false
  int others_inside = 0;

  bool meets_mean() const { return mean <= kMeanErrorGoal; }
  bool meets_worst() const { return worst <= kWorstErrorGoal; }
};

/// Of the predictions that have a value: those that gate (S and P), or those that are recalled (R),
/// to which nothing was fitted either. Inputs are left out: their errors say how well they were
/// calibrated.
ErrorSummary errors_of(const RegressReport& report, bool gated);

/// A table of both.
std::string errors_as_text(const RegressReport& report);
std::string errors_as_markdown(const RegressReport& report);
/// "goals for gated predictions: mean error at most 5 %: 9.1 %, missed; worst ..."
std::string error_goals(const RegressReport& report);

}  // namespace experiments
