// SPDX-License-Identifier: Apache-2.0
#include "models/core/idle.h"

#include <gtest/gtest.h>

namespace core {
namespace {

using sim::operator""_ps;

IdleParams long_idle() {
  IdleParams params;
  params.remembered = 100ms;
  return params;
}

TEST(IdleGovernor, PollsUntilItHasSeenThatIdlenessLasts) {
  IdleGovernor governor({});
  EXPECT_EQ(governor.enter(), IdleState::kPoll);
  EXPECT_EQ(governor.leave(15us), 0ns);  // remembers an eighth of it: 1.875 us
  EXPECT_EQ(governor.enter(), IdleState::kPoll);
  EXPECT_EQ(governor.leave(3us), 0ns);  // 2.016 us
  EXPECT_EQ(governor.enter(), IdleState::kC1);
  EXPECT_EQ(governor.leave(3us), IdleParams{}.c1_exit);
}

TEST(IdleGovernor, DoesNotEnterC2IfTheNextTimerComesBeforeItsResidency) {
  IdleGovernor governor(long_idle());
  EXPECT_EQ(governor.enter(799us), IdleState::kC1);
  EXPECT_EQ(governor.enter(800us - 1_ps), IdleState::kC1);
  EXPECT_EQ(governor.enter(800us), IdleState::kC2);
  EXPECT_EQ(governor.enter(801us), IdleState::kC2);
  EXPECT_EQ(governor.enter(), IdleState::kC2);
}

TEST(IdleGovernor, PollsIfTheNextTimerIsAboutToFire) {
  IdleGovernor governor(long_idle());
  EXPECT_EQ(governor.enter(2us - 1_ps), IdleState::kPoll);
  EXPECT_EQ(governor.enter(2us), IdleState::kC1);
}

TEST(IdleGovernor, PaysTheLongWayOutOnlyWhenTheCoreWasPowerGated) {
  IdleGovernor governor(long_idle());
  governor.enter();
  EXPECT_EQ(governor.leave(60us - 1_ps), IdleParams{}.c2_exit_short);
  governor.enter();
  EXPECT_EQ(governor.leave(60us), IdleParams{}.c2_exit_deep);
}

TEST(IdleGovernor, TakesTheWordOfAPackageThatKnowsWhetherItWas) {
  IdleGovernor governor(long_idle());
  governor.enter();
  EXPECT_EQ(governor.leave(1ms, false), IdleParams{}.c2_exit_short);
  governor.enter();
  EXPECT_EQ(governor.leave(1us, true), IdleParams{}.c2_exit_deep);
}

TEST(IdleGovernor, RemembersSleepsInC2WithoutTheTablesLatencyAndShortOnesByHalf) {
  IdleParams params;
  params.remembered = 800us;
  IdleGovernor governor(params);
  ASSERT_EQ(governor.enter(), IdleState::kC2);
  governor.leave(1200us);  // counts as 800 us
  ASSERT_EQ(governor.enter(), IdleState::kC2);
  governor.leave(1200us - 8_ps);
  EXPECT_EQ(governor.enter(), IdleState::kC1) << "a little less than the residency";

  IdleGovernor other(params);
  other.enter();
  other.leave(800us);  // not more than two latencies: counts as 400 us, so 750 us are remembered
  EXPECT_EQ(other.enter(), IdleState::kC1);
  other.leave(1150us);  // in C1, counts whole: 800 us
  EXPECT_EQ(other.enter(), IdleState::kC2);
}

/// Its memory m goes to 7/8 m + 1/8 s after each sleep. With s = 598 us after C2 and 998 us after
/// C1 it crosses 800 us each time, so that neither state comes twice in a row in the long run.
TEST(IdleGovernor, GoesBackAndForthBetweenC1AndC2UnderATickOf1Ms) {
  IdleGovernor governor(long_idle());
  constexpr sim::Duration kIdle = 998us;
  for (int i = 0; i < 200; ++i) {
    governor.enter(kIdle);
    governor.leave(kIdle);
  }
  for (int i = 0; i < 50; ++i) {
    const IdleState first = governor.enter(kIdle);
    governor.leave(kIdle);
    const IdleState second = governor.enter(kIdle);
    governor.leave(kIdle);
    EXPECT_NE(first, second);
  }
}

}  // namespace
}  // namespace core
