// SPDX-License-Identifier: Apache-2.0
#include "sim/shipped_file.h"

#include <filesystem>
#include <gtest/gtest.h>

namespace sim {
namespace {

TEST(ShippedFile, LiesBesideTheProgramIfAnythingDoes) {
  const auto program = std::filesystem::read_symlink("/proc/self/exe");
  const std::string up = "../" + program.parent_path().filename().string();
  EXPECT_EQ(shipped_file(up + "/" + program.filename().string(), "/built"), program);
  EXPECT_EQ(shipped_file("../no/such/file", "/built"), "/built");
}

}  // namespace
}  // namespace sim
