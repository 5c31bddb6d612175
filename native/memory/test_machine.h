// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include "native/memory/access_bits.h"
#include "native/memory/region.h"
#include "sim/config_error.h"

namespace native {

/// Tests that are left out, and say so, on a machine that lacks what managing real memory takes.
class MachineTest : public testing::Test {
 protected:
  void SetUp() override {
    try {
      const Region region(1, 1);
      const AccessBits bits(region);
    } catch (const sim::ConfigError& error) {
      GTEST_SKIP() << error.what();
    }
  }
};

}  // namespace native
