// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "sim/document.h"
#include "workloads/arrivals.h"

namespace workloads {

/// Reads arrivals that were recorded or written by hand, in one of two forms:
///
///   FILE.json    {"unit": "us", "instants": [0, 1.5, 4]}, or "gaps" in place of "instants";
///                "classes": [0, 0, 1] beside them if wanted
///   FILE.jsonl   a line per request: {"at": "1.5 us", "class": 1}, or {"gap": "1.5 us"};
///                one word throughout
///
/// A gap is the time since the request before, or since the start. Throws sim::ConfigError with
/// file and line for anything else, for instants that run backwards and for a trace without
/// requests.
std::vector<Arrival> read_trace(const std::string& file);

/// The same of what has been opened already: a file of the first form, and one of the second, which
/// errors call `file`.
std::vector<Arrival> read_trace(const sim::Document& document);
std::vector<Arrival> read_trace(std::istream& lines, const std::string& file);

/// The second form.
std::string trace_lines(const std::vector<Arrival>& arrivals);

}  // namespace workloads
