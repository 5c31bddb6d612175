// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "sim/strict_json.h"

namespace sim {

/// JSON knows no infinity: with one replication there is no interval.
inline Json finite_or_null(double x) {
  return std::isfinite(x) ? Json(x) : Json();
}

template <class T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json();
}

/// Texts without quotes, anything else as JSON writes it: numbers with all their digits.
inline std::string bare_text(const Json& json) {
  return json.is_string() ? json.get<std::string>() : json.dump();
}

}  // namespace sim
