// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sim/describe.h"
#include "sim/units.h"

namespace experiments {

/// How well a value of a point is to be known: `run.precision` of an experiment. It decides how
/// often a point is run and nothing that is simulated.
///
/// `most_time` is the one value of an experiment that makes results hang on the machine that runs
/// it: on a faster one there are more replications within it. Each of them is the same everywhere.
struct PrecisionParams {
  std::string value = "p99_us";
  double half_width = 0.02;
  int most = 40;
  sim::Duration most_time{};

  static void describe(auto&& field) {
    using P = PrecisionParams;
    using sim::Range;
    field(&P::value, "value", "which of the results", sim::chosen("the question"));
    field(&P::half_width, "half_width",
          "enough when the half width of its 95 % confidence interval is this share of its mean",
          sim::chosen("thinner than a line of a figure"), Range{0.0, 1.0});
    field(&P::most, "most", "replications, at which it ends in any case",
          sim::chosen("four times as many halve an interval"), Range{2, 1000});
    field(
        &P::most_time, "most_time",
        "wall time of the point's runs added up, as if they ran one after the other, beyond which "
        "it begins none: how many there are then depends on the machine; 0: any",
        sim::chosen("none, so that results do not depend on it"));
  }
};

}  // namespace experiments
