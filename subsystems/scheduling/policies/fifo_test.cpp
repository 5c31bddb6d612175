// SPDX-License-Identifier: Apache-2.0
#include "subsystems/scheduling/policies/fifo.h"

#include <gtest/gtest.h>

#include "subsystems/scheduling/policies/test_drain.h"

namespace scheduling {
namespace {

using bench::drain;
using bench::kNow;
using Why = Policy::Why;

TEST(Fifo, GivesThreadsInTheOrderInWhichTheyCameWhateverTheCpu) {
  Fifo fifo;
  for (const ThreadId t : {4, 2, 9}) fifo.runnable(t, Why::kWoken, kNow);
  EXPECT_EQ(fifo.pick(7, kNow), 4);
  EXPECT_EQ(fifo.pick(0, kNow), 2);
  EXPECT_EQ(fifo.pick(7, kNow), 9);
}

TEST(Fifo, HasNothingToGiveWhenNobodyWaits) {
  Fifo fifo;
  EXPECT_EQ(fifo.pick(0, kNow), std::nullopt);
}

TEST(Fifo, PutsAThreadThatYieldedBehindTheOthers) {
  Fifo fifo;
  fifo.runnable(1, Why::kWoken, kNow);
  fifo.runnable(2, Why::kYielded, kNow);
  fifo.runnable(3, Why::kWoken, kNow);
  EXPECT_EQ(drain(fifo), (std::vector<ThreadId>{1, 2, 3}));
}

TEST(Fifo, PutsAThreadThatLostItsCpuOrItsDecisionBeforeTheOthers) {
  for (const Why why : {Why::kPreempted, Why::kRefused}) {
    Fifo fifo;
    fifo.runnable(1, Why::kWoken, kNow);
    fifo.runnable(2, why, kNow);
    EXPECT_EQ(drain(fifo), (std::vector<ThreadId>{2, 1}));
  }
}

TEST(Fifo, ForgetsAThreadThatIsGoneAndNoOther) {
  Fifo fifo;
  for (const ThreadId t : {1, 2, 3}) fifo.runnable(t, Why::kWoken, kNow);
  fifo.gone(2);
  fifo.gone(8);
  EXPECT_EQ(drain(fifo), (std::vector<ThreadId>{1, 3}));
}

TEST(Fifo, LetsAThreadKeepItsCpuUntilItStops) {
  EXPECT_EQ(Fifo().slice(), std::nullopt);
}

}  // namespace
}  // namespace scheduling
