// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "experiments/influence/factor.h"
#include "sim/statistics.h"
#include "sim/strict_json.h"

namespace influence {

/// Enough digits to see a change that matters.
inline std::string number_text(double x) {
  return fmt::format("{:.4g}", x);
}

inline std::string text_of(const sim::Estimate& estimate) {
  const double h = estimate.half_width;
  if (!std::isfinite(h) || h <= 1e-9 * std::abs(estimate.mean)) return number_text(estimate.mean);
  return number_text(estimate.mean) + " +- " + fmt::format("{:.2g}", h);
}

inline std::string text_of(const std::optional<sim::Estimate>& estimate) {
  return estimate ? text_of(*estimate) : "-";
}

inline std::string range_text(const Factor& factor) {
  return factor.low_text + " .. " + factor.high_text;
}

/// What a table of the first `most` of them leaves out.
inline std::string rest_of(std::size_t all, std::size_t most) {
  if (all <= most) return {};
  return fmt::format("\n{} more: --most shows them, --json has all\n", all - most);
}

/// What was found out about a factor, after what it is.
inline sim::Json json_of(const Factor& factor, const sim::Json& found) {
  sim::Json all{{"path", factor.path},
                {"tag", std::string(1, factor.tag)},
                {"low", factor.low_text},
                {"high", factor.high_text}};
  all.update(found);
  return all;
}

}  // namespace influence
