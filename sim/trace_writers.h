// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <iosfwd>
#include <string>

namespace sim {

class TraceLog;

/// Perfetto's own format, for ui.perfetto.dev: compact, with nested tracks and arrows. Its clock
/// counts nanoseconds, so instants are rounded down to them; the order of events is kept.
void write_perfetto(const TraceLog& log, std::ostream& out);

/// The JSON that Chrome's tracing page introduced, for tests, scripts and other viewers: an event
/// per line, to the picosecond. Below a machine it knows one level of tracks only, so deeper ones
/// are shown as "core 3 / queue".
void write_chrome(const TraceLog& log, std::ostream& out);

/// Writes the file at `path` in the format that its name asks for: Chrome's when it ends in
/// ".json", else Perfetto's. Whole or not at all; throws std::runtime_error with the path.
void save_trace(const TraceLog& log, const std::string& path);

}  // namespace sim
