// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace sim {

/// How likely a value of Student's t distribution with `freedom` degrees of freedom, more than 0,
/// is above `t`.
double students_t_above(double t, double freedom);
/// The value that one is above with probability `tail`, between 0 and 1.
double students_t_exceeded(double tail, double freedom);

}  // namespace sim
