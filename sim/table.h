// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "sim/reflect.h"
#include "sim/strict_json.h"

namespace sim {

/// One parameter or statistic, as documentation.
struct Row {
  std::string path;           // dotted; the elements of a list are [] and of a map *
  std::string type;           // "time", "list of size"
  std::string fallback = {};  // the default, as text
  std::string range = {};     // "90 ns .. 180 ns"
  std::string tag = {};       // S, P, D, R, A or C; empty for a statistic
  std::string source = {};
  std::string meaning;
};

using Rows = std::vector<Row>;

/// Rows of what a type describes, with the values in `record` as defaults.
Rows table_of(const Type& type, const void* record);

/// `table<LinkParams>()`, or with a preset's values in place of the defaults.
template <class T>
Rows table(const T& defaults = T{}) {
  return table_of(type_of<T>(), &defaults);
}

/// For a terminal: a line of short facts, then the meaning and the source below, within `width`.
std::string parameters_as_text(const Rows& rows, std::size_t width = 100);
std::string statistics_as_text(const Rows& rows, std::size_t width = 100);

std::string parameters_as_markdown(const Rows& rows);
std::string statistics_as_markdown(const Rows& rows);

/// A list of objects without empty members.
void rows_to_json(const Rows& rows, Json& out);
std::string rows_as_json(const Rows& rows);

}  // namespace sim
