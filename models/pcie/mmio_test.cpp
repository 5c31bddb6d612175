// SPDX-License-Identifier: Apache-2.0
#include "models/pcie/mmio.h"

#include <gtest/gtest.h>

namespace pcie {
namespace {

struct MmioBench {
  PcieParams params{};
  sim::Simulation sim{};
  Link link{sim, params.link};
  RootComplex root{sim, params};
  Mmio mmio{sim, link, root, params.endpoint};

  MmioBench() = default;
  Duration wire(Bytes b) const { return params.link.tlp_bandwidth().time_for(b); }

  Duration read(Duration service, Bytes size = 8_B, Socket from = Socket::kLocal) {
    const Time begin = sim.now();
    Time end = begin;
    mmio.read(
        size, [service] { return service; }, [this, &end] { end = sim.now(); }, {}, from);
    sim.run();
    return end - begin;
  }
  Duration write(Bytes size) {
    const Time begin = sim.now();
    Time end = begin;
    mmio.write(size, [this, &end] { end = sim.now(); });
    sim.run();
    return end - begin;
  }
};

TEST(PcieMmio, ReadTakesTheSumOfItsLegs) {
  MmioBench bench;
  EXPECT_EQ(bench.read(110ns),
            105ns + bench.wire(24_B) + 130ns + 120ns + 110ns + bench.wire(28_B) + 130ns + 105ns);
  EXPECT_EQ(bench.sim.events(), 2u);
}

TEST(PcieMmio, ReadOfEightBytesTakes630NsFromTheCacheAnd700FromDram) {
  EXPECT_NEAR(sim::to_ns(MmioBench{}.read(40ns)), 630, 3);
  EXPECT_NEAR(sim::to_ns(MmioBench{}.read(110ns)), 700, 3);
  EXPECT_NEAR(sim::to_ns(MmioBench{}.read(110ns, 64_B)), 702, 3);
}

TEST(PcieMmio, ReadFromTheOtherSocketPaysEachWay) {
  EXPECT_EQ(MmioBench{}.read(40ns, 8_B, Socket::kRemote), MmioBench{}.read(40ns) + 2 * 75ns);
}

TEST(PcieMmio, WriteArrivesAfter375NsWithTheMemorysShare) {
  constexpr Duration kMemory = 20ns;
  MmioBench bench;
  EXPECT_NEAR(sim::to_ns(bench.write(8_B) + kMemory), 375, 2);
  EXPECT_EQ(bench.sim.events(), 1u);
}

TEST(PcieMmio, EndpointThatIsSlowDominates) {
  EXPECT_NEAR(sim::to_ns(MmioBench{}.read(400ns)), 1000, 20);
  EXPECT_NEAR(sim::to_ns(MmioBench{}.read(4400ns)), 5000, 20);
}

// What is read at 741 ns a time, 32 bytes each, flows at 43 MB/s.
TEST(PcieMmio, ReadsOneAtATimeFlowAtSizePerRoundTrip) {
  MmioBench bench;
  const Duration service = 741ns - bench.read(0ns, 32_B);
  const Time begin = bench.sim.now();
  for (int i = 0; i < 100; ++i) bench.read(service, 32_B);
  const double megabytes_per_second = 100 * 32 / sim::to_us(bench.sim.now() - begin);
  EXPECT_NEAR(megabytes_per_second, 43, 0.5);
}

TEST(PcieMmio, ReadDoesNotPassAnEarlierWrite) {
  MmioBench bench;
  int value = 0, seen = -1;
  bench.mmio.write(256_B, [&] { value = 1; });
  bench.mmio.read(
      8_B,
      [&] {
        seen = value;
        return Duration{};
      },
      [] {});
  bench.sim.run();
  EXPECT_EQ(seen, 1);
}

/// The device writes `ahead` before the completion of a core's read gets to the root port.
Duration read_behind_a_device_write(Duration ahead) {
  MmioBench bench;
  const Duration completion_leaves = 105ns + bench.wire(24_B) + 130ns + 120ns + 40ns;
  const Duration write = bench.wire(88_B);
  bench.sim.after(completion_leaves - write - ahead, [&bench] {
    bench.link.post(Direction::kToRootComplex, 64_B, {.to_completer = bench.root.inbound()},
                    [&bench] { bench.root.accept_write(0, HostMemory::kDram); });
  });
  return bench.read(40ns);
}

TEST(PcieMmio, ReadPushesTheDevicesEarlierWritesIntoMemory) {
  const Duration alone = MmioBench{}.read(40ns);
  MmioBench bench;
  const Duration visible = bench.root.inbound() + 330ns + 100ns;  // its page is not translated yet
  const Duration behind = visible - bench.wire(28_B) - 105ns;
  EXPECT_EQ(read_behind_a_device_write(0ns), alone + behind);
  EXPECT_EQ(read_behind_a_device_write(20ns), alone + behind - 20ns);
  EXPECT_EQ(read_behind_a_device_write(behind - Duration{1}), alone + Duration{1});
  EXPECT_EQ(read_behind_a_device_write(behind), alone);
}

TEST(PcieMmio, ReadDoesNotWaitForTheDevicesLaterWrites) {
  // One picosecond after the completion the wire is taken: the write comes behind it.
  MmioBench bench;
  EXPECT_EQ(read_behind_a_device_write(-bench.wire(88_B) - Duration{1}), bench.read(40ns));
}

TEST(PcieMmio, RunsTheReadmesExample) {
  PcieParams params;
  sim::Simulation sim;
  Link link(sim, params.link);
  RootComplex root(sim, params);
  Mmio mmio(sim, link, root, params.endpoint);

  int memory = 0, value = 0;
  mmio.write(8_B, [&] { memory = 42; });
  mmio.read(
      8_B,
      [&] {
        value = memory;
        return Duration{40ns};
      },
      [] {});
  sim.run();
  EXPECT_EQ(value, 42);
  EXPECT_NEAR(sim::to_ns(sim.now().time_since_epoch()), 633, 1);
}

}  // namespace
}  // namespace pcie
