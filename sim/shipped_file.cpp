// SPDX-License-Identifier: Apache-2.0
#include "sim/shipped_file.h"

#include <filesystem>

namespace sim {

namespace fs = std::filesystem;

std::string shipped_file(const std::string& installed, const std::string& built) {
  std::error_code unknown;
  const fs::path program = fs::read_symlink("/proc/self/exe", unknown);
  const fs::path beside = (program.parent_path() / installed).lexically_normal();
  return fs::exists(beside, unknown) ? beside.string() : built;
}

}  // namespace sim
