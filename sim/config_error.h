// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace sim {

/// Where in the user's input. A line of 0 means that only the file or the command line is known.
struct Where {
  std::string file;
  int line = 0;
  int column = 0;
  std::string path;  // dotted, as in machine.link.flight
};

/// The user's input is wrong: where, what was found, and what would do. Reads as one line,
///
///   e4.json:7:15: machine.link.flight: 150 has no unit; write a time as in "130 ns"
///
/// Thrown while building and caught once, in main. Code that knows no file, such as `check` of a
/// parameter struct, throws one with a path alone; `Place::locate` adds the rest.
class ConfigError : public std::runtime_error {
 public:
  ConfigError(Where where, std::string wrong, std::string remedy = {})
      : std::runtime_error(line_of(where, wrong, remedy)),
        where_(std::move(where)),
        wrong_(std::move(wrong)),
        remedy_(std::move(remedy)) {}

  ConfigError(std::string path, std::string wrong, std::string remedy = {})
      : ConfigError(Where{.file = {}, .path = std::move(path)}, std::move(wrong),
                    std::move(remedy)) {}

  const Where& where() const { return where_; }
  const std::string& wrong() const { return wrong_; }
  const std::string& remedy() const { return remedy_; }

 private:
  static std::string line_of(const Where& where, const std::string& wrong,
                             const std::string& remedy) {
    std::string line = where.file;
    if (where.line > 0) {
      line += ':' + std::to_string(where.line) + ':' + std::to_string(where.column);
    }
    for (const std::string& part : {where.path, wrong}) {
      if (!part.empty()) line += (line.empty() ? "" : ": ") + part;
    }
    return remedy.empty() ? line : line + "; " + remedy;
  }

  Where where_;
  std::string wrong_;
  std::string remedy_;
};

/// A rule of a `check`: what is not sensible is an error at `path`.
inline void require(bool sensible, const char* path, const std::string& wrong,
                    const std::string& remedy) {
  if (!sensible) throw ConfigError(path, wrong, remedy);
}

}  // namespace sim
