// SPDX-License-Identifier: Apache-2.0
#include "models/memory/shared_line.h"

#include <gtest/gtest.h>
#include <random>
#include <set>

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

TEST(SharedLine, KeepsWhoeverAsksWaitingWhileItGoesToAReader) {
  SharedLineBench bench;
  EXPECT_EQ(bench.read(1, 0ns).move, bench.kWay);
  EXPECT_EQ(bench.write(2, 10ns).wait, bench.kWay - 10ns);
}

TEST(SharedLine, GivesManyAtOnceCopiesOfWhatNobodyHasChangedSince) {
  SharedLineBench bench;
  bench.read(1, 0ns);
  EXPECT_EQ(bench.read(2, 10ns).wait, bench.kWay - 10ns) << "its owner's is still on its way";
  for (CoreIndex core = 3; core < bench.kCores; ++core)
    EXPECT_EQ(bench.read(core, bench.kWay).wait, 0ns);
}

// Who asks later in order, but before in time.

TEST(SharedLine, GoesFirstToWhoeverAsksBeforeInTimeIfThereIsTime) {
  SharedLineBench bench;
  bench.write(1, 500ns);
  EXPECT_EQ(bench.write(2, 500ns - bench.kWay).wait, 0ns);
  EXPECT_EQ(bench.write(3, 490ns).wait, 10ns + bench.kWay) << "both are in its way";
}

TEST(SharedLine, FitsIntoAnyGapThatIsLongEnough) {
  SharedLineBench bench;
  CoreIndex core = 0;
  for (const Duration when : {0ns, 100ns, 190ns, 300ns}) bench.write(++core, when);
  EXPECT_EQ(bench.write(5, 10ns).wait, 38ns) << "from 48 to 96";
  EXPECT_EQ(bench.write(6, 10ns).wait, 228ns) << "from 238 on: before it gaps are too short";
}

/// At most four of its busy times lie apart here, and each can be filled exactly.
TEST(SharedLine, IsOnItsWayToOneCoreAtATime) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    std::minstd_rand draw(seed);
    SharedLineBench bench;
    std::set<Duration> begun;
    for (int i = 0; i < 30; ++i) {
      const CoreIndex core = 1 + i % (bench.kCores - 1);
      const Duration when = static_cast<int>(draw() % 8) * bench.kWay;
      const SharedLine::Turn turn = bench.write(core, when);
      ASSERT_TRUE(begun.insert(when + turn.wait).second) << "seed " << seed;
    }
  }
}

}  // namespace
}  // namespace memory
