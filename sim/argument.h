// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <string>

namespace sim {

/// What somebody else will read: a text, or a number or switch as it is written.
struct Argument {
  std::string text;
  auto operator<=>(const Argument&) const = default;
};

}  // namespace sim
