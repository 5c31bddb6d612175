// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "experiments/runner.h"

namespace experiments {

/// How one parameter, moved from one end of its range to the other, moves one ratio.
struct Effect {
  std::string path;
  char tag = 'A';
  std::string low;  // the range's ends, as text
  std::string high;
  std::string ratio;  // "e3.total_gain"
  double at_default = 0;
  double at_low = 0;
  double at_high = 0;

  /// The larger of the two moves, relative to the default.
  double size() const;
};

struct SensitivityOptions {
  std::string folder = "experiments/paper";
  std::vector<std::string> settings = {};
  RunnerOptions runner = {};
};

/// Varies each assumed (A) and recalled (R) parameter that has a range over it, one at a time, and
/// looks at the ratios of E3 and E4. Largest effects first within each ratio.
std::vector<Effect> sensitivity(const SensitivityOptions& options);

/// The `most` largest of each ratio.
std::string effects_as_text(const std::vector<Effect>& effects, std::size_t most = 5);
std::string effects_as_markdown(const std::vector<Effect>& effects, std::size_t most = 5);

}  // namespace experiments
