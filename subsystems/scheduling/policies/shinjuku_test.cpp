// SPDX-License-Identifier: Apache-2.0
#include "subsystems/scheduling/policies/shinjuku.h"

#include <gtest/gtest.h>

#include "subsystems/scheduling/policies/test_drain.h"

namespace scheduling {
namespace {

using namespace std::chrono_literals;
using bench::drain;
using bench::kNow;
using Why = Policy::Why;

TEST(Shinjuku, GivesThreadsInTheOrderInWhichTheyCame) {
  Shinjuku policy(30us);
  for (const ThreadId t : {4, 2, 9}) policy.runnable(t, Why::kWoken, kNow);
  EXPECT_EQ(drain(policy), (std::vector<ThreadId>{4, 2, 9}));
}

TEST(Shinjuku, PutsAThreadThatLostItsCpuBehindTheOthers) {
  for (const Why why : {Why::kPreempted, Why::kYielded}) {
    Shinjuku policy(30us);
    policy.runnable(1, Why::kWoken, kNow);
    policy.runnable(2, why, kNow);
    policy.runnable(3, Why::kWoken, kNow);
    EXPECT_EQ(drain(policy), (std::vector<ThreadId>{1, 2, 3}));
  }
}

TEST(Shinjuku, PutsAThreadThatNeverRanBeforeTheOthers) {
  Shinjuku policy(30us);
  policy.runnable(1, Why::kWoken, kNow);
  policy.runnable(2, Why::kRefused, kNow);
  EXPECT_EQ(drain(policy), (std::vector<ThreadId>{2, 1}));
}

TEST(Shinjuku, ForgetsAThreadThatIsGoneAndNoOther) {
  Shinjuku policy(30us);
  for (const ThreadId t : {1, 2, 3}) policy.runnable(t, Why::kWoken, kNow);
  policy.gone(2);
  policy.gone(8);
  EXPECT_EQ(drain(policy), (std::vector<ThreadId>{1, 3}));
}

TEST(Shinjuku, LetsAThreadKeepItsCpuForASlice) {
  EXPECT_EQ(Shinjuku(17us).slice(), Instant{17us});
}

}  // namespace
}  // namespace scheduling
