// SPDX-License-Identifier: Apache-2.0
#include "sim/output_file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <unistd.h>

namespace sim {
namespace {

constexpr int kMostPartialFiles = 1000;  // of one path, left behind by processes that were killed

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

/// Whether it was made; what is there already is not ours.
bool make_new(const std::string& path) {
  const int file = ::open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666);
  if (file >= 0) ::close(file);
  return file >= 0;
}

std::string new_partial_file(const std::string& path) {
  std::string name = path + ".partial";
  for (int n = 2; !make_new(name); ++n) {
    if (errno != EEXIST || n > kMostPartialFiles) refuse(path);
    name = path + ".partial-" + std::to_string(n);
  }
  return name;
}

}  // namespace

PartialFile::PartialFile(const std::string& path)
    : final_path_(path), path_(new_partial_file(path)) {}

PartialFile::~PartialFile() {
  if (!path_.empty()) std::remove(path_.c_str());
}

void PartialFile::become_final() {
  if (std::rename(path_.c_str(), final_path_.c_str()) != 0) refuse(final_path_);
  path_.clear();
}

bool is_device(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored) && !std::filesystem::is_regular_file(path, ignored);
}

void write_file(const std::string& path, const std::function<void(std::ostream&)>& write) {
  errno = 0;
  if (is_device(path)) return write_to_device(path, write);
  PartialFile partial(path);
  std::ofstream out(partial.path(), std::ios::binary | std::ios::trunc);
  write(out);
  out.close();
  if (!out) refuse(path);
  partial.become_final();
}

}  // namespace sim
