// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sim {

/// What a user wrote, made fit to be repeated in a line: short, and of printable ASCII.
std::string repeated(std::string_view text);

/// The same in quotes.
std::string in_quotes(std::string_view text);

/// "a, b or c".
std::string one_of(const std::vector<std::string>& names);

/// What to write instead of `wrong`: the one name it is close to, or else all of them.
std::string suggestion(std::string_view wrong, const std::vector<std::string>& names);

}  // namespace sim
