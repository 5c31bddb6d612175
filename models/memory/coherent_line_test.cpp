// SPDX-License-Identifier: Apache-2.0
#include "models/memory/coherent_line.h"

#include <gtest/gtest.h>

namespace memory {
namespace {

using sim::Duration;

/// Cores 0 and 1 are 23 ns apart, core 2 is 107 ns from both.
struct Bench {
  DomainParams params{.last_level = 14ns, .dram = 105ns};
  Domain domain{"host", params, 3, {0ns, 23ns, 107ns, 23ns, 0ns, 107ns, 107ns, 107ns, 0ns}};
  CoherentLine line;

  Duration read(CoreIndex core) { return line.read(domain, core); }
  Duration write(CoreIndex core) { return line.write(domain, core); }
};

TEST(CoherentLine, ComesFromMemoryFirstAndCostsNothingAfterwards) {
  Bench bench;
  EXPECT_EQ(bench.read(0), 105ns);
  EXPECT_EQ(bench.read(0), 0ns);
  EXPECT_TRUE(bench.line.held_by(0));
  EXPECT_FALSE(bench.line.held_by(1));
}

TEST(CoherentLine, ComesFromTheCoreThatWroteItHoweverFar) {
  Bench bench;
  bench.write(2);
  EXPECT_EQ(bench.line.owner(), 2);
  EXPECT_EQ(bench.read(0), 107ns);
  EXPECT_EQ(bench.line.owner(), kNoCore) << "both have clean copies now";
  EXPECT_TRUE(bench.line.held_by(2));
  EXPECT_TRUE(bench.line.held_by(0));
}

TEST(CoherentLine, ComesFromTheNearestOfSeveralCopiesOrFromMemoryIfThatIsNearer) {
  Bench bench;
  bench.write(2);
  bench.read(1);
  EXPECT_EQ(bench.read(0), 23ns);
  Bench far;
  far.read(2);
  EXPECT_EQ(far.read(0), 105ns) << "memory is 2 ns nearer than the clean copy";
}

TEST(CoherentLine, WriteByItsOnlyOwnerIsFree) {
  Bench bench;
  bench.write(0);
  EXPECT_EQ(bench.write(0), 0ns);
}

TEST(CoherentLine, WriteWaitsForTheFarthestOtherCopyToGo) {
  Bench bench;
  bench.write(0);
  bench.read(1);
  bench.read(2);
  EXPECT_EQ(bench.write(0), 107ns);
  EXPECT_EQ(bench.line.owner(), 0);
  EXPECT_FALSE(bench.line.held_by(1));
  EXPECT_FALSE(bench.line.held_by(2));
}

TEST(CoherentLine, WriteToTheOnlyCleanCopyAsksTheHome) {
  Bench bench;
  bench.read(0);
  EXPECT_EQ(bench.write(0), 14ns);
}

TEST(CoherentLine, BouncesAtOneTransferForEachWrite) {
  Bench bench;
  bench.write(0);
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(bench.write(2), 107ns);
    EXPECT_EQ(bench.write(0), 107ns);
  }
}

TEST(CoherentLine, CostToWriteDoesNotMoveIt) {
  Bench bench;
  bench.write(1);
  EXPECT_EQ(bench.line.cost_to_write(bench.domain, 0), 23ns);
  EXPECT_EQ(bench.line.owner(), 1);
}

TEST(CoherentLine, DevicesWriteTakesEveryCopyAndLeavesTheLineInTheLastLevel) {
  Bench bench;
  bench.write(0);
  bench.read(1);
  bench.line.write_by_device();
  EXPECT_FALSE(bench.line.held_by(0));
  EXPECT_FALSE(bench.line.held_by(1));
  EXPECT_EQ(bench.read(0), 14ns);
}

TEST(CoherentLine, DevicesReadFindsADirtyCopyAndLeavesItsHolderACleanOne) {
  Bench bench;
  EXPECT_EQ(bench.line.read_by_device(bench.domain), 105ns);
  bench.write(0);
  EXPECT_EQ(bench.line.read_by_device(bench.domain), 14ns);
  EXPECT_EQ(bench.line.owner(), kNoCore);
  EXPECT_EQ(bench.read(0), 0ns);
  EXPECT_EQ(bench.write(0), 14ns) << "it has to become the only one again";
}

TEST(CoreSet, HoldsCoresBeyondTheFirstWord) {
  CoreSet set;
  for (const CoreIndex c : {0, 63, 64, 200, 255}) set.insert(c);
  set.erase(63);
  std::vector<CoreIndex> found;
  set.for_each([&](CoreIndex c) { found.push_back(c); });
  EXPECT_EQ(found, (std::vector<CoreIndex>{0, 64, 200, 255}));
  EXPECT_FALSE(set.contains(63));
  set.clear();
  EXPECT_TRUE(set.empty());
}

}  // namespace
}  // namespace memory
