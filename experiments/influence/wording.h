// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <fmt/format.h>
#include <optional>
#include <string>

#include "sim/statistics.h"

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

}  // namespace influence
