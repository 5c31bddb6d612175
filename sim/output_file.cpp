// SPDX-License-Identifier: Apache-2.0
#include "sim/output_file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace sim {
namespace {

/// Removes the partial file, unless it became the whole one.
class Partial {
 public:
  explicit Partial(std::string path) : path_(std::move(path)) {}
  ~Partial() {
    if (!path_.empty()) std::remove(path_.c_str());
  }
  Partial(const Partial&) = delete;
  Partial& operator=(const Partial&) = delete;

  const std::string& path() const { return path_; }
  bool rename_to(const std::string& final_path) {
    if (std::rename(path_.c_str(), final_path.c_str()) != 0) return false;
    path_.clear();
    return true;
  }

 private:
  std::string path_;
};

[[noreturn]] void refuse(const std::string& path) {
  const int error = errno;
  throw std::runtime_error("cannot write " + path + ": " +
                           (error != 0 ? std::strerror(error) : "unknown error"));
}

void write_to_device(const std::string& path, const std::function<void(std::ostream&)>& write) {
  std::ofstream out(path, std::ios::binary);
  write(out);
  out.close();
  if (!out) refuse(path);
}

}  // namespace

bool is_device(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored) && !std::filesystem::is_regular_file(path, ignored);
}

void write_file(const std::string& path, const std::function<void(std::ostream&)>& write) {
  errno = 0;
  if (is_device(path)) return write_to_device(path, write);
  // Opened before `Partial` owns it: what could not be opened is not ours to remove.
  std::ofstream out(path + ".partial", std::ios::binary | std::ios::trunc);
  if (!out) refuse(path);
  Partial partial(path + ".partial");
  write(out);
  out.close();
  if (!out || !partial.rename_to(path)) refuse(path);
}

}  // namespace sim
