// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "experiments/influence/model.h"

namespace influence {

struct FlipOptions {
  /// How far beyond its range a parameter is followed: to `low / beyond` and `high * beyond`. 1:
  /// not.
  double beyond = 1;
  int intervals = 4;  // a range is looked at in so many, before the flip is closed in on
  int halvings = 5;   // of the interval in which it was found
};

/// Where a claim stops to hold (or begins to) as one parameter is moved.
struct Flip {
  enum class Kind { kNowhere, kInRange, kBeyond };

  Factor factor;
  Kind kind = Kind::kNowhere;
  double place = 0;  // in the middle of the interval that was closed in on
  double width = 0;  // of that interval
  /// How far off chance may have put it: the margin's interval there, by the margin's slope.
  double blur = 0;
  /// Chance explains the two signs: of the two margins around the flip one's interval holds zero.
  bool unsure = false;
  double searched_low = 0;  // places
  double searched_high = 1;
  double least_margin = 0;     // of all that were looked at: how near it came
  std::size_t impossible = 0;  // places at which there is no such machine
};

struct Flips {
  sim::Estimate at_default;  // the margin: above zero the claim holds
  std::vector<Flip> flips;   // in the range first, the nearest to the default first
};

/// For each parameter, all others at their defaults, the value nearest to the default at which the
/// claim's sign changes. Looks at equal distances and halves the interval in which the sign
/// changed; two changes between neighbouring looks are overlooked. Deterministic. Throws
/// sim::ConfigError when the experiment itself finds no such value.
Flips find_flips(const std::vector<Factor>& factors, const Model& model,
                 const FlipOptions& options = {});

/// Values of parameters are written as `point` would have them. So many rows at most; those where
/// it flips come first.
std::string as_text(const Flips& flips, const Conclusion& claim, const experiments::Point& point,
                    std::size_t most);
std::string as_markdown(const Flips& flips, const Conclusion& claim,
                        const experiments::Point& point, std::size_t most);
std::string as_json(const Flips& flips, const Conclusion& claim, const experiments::Point& point);

}  // namespace influence
