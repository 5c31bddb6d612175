// SPDX-License-Identifier: Apache-2.0
#include "experiments/commands/output.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <ostream>

#include "sim/config_error.h"
#include "sim/output_file.h"

namespace commands {
namespace {

namespace fs = std::filesystem;

void write_whole_file(const std::string& path, std::string_view text) try {
  sim::write_file(path, [text](std::ostream& out) { out << text << std::flush; });
} catch (const std::runtime_error&) {
  refuse_to_write(path);
}

/// By whatever name; they need not exist.
bool is_same_file(const std::string& one, const std::string& other) {
  std::error_code ignored;
  if (fs::equivalent(one, other, ignored)) return true;
  const fs::path canonical = fs::weakly_canonical(one, ignored);
  return !canonical.empty() && canonical == fs::weakly_canonical(other, ignored);
}

void require_other_file(const std::string& path, const std::vector<std::string>& others,
                        const std::string& wrong) {
  for (const std::string& other : others)
    if (!other.empty() && is_same_file(path, other))
      throw sim::ConfigError(sim::Where{.file = path, .path = {}}, wrong, "choose another name");
}

}  // namespace

void refuse_to_write(const std::string& file) {
  const std::string why = errno != 0 ? std::strerror(errno) : "unknown error";
  throw sim::ConfigError(sim::Where{.file = file, .path = {}}, "cannot be written: " + why,
                         "choose another place");
}

bool print(std::string_view text) {
  errno = 0;
  std::fwrite(text.data(), 1, text.size(), stdout);
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return true;
  if (errno == EPIPE) return false;
  refuse_to_write("standard output");
}

void require_not_read(const std::string& path, const std::vector<std::string>& read) {
  if (path.empty() || sim::is_device(path)) return;
  require_other_file(path, read, "is read by the same command, and would be lost");
}

void require_writable(const std::string& path, const std::vector<std::string>& read) {
  if (path.empty()) return;
  if (fs::is_directory(path)) {
    errno = EISDIR;
    refuse_to_write(path);
  }
  if (sim::is_device(path)) return;
  require_not_read(path, read);
  errno = 0;
  try {
    const sim::PartialFile probe(path);
  } catch (const std::runtime_error&) {
    refuse_to_write(path);
  }
}

void require_writable_apart(const std::vector<std::string>& paths,
                            const std::vector<std::string>& read) {
  std::vector<std::string> before;
  for (const std::string& path : paths) {
    require_writable(path, read);
    if (path.empty() || sim::is_device(path)) continue;
    require_other_file(path, before, "is named twice, and only the last would be kept");
    before.push_back(path);
  }
}

/// Results used to be lines of JSON in a file; who asks for that should hear what does it now.
void require_name_of_store(const std::string& path, const std::string& remedy) {
  constexpr std::array<std::string_view, 4> kOthers{".jsonl", ".json", ".csv", ".txt"};
  const std::string extension = fs::path(path).extension();
  if (std::ranges::find(kOthers, extension) == kOthers.end()) return;
  throw sim::ConfigError(sim::Where{.file = path, .path = {}},
                         "runs are kept in a store, which is no " + extension + " file", remedy);
}

void deliver(const std::string& path, std::string_view text) {
  if (path.empty())
    print(text);
  else
    write_whole_file(path, text);
}

}  // namespace commands
