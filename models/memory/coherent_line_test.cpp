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

TEST(CoherentLine, DevicesWriteMayGoPastTheLastLevel) {
  Bench bench;
  bench.line.write_by_device();
  bench.line.write_by_device(Lands::kInMemory);
  EXPECT_EQ(bench.read(0), 105ns) << "the old copy is gone";
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

/// Three nodes in a row, one core each: 0 and 1 are 100 ns apart, 1 and 2 60 ns, 0 and 2 160 ns.
struct Row {
  Domain domain{"row",
                {.nodes = {{.memory = {.last_level = 10ns, .dram = 100ns}, .directory = 7ns},
                           {.memory = {.last_level = 20ns, .dram = 110ns}, .directory = 9ns},
                           {.memory = {.last_level = 30ns, .dram = 120ns}}},
                 .node_of = {0, 1, 2},
                 .transfer = {0ns, 140ns, 200ns, 140ns, 0ns, 100ns, 200ns, 100ns, 0ns},
                 .apart = {0ns, 100ns, 160ns, 100ns, 0ns, 60ns, 160ns, 60ns, 0ns}}};
};

TEST(Domain, RequestGoesByWayOfTheHomeAndTheLineStraightBack) {
  const Row row;
  // Reader, home, holder.
  EXPECT_EQ(row.domain.detour(0, 1, 1), 0ns) << "homed in the holder";
  EXPECT_EQ(row.domain.detour(0, 0, 1), 7ns) << "homed in the reader: its directory";
  EXPECT_EQ(row.domain.detour(0, 1, 2), 9ns) << "on the way";
  EXPECT_EQ(row.domain.detour(0, 2, 1), (160ns + 60ns - 100ns) / 2) << "out of the way";
  EXPECT_EQ(row.domain.detour(0, 2, 0), 0ns) << "a node hands its own lines on";
}

TEST(CoherentLine, LineHomedElsewhereCostsWhatItsHomeCosts) {
  const Row row;
  CoherentLine line(2);
  EXPECT_EQ(line.read(row.domain, 0), 160ns + 120ns);
  EXPECT_EQ(line.write(row.domain, 1), 140ns + 60ns) << "the request goes round by the home";
  EXPECT_EQ(line.read(row.domain, 2), 100ns) << "no directory, the home's own record is free";
}

TEST(CoherentLine, DevicesReadSnoopsTheNodeThatHasTheNewestCopy) {
  const Row row;
  CoherentLine line(1);
  line.write(row.domain, 0);
  EXPECT_EQ(line.read_by_device(row.domain), 100ns + 20ns);
  EXPECT_EQ(line.read_by_device(row.domain), 20ns) << "it is in the home's cache now";
}

TEST(CoherentLine, CleanCopiesElsewhereDoNotMakeItsHomesMemoryFaster) {
  const Row row;
  CoherentLine line(1);
  line.read(row.domain, 0);
  EXPECT_EQ(line.read_by_device(row.domain), 110ns);
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
