// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "experiments/points/runner.h"

namespace influence {

/// What an experiment says: a value of a variant, or how those of two compare; and for a claim, on
/// which side of a bound it lies.
///
///   saturation_krps                         of an experiment without variants
///   wave_16 saturation_krps                 of a variant
///   wave_16/on_host saturation_krps         a ratio, replication by replication
///   wave_16 - on_host saturation_krps       a difference
///   wave_16 > on_host saturation_krps       a claim: the ratio is above one
///   wave_16/on_host saturation_krps > 1.02  a claim about any of the above
struct Conclusion {
  enum class Kind { kValue, kRatio, kDifference };

  Kind kind = Kind::kValue;
  std::string value;
  std::string variant;
  std::string other;  // what is divided by or taken away
  /// Of a claim: it holds when the value is above (1) or below (-1) the bound.
  int side = 0;
  double bound = 0;

  bool is_claim() const { return side != 0; }
  std::vector<std::string> variants() const;
  /// As it was written, in one spelling.
  std::string text() const;
};

/// Throws sim::ConfigError with `option` as the place.
Conclusion read_value(const std::string& text, const std::string& option = "--value");
Conclusion read_claim(const std::string& text, const std::string& option = "--flip");

/// The points of the variants that a conclusion is about, each once. A variant must stand for one
/// point. Throws sim::ConfigError.
std::vector<experiments::Point> points_for(const Conclusion& conclusion,
                                           const std::vector<experiments::Point>& points);

/// The value, or of a claim by how much it holds: above zero it does. In each replication.
/// None when a run failed or did not find it.
using ValueOf = std::function<sim::Replications(const std::string& variant)>;
std::optional<sim::Replications> evaluate(const Conclusion& conclusion, const ValueOf& value_of);

}  // namespace influence
