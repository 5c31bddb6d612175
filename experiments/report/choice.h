// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "experiments/report/charts.h"
#include "experiments/report/record.h"

namespace report {

/// What a figure is to show of an experiment's points.
struct Choice {
  std::string x;                                                // a value or a swept path
  std::string y;                                                // a value
  std::vector<std::string> by = {};                             // "variant", swept paths; none: all
  std::vector<std::pair<std::string, std::string>> where = {};  // only these points
  bool overloaded =
      false;  // also those whose backlog grows, where a latency says how long they ran
};

/// What says most about these points: latency over throughput if they have both, or else the first
/// value over what is swept. Without an x if there is nothing to draw a curve along.
Choice first_choice(const Records& records);

/// The curves of one experiment. Points are joined along x if that is swept, or else along the
/// swept rate, or the path swept fastest; whatever else differs between points makes curves of its
/// own. Throws sim::ConfigError for names that the records do not have, and if points of one curve
/// lie at one x, as can only be when `by` leaves out what tells them apart.
CurveChart chart_of(const Records& records, const Choice& choice);

/// A bar for each point, where nothing is swept. Left out is what does not have the value, and of a
/// latency what is left out of curves. Throws sim::ConfigError for names that the records do not
/// have.
BarChart bars_of(const Records& records, const Choice& choice);

/// Points that a choice is about and a figure of it does not show.
struct LeftOut {
  std::size_t of = 0;  // so many points
  std::size_t open = 0;
  std::size_t failed = 0;
  std::size_t overloaded = 0;
  std::size_t without_value = 0;

  std::size_t all() const { return open + failed + overloaded + without_value; }
};

/// `missing` are those that a sweep has not run, or that failed.
LeftOut left_out(const Records& records, const Records& missing, const Choice& choice);

/// The swept path along which points are joined; empty if there is none.
std::string joined_along(const Records& records, const std::string& x);

/// What else differs between the points of an experiment: "variant", other swept paths.
std::vector<std::string> splits_along(const Records& records, const std::string& along);

/// "wave_16, cores 8".
std::string curve_name(const Record& record, const std::vector<std::string>& splits);

}  // namespace report
