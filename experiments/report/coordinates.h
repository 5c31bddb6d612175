// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

namespace report {

/// Where the values that a sweep gives one path lie along an axis: by their sizes in one unit if
/// all are quantities of one kind, or else side by side, each with its text.
struct Coordinates {
  std::map<std::string, double> places;  // by text
  std::string unit;                      // "k/s"; empty for plain numbers
  std::vector<std::string> labels;       // of places 0, 1, 2; empty when places are numbers
};

Coordinates coordinates_of(const std::vector<std::string>& texts);

/// What stands beside an axis: "p99_us" is "p99, µs".
std::string label_of_value(const std::string& name);
std::string label_of_path(const std::string& path, const std::string& unit);

}  // namespace report
