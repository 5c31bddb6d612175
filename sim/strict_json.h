// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <iosfwd>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace sim {

/// Keeps the order in which names were written. Complete where <nlohmann/json.hpp> is included.
using Json = nlohmann::ordered_json;

/// Names and list positions from the root down.
using Path = std::vector<std::string>;

/// What a file may at most be. Far beyond any experiment, and small enough to refuse in a blink.
constexpr std::size_t kLargestText = std::size_t{16} << 20;
constexpr int kDeepest = 64;
constexpr int kMostValues = 1'000'000;

struct Position {
  int line = 0;
  int column = 0;
};

/// Strict JSON: no comments, no name twice in one object, nothing after the value, within the
/// limits above. `file` is for the error.
void parse_strictly(std::string_view text, const std::string& file, Json& out);

/// As std::getline, but of a line that is larger than that it reads only what parse_strictly()
/// needs to say so: an endless one ends, too.
bool next_line(std::istream& in, std::string& line);

/// Adds a member whose name the object is known not to have. Json's own insertion would search for
/// it, and many names would take quadratic time.
Json& append_member(Json& object, std::string name, Json value);

/// Where a value begins, and the name before it if there is one.
struct Found {
  std::size_t depth = 0;  // how many steps of the path the text has
  Position name;
  Position value;
};

/// Follows `path` through text that `parse_strictly` has accepted. Positions are found this way,
/// by a second pass when something is wrong, so that nothing is kept when all is well.
Found find_in_text(std::string_view text, const Path& path);

}  // namespace sim
