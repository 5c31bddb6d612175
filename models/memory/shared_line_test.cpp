// SPDX-License-Identifier: Apache-2.0
#include "models/memory/shared_line.h"

#include <gtest/gtest.h>

namespace memory {
namespace {

using sim::Duration;
using sim::Time;

/// Core 0 has had the line for long.
struct SharedLineBench {
  static constexpr int kCores = 10;
  static constexpr std::size_t kPairs = 100;  // of cores
  static constexpr Duration kWay = 48ns;

  SharedLineBench() { line.write(domain, 0, Time{}); }
  SharedLine::Turn write(CoreIndex core, Duration when) {
    return line.write(domain, core, Time{1us} + when);
  }
  SharedLine::Turn read(CoreIndex core, Duration when) {
    return line.read(domain, core, Time{1us} + when);
  }

  Domain domain{"host", {}, kCores, std::vector<Duration>(kPairs, kWay)};
  SharedLine line;
};

TEST(SharedLine, CostsAloneWhatItsWayCosts) {
  SharedLineBench bench;
  const SharedLine::Turn turn = bench.write(1, 0ns);
  EXPECT_EQ(turn.wait, 0ns);
  EXPECT_EQ(turn.move, bench.kWay);
  const SharedLine::Turn later = bench.write(2, bench.kWay);
  EXPECT_EQ(later.wait, 0ns) << "it has just got there";
  EXPECT_EQ(later.move, bench.kWay);
}

TEST(SharedLine, ThatIsOnItsWayIsWaitedFor) {
  SharedLineBench bench;
  bench.write(1, 0ns);
  const SharedLine::Turn turn = bench.write(2, 20ns);
  EXPECT_EQ(turn.wait, bench.kWay - 20ns);
  EXPECT_EQ(turn.move, bench.kWay);
}

TEST(SharedLine, GoesFromOneToTheNextOfAllThatAskAtOnce) {
  SharedLineBench bench;
  for (CoreIndex core = 1; core < bench.kCores; ++core) {
    const SharedLine::Turn turn = bench.write(core, 0ns);
    EXPECT_EQ(turn.wait + turn.move, core * bench.kWay);
  }
}

TEST(SharedLine, IsReadWhereItIsOnceItIsThere) {
  SharedLineBench bench;
  bench.write(1, 0ns);
  EXPECT_EQ(bench.read(2, 10ns).wait, bench.kWay - 10ns);
  EXPECT_EQ(bench.read(2, 11ns).wait, 0ns) << "has a copy now";
  EXPECT_EQ(bench.read(2, 11ns).move, 0ns);
}

TEST(SharedLine, CostsItsOwnerNothing) {
  SharedLineBench bench;
  bench.write(1, 0ns);
  const SharedLine::Turn again = bench.write(1, 10ns);
  EXPECT_EQ(again.wait + again.move, 0ns);
}

TEST(SharedLine, DelaysNobodyWhoAsksBeforeInTimeIfLaterInOrder) {
  SharedLineBench bench;
  bench.write(1, 500ns);
  EXPECT_EQ(bench.write(2, 490ns).wait, 0ns);
}

}  // namespace
}  // namespace memory
