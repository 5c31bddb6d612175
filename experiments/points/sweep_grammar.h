// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "sim/document.h"

namespace experiments {

/// One value that a variant, a sweep or the command line puts at a path of the experiment.
// NOLINTNEXTLINE(bugprone-exception-escape): moving JSON does not throw
struct Change {
  sim::Path path;
  sim::Json value;
  std::string origin;  // for errors: where it was written
};
using Changes = std::vector<Change>;

/// What a sweep stands for: combinations of values, each of which changes the same paths.
///
///   sweep   = { member, ... }           every combination of its members, the last fastest
///   member  = "path": [value, ...]      a path and the values it takes
///           | "path": range
///           | "zip": sweep or [sweep, ...]       its members advance together
///           | "product": sweep or [sweep, ...]   every combination, as inside a zip
///           | "points": [{"path": value, ...}, ...]   just these
///           | "about": any text
///   range   = {"from": x, "to": y, "step": d}     x, x + d, ... up to y
///           | {"from": x, "to": y, "factor": f}   x, x f, ... up to y
///
/// A range's numbers are plain, or have the same unit: {"from": "100 k/s", "to": "900 k/s", "step":
/// "100 k/s"}. Throws sim::ConfigError for what is none of this, and for more than `most`
/// combinations.
std::vector<Changes> read_sweep(const sim::Place& sweep, std::size_t most);

/// Whether a name in a sweep is a word of the grammar, and no path.
bool is_sweep_word(const std::string& name);

/// `file:line:column` of a value.
std::string origin_of(const sim::Place& place);

}  // namespace experiments
