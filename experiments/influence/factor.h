// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "experiments/points/experiment_file.h"
#include "sim/describe.h"

namespace influence {

/// One parameter that is varied, and where it may lie. A place in its range is a number from 0 (its
/// lower end) to 1: evenly spaced, or evenly in the logarithm where the range spans a factor of
/// `kWide` or more.
struct Factor {
  static constexpr double kWide = 10;

  std::string path = {};
  char tag = 'A';
  std::string low_text = {};
  std::string high_text = {};
  std::string default_text = {};
  double low = 0;  // in what the parameter counts
  double high = 1;
  double at_default = 0;

  bool is_wide() const { return low > 0 && high >= kWide * low; }
  double number_at(double place) const;
  double place_of(double number) const;
};

/// The parameters that a study of these points varies.
///
/// Those at `paths`; without any, each assumed (A) and recalled (R) one that what is measured can
/// reach. Points that are compared differ in some parameters: these are what the experiment asks
/// about, and are not varied. Throws sim::ConfigError for a path that is none, has no range or is
/// what is asked about; a path that is none is said to stand in `named_in`.
std::vector<Factor> factors_of(const std::vector<experiments::Point>& points,
                               const std::vector<std::string>& paths,
                               const std::string& named_in = "--over");

/// Sets the parameter to the nearest value it can have, and says which that is.
std::string set(experiments::ExperimentParams& params, const Factor& factor, double place);
/// The text of that value.
std::string text_at(const experiments::Point& point, const Factor& factor, double place);

}  // namespace influence
