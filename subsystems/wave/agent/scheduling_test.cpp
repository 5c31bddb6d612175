// SPDX-License-Identifier: Apache-2.0
#include "subsystems/wave/agent/scheduling.h"

#include <gtest/gtest.h>
#include <string>

namespace wave::scheduling {
namespace {

TEST(TransactionState, HasTheNameThatGhostGivesIt) {
  EXPECT_STREQ(name_of(kComplete), "COMPLETE");
  EXPECT_STREQ(name_of(kTargetStale), "TARGET_STALE");
  EXPECT_STREQ(name_of(kAgentStale), "AGENT_STALE");
  EXPECT_STREQ(name_of(kCpuUnavail), "CPU_UNAVAIL");
  EXPECT_STREQ(name_of(kPoisoned), "POISONED");
  EXPECT_STREQ(name_of(kPoisoned + 1), "UNKNOWN");
  EXPECT_STREQ(name_of(kReady), "READY");
  EXPECT_STREQ(name_of(5), "CLAIMED") << "by CPU 5";
}

}  // namespace
}  // namespace wave::scheduling
