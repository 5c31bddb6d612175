// SPDX-License-Identifier: Apache-2.0
#include "subsystems/scheduling/policies/unanswered.h"

#include <gtest/gtest.h>

namespace scheduling {
namespace {

using wave::Instant;
using namespace std::chrono_literals;

TEST(Unanswered, IsDueWhenPatienceIsOverAndNotBefore) {
  Unanswered unanswered(Instant{50us});
  EXPECT_EQ(unanswered.due(), wave::kNever);
  unanswered.sent(3, 17, Instant{10us});
  EXPECT_EQ(unanswered.due(), Instant{60us});
  EXPECT_FALSE(unanswered.take(Instant{60us} - Instant{1}));
  const auto taken = unanswered.take(Instant{60us});
  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->cpu, 3);
  EXPECT_EQ(taken->sequence, 17u);
  EXPECT_FALSE(unanswered.take(Instant{60us}));
}

TEST(Unanswered, ComesBackOldestFirst) {
  Unanswered unanswered(Instant{50us});
  for (const int cpu : {4, 2, 7}) unanswered.sent(cpu, 1, Instant{10us});
  EXPECT_EQ(unanswered.take(Instant{1s})->cpu, 4);
  EXPECT_EQ(unanswered.take(Instant{1s})->cpu, 2);
  EXPECT_EQ(unanswered.take(Instant{1s})->cpu, 7);
}

TEST(Unanswered, ForgetsTheAnsweredOnesAtItsHead) {
  Unanswered unanswered(Instant{50us});
  for (const int cpu : {4, 2, 4}) unanswered.sent(cpu, 1, Instant{10us});
  unanswered.drop_answered([](const auto& n) { return n.cpu == 4; });
  EXPECT_EQ(unanswered.size(), 2u);
  unanswered.drop_answered([](const auto&) { return true; });
  EXPECT_EQ(unanswered.due(), wave::kNever);
}

TEST(Unanswered, WithoutPatienceRemembersNothing) {
  Unanswered unanswered(std::nullopt);
  unanswered.sent(3, 17, Instant{10us});
  EXPECT_EQ(unanswered.size(), 0u);
}

}  // namespace
}  // namespace scheduling
