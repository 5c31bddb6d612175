// SPDX-License-Identifier: Apache-2.0
#include "experiments/commands/resume.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "sim/config_error.h"
#include "sim/strict_json.h"

namespace commands {
namespace {

[[noreturn]] void refuse(const std::string& path, int line, const std::string& wrong) {
  throw sim::ConfigError(sim::Where{.file = path, .line = line, .column = 1, .path = {}}, wrong,
                         "choose another file");
}

void require_appendable(const std::string& path) {
  errno = 0;
  const bool is_new = !std::filesystem::exists(path);
  if (!std::ofstream(path, std::ios::app))
    refuse(path, 0, std::string("cannot be written: ") + std::strerror(errno));
  if (is_new) std::filesystem::remove(path);
}

std::string key_in(const std::string& text, const std::string& path, int line) try {
  sim::Json json;
  sim::parse_strictly(text, path, json);
  return json.contains("environment") ? "" : json.at("key").get<std::string>();
} catch (const std::exception&) {
  refuse(path, line, "is no result of a sweep");
}

}  // namespace

std::set<std::string> points_in_results(const std::string& path) {
  require_appendable(path);
  if (!std::filesystem::is_regular_file(path)) return {};  // nothing can be read back from a pipe
  std::ifstream in(path, std::ios::binary);
  std::set<std::string> keys;
  std::uintmax_t complete = 0;
  std::string text;
  for (int line = 1; std::getline(in, text) && !in.eof(); ++line) {
    keys.insert(key_in(text, path, line));
    complete += text.size() + 1;
  }
  std::filesystem::resize_file(path, complete);
  return keys;
}

}  // namespace commands
