// SPDX-License-Identifier: Apache-2.0
#include "models/pcie/bus_master.h"

#include <gtest/gtest.h>
#include <vector>

namespace pcie {
namespace {

constexpr std::uint64_t kPage = 4096;

struct BusMasterBench {
  static PcieParams without_walks() {
    PcieParams p;
    p.iommu.enabled = false;
    return p;
  }
  explicit BusMasterBench(const PcieParams& p = without_walks()) : params(p) {}

  Duration wire(Bytes b) const { return params.link.tlp_bandwidth().time_for(b); }
  Duration up() const { return params.link.flight + params.root_complex.fabric; }
  Time write(Bytes size, HostMemory memory = HostMemory::kDram) {
    Time visible{};
    master.write(0, size, memory, [this, &visible] { visible = sim.now(); });
    sim.run();
    return visible;
  }
  Time read(Bytes size, HostMemory memory, Duration later = {}) {
    Time done{};
    master.read(
        0, size, memory, later, [this] { ++taken; }, [this, &done] { done = sim.now(); });
    sim.run();
    return done;
  }

  PcieParams params;
  sim::Simulation sim;
  Link link{sim, params.link};
  RootComplex root{sim, params};
  BusMaster master{sim, link, root};
  int taken = 0;
};

TEST(PcieBusMaster, WriteIsVisibleAfterTheSumOfItsLegs) {
  BusMasterBench bench;
  EXPECT_EQ(bench.write(64_B) - Time{},
            bench.wire(88_B) + bench.up() + bench.params.host_memory.write_visible);
  EXPECT_EQ(bench.sim.events(), 2u);
}

TEST(PcieBusMaster, WriteThatNobodyWaitsForTakesOneEntryAndIsVisibleBeforeTheNext) {
  BusMasterBench bench;
  Time visible{};
  bench.master.write(kPage, 1024_B, HostMemory::kDram);
  bench.master.write(0, 64_B, HostMemory::kDram, [&] { visible = bench.sim.now(); });
  bench.sim.run();
  // Four packets of 256 bytes go before.
  EXPECT_EQ(visible - Time{}, 4 * bench.wire(280_B) + bench.wire(88_B) + bench.up() +
                                  bench.params.host_memory.write_visible);
  EXPECT_EQ(bench.sim.events(), 3u);
}

TEST(PcieBusMaster, WriteWaitsForTheWalkOfTheOneBeforeIt) {
  PcieParams walking;
  walking.iommu.miss = 900ns;
  BusMasterBench with{walking};
  BusMasterBench without{walking};
  for (BusMasterBench* bench : {&with, &without}) bench->write(64_B);  // the page of address 0
  const auto second = [](BusMasterBench& bench, bool first_walks) {
    const Time begin = bench.sim.now();
    bench.master.write(first_walks ? kPage : 0, 64_B, HostMemory::kDram);
    return bench.write(64_B) - begin;
  };
  const Duration late = second(with, true) - second(without, false);
  // All of the walk but the time by which the second came later.
  EXPECT_EQ(late, 900ns - with.wire(88_B));
}

TEST(PcieBusMaster, ReadTakesTheSumOfItsLegsAndLessFromTheCache) {
  BusMasterBench bench;
  const HostMemoryParams& memory = bench.params.host_memory;
  const Duration way = bench.wire(24_B) + 2 * bench.up() + bench.wire(84_B);
  EXPECT_EQ(bench.read(64_B, HostMemory::kDram, 70ns) - Time{}, 70ns + way + memory.dram);
  EXPECT_EQ(bench.sim.events(), 2u);
  BusMasterBench cached;
  EXPECT_EQ(cached.read(64_B, HostMemory::kCache) - Time{}, way + memory.cache_hit);
}

TEST(PcieBusMaster, ReadLooksAtMemoryForEachRequestThatItIsSplitInto) {
  BusMasterBench bench;
  bench.read(1500_B, HostMemory::kDram);
  EXPECT_EQ(bench.taken, 3);
}

TEST(PcieBusMaster, ReadTakesItsBytesWhenTheWalkIsOver) {
  PcieParams walking;
  BusMasterBench bench{walking};
  Time taken{};
  bench.master.read(
      0, 64_B, HostMemory::kDram, {}, [&] { taken = bench.sim.now(); }, [] {});
  bench.sim.run();
  EXPECT_EQ(taken - Time{}, bench.wire(24_B) + bench.up() + walking.iommu.hit + walking.iommu.miss);
}

TEST(PcieBusMaster, ReadWaitsForAWalkThatAnEarlierOneBegan) {
  BusMasterBench bench{PcieParams{}};
  std::vector<Time> done, taken;
  for (int i = 0; i < 2; ++i)
    bench.master.read(
        64u * static_cast<unsigned>(i), 64_B, HostMemory::kDram, {},
        [&] { taken.push_back(bench.sim.now()); }, [&] { done.push_back(bench.sim.now()); });
  bench.sim.run();
  ASSERT_EQ(done.size(), 2u);
  EXPECT_EQ(taken[1], taken[0]) << "when the walk is over";
  EXPECT_EQ(done[1] - done[0], bench.wire(84_B));
}

TEST(PcieBusMaster, AccessMayBeginTheNextOneWhenItIsDone) {
  BusMasterBench bench;
  int left = 10;
  std::function<void()> next = [&] {
    if (left-- > 0) bench.master.write(0, 64_B, HostMemory::kDram, [&next] { next(); });
  };
  next();
  bench.sim.run();
  EXPECT_EQ(left, -1);
}

}  // namespace
}  // namespace pcie
