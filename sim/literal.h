// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

#include "sim/config_error.h"
#include "sim/quantity.h"
#include "sim/units.h"

namespace sim {

/// A JSON value that is neither a list nor an object; null is `std::nullptr_t`.
using Literal =
    std::variant<std::nullptr_t, bool, std::int64_t, std::uint64_t, double, std::string>;

/// As it stands in a file, shortened if need be.
std::string found(const Literal& literal);
/// The same without quotes and in full, for tables.
std::string plain_text(const Literal& literal);

/// Each returns the value, or throws a ConfigError without a path.
bool flag_in(const Literal& literal);
detail::Int128 whole_number_in(const Literal& literal, detail::Int128 low, detail::Int128 high);
double number_in(const Literal& literal);
const std::string& text_in(const Literal& literal);
/// As it is written; null is none.
std::string argument_in(const Literal& literal);
const std::string& quantity_in(const Literal& literal, const Scale& scale);
/// The position among `names`.
std::size_t choice_in(const Literal& literal, const std::vector<std::string>& names);

}  // namespace sim
