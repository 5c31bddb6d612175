// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "experiments/influence/model.h"

namespace influence {

/// What one parameter does to a conclusion when it alone goes to the ends of its range.
struct Bar {
  Factor factor;
  std::optional<sim::Estimate> at_low;  // none: no such machine
  std::optional<sim::Estimate> at_high;
  // What is found there says how long the runs were, not more; never where the defaults are
  // overloaded too, as in an experiment that wants that: like is compared with like.
  bool low_overloaded = false;
  bool high_overloaded = false;
  /// Of the larger of the two moves to ends that are not overloaded, as an absolute number, and of
  /// that move's interval.
  double size = 0;
  double half_width = 0;

  /// Chance alone would do as much.
  bool is_noise() const { return size <= half_width; }
};

struct Tornado {
  sim::Estimate at_default;
  bool overloaded = false;  // there
  std::vector<Bar> bars;    // those with an overloaded end, then the longest first
};

/// One at a time, all others at their defaults: 2 k + 1 places of k factors. Moves are taken run by
/// run, between runs that saw the same requests. Throws sim::ConfigError when the experiment itself
/// finds no such value.
Tornado tornado(const std::vector<Factor>& factors, const Model& model);

std::string as_text(const Tornado& tornado, const Conclusion& conclusion, std::size_t most);
std::string as_markdown(const Tornado& tornado, const Conclusion& conclusion, std::size_t most);
/// [{"path", "tag", "low", "high", "ratio", "at_default", "at_low", "at_high", ...}, ...]
std::string as_json(const Tornado& tornado, const Conclusion& conclusion);

}  // namespace influence
