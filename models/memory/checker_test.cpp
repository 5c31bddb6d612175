// SPDX-License-Identifier: Apache-2.0
#include "models/memory/checker.h"

#include <gtest/gtest.h>

namespace memory {
namespace {

using namespace std::chrono_literals;
using Kind = Finding::Kind;

Finding finding(Kind kind) {
  return {.kind = kind,
          .region = "slots",
          .offset = 128,
          .writer = "agent",
          .written = sim::Time{sim::Duration{1500}},
          .reader = "cpu 3",
          .read = sim::Time{2us},
          .missing = "a flush"};
}

TEST(Finding, SaysWhoDidWhatWhenAndWhatWasMissing) {
  EXPECT_EQ(to_string(finding(Kind::kStaleRead)),
            "stale read: cpu 3 read line 128 of slots at 2000.000 ns from its cache; agent wrote "
            "it at 1.500 ns; missing: a flush");
  EXPECT_EQ(to_string(finding(Kind::kTornRead)),
            "torn read: cpu 3 read line 128 of slots at 2000.000 ns while a write of agent that "
            "began to arrive at 1.500 ns was half done; missing: a flush");
  EXPECT_EQ(to_string(finding(Kind::kLostWrite)),
            "lost write: line 128 of slots, written by agent at 1.500 ns, was still in its "
            "write-combining buffer at 2000.000 ns; missing: a flush");
}

TEST(Checker, KeepsTheFirstHundredAndCountsTheRest) {
  Checker checker;
  for (int i = 0; i < 130; ++i) {
    Finding f = finding(Kind::kStaleRead);
    f.offset = i;
    checker.report(f);
  }
  EXPECT_EQ(checker.count(), 130);
  ASSERT_EQ(checker.findings().size(), 100u);
  EXPECT_EQ(checker.findings().back().offset, 99);
}

}  // namespace
}  // namespace memory
