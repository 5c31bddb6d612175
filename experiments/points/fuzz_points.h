// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "experiments/points/experiment_file.h"
#include "sim/check.h"
#include "sim/config_error.h"

/// For this folder's fuzzers.
namespace experiments::fuzz {

/// A point that is written and read again has to mean the same.
inline void read_again(const std::vector<Point>& points) {
  for (const Point& point : points) {
    const auto again = expand(sim::Document::parse(point.resolved, "resolved"));
    SIM_CHECK(again.size() == 1 && again.front().key == point.key);
  }
}

/// Reads, or is refused with one line.
template <class Read>
void read_or_refuse(Read read) {
  try {
    read();
  } catch (const sim::ConfigError& error) {
    const std::string_view line = error.what();
    SIM_CHECK(!line.empty() && line.find('\n') == std::string_view::npos);
  }
}

}  // namespace experiments::fuzz
