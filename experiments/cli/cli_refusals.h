// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace CLI {  // NOLINT(readability-identifier-naming): CLI11's
class App;
class ParseError;
}  // namespace CLI

namespace experiments {

/// Says what was wrong with the command line that `app` could not read: CLI11's complaints in one
/// line each, with what would do. Throws sim::ConfigError.
[[noreturn]] void refuse_command_line(const CLI::App& app, const CLI::ParseError& error);

}  // namespace experiments
