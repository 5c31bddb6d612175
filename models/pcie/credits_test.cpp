// SPDX-License-Identifier: Apache-2.0
#include "models/pcie/credits.h"

#include <gtest/gtest.h>

namespace pcie {
namespace {

using namespace std::chrono_literals;

constexpr sim::Time instant(sim::Duration when) {
  return sim::Time{when};
}

TEST(PcieCredits, APacketWaitsForAllThatItNeedsAndNoLonger) {
  Credits credits(8, 4);
  credits.spend(2, instant(10ns));
  credits.spend(1, instant(20ns));
  credits.spend(1, instant(30ns));
  EXPECT_EQ(credits.available(sim::Bytes{16}), instant(10ns));
  EXPECT_EQ(credits.available(sim::Bytes{33}), instant(20ns));
  EXPECT_EQ(credits.available(sim::Bytes{64}), instant(30ns));
}

TEST(PcieCredits, AHeaderIsWaitedForThoughThereIsRoomForThePayload) {
  Credits credits(2, 100);
  credits.spend(1, instant(10ns));
  EXPECT_EQ(credits.available(sim::Bytes{16}), sim::Time::min());
  credits.spend(1, instant(20ns));
  EXPECT_EQ(credits.available(sim::Bytes{16}), instant(10ns));
  EXPECT_FALSE(credits.enough_at(instant(10ns) - sim::Duration{1}, 1));
  EXPECT_TRUE(credits.enough_at(instant(10ns), 1));
}

TEST(PcieCredits, NoneAreNeededWhereThereIsNoLimit) {
  Credits credits(0, 0);
  credits.spend(100, instant(1s));
  EXPECT_EQ(credits.available(sim::Bytes{4096}), sim::Time::min());
}

}  // namespace
}  // namespace pcie
