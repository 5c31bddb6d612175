// SPDX-License-Identifier: Apache-2.0
#include "models/pcie/dma.h"

#include <algorithm>
#include <array>
#include <gtest/gtest.h>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "sim/uniform.h"

namespace pcie {
namespace {

using Kind = Transfer::Kind;

std::vector<std::byte> pattern(std::size_t size, unsigned salt = 1) {
  std::vector<std::byte> bytes(size);
  for (std::size_t i = 0; i < size; ++i)
    bytes[i] = static_cast<std::byte>((i * 131 + i / 251 + salt) & 255);
  return bytes;
}

struct DmaBench {
  PcieParams params;
  sim::Simulation sim;
  Link link{sim, params.link};
  RootComplex root{sim, params};
  Msix msix{sim, link, root, params.msix};
  Dma dma{sim, link, root, msix, params.dma};

  explicit DmaBench(PcieParams p = {}) : params(p) {}
  Duration wire(Bytes b) const { return params.link.tlp_bandwidth().time_for(b); }

  /// A transfer from one end's memory to the other's.
  Transfer transfer(Kind kind, std::span<const std::byte> source, std::span<std::byte> target) {
    return {.kind = kind,
            .host_address = 0x10000,
            .size = Bytes{static_cast<std::int64_t>(source.size())},
            .load = from(source),
            .store = to(target)};
  }

  /// How long the device waits for a read, not counting what it takes to start an engine.
  Duration read_latency(std::int64_t size, HostMemory memory = HostMemory::kDram) {
    const auto source = pattern(static_cast<std::size_t>(size));
    std::vector<std::byte> target(source.size());
    const Time begin = sim.now();
    Time end{};
    Transfer t = transfer(Kind::kFromHost, source, target);
    t.memory = memory;
    t.done = [&] { end = sim.now(); };
    dma.submit(std::move(t));
    sim.run();
    return end - begin - params.dma.setup;
  }
  Duration warm_read_latency(std::int64_t size, HostMemory memory = HostMemory::kDram) {
    read_latency(size, memory);  // fills the IO-TLB
    return read_latency(size, memory);
  }
};

TEST(PcieDma, Reads64BytesInTheSumOfTheLegs) {
  DmaBench bench;
  EXPECT_EQ(bench.warm_read_latency(64),
            bench.wire(24_B) + 130ns + 60ns + 5ns + 100ns + 60ns + bench.wire(84_B) + 130ns + 50ns);
}

TEST(PcieDma, Reads64BytesWithinThePublishedMedian) {
  const double ns = sim::to_ns(DmaBench{}.warm_read_latency(64));
  EXPECT_GE(ns, 520);
  EXPECT_LE(ns, 600);
}

TEST(PcieDma, ReadLatencyIsFlatToTwoLinesAndLinearPastFour) {
  DmaBench bench;
  const auto ns = [&](std::int64_t size) { return sim::to_ns(bench.warm_read_latency(size)); };
  EXPECT_NEAR(ns(128) / ns(64), 1, 0.01);
  const double slope = (ns(2048) - ns(1024)) / 1024;
  EXPECT_NEAR((ns(4096) - ns(2048)) / 2048, slope, 0.15 * slope);
  EXPECT_GT(slope, 1 / 28.4);
}

TEST(PcieDma, ReadIs70NsShorterFromTheCache) {
  DmaBench bench;
  EXPECT_EQ(bench.warm_read_latency(64) - bench.warm_read_latency(64, HostMemory::kCache),
            Duration{70ns});
}

TEST(PcieDma, ReadIs100NsLongerFromTheOtherSocket) {
  DmaBench bench;
  EXPECT_EQ(bench.warm_read_latency(64, HostMemory::kRemoteDram) - bench.warm_read_latency(64),
            Duration{100ns});
}

TEST(PcieDma, ReadIs330NsLongerWithoutItsTranslation) {
  DmaBench bench;
  const Duration cold = bench.read_latency(64);
  EXPECT_EQ(cold - bench.read_latency(64), Duration{330ns});
}

TEST(PcieDma, WriteIsVisibleAboutHalfAReadLater) {
  DmaBench bench;
  bench.read_latency(64);  // fills the IO-TLB
  const auto source = pattern(64);
  std::vector<std::byte> target(64);
  const Time begin = bench.sim.now() + bench.params.dma.setup;
  bench.dma.submit(bench.transfer(Kind::kToHost, source, target));
  const Time visible = begin + bench.wire(88_B) + 130ns + 65ns + 100ns;

  bench.sim.run_until(visible - Duration{1});
  EXPECT_NE(target, source);
  bench.sim.run_until(visible);
  EXPECT_EQ(target, source);
  EXPECT_GE(visible - begin, Duration{250ns});
  EXPECT_LE(visible - begin, Duration{450ns});
}

TEST(PcieDma, MovesEveryByteBothWaysWhateverSizeAndAlignment) {
  for (const Kind kind : {Kind::kToHost, Kind::kFromHost}) {
    for (const std::size_t size : {1u, 63u, 512u, 513u, 4096u, 10'001u}) {
      for (const std::uint64_t address : {0u, 1u, 4095u, 4000u}) {
        DmaBench bench;
        const auto source = pattern(size);
        std::vector<std::byte> target(size);
        Transfer t = bench.transfer(kind, source, target);
        t.host_address = address;
        bench.dma.submit(std::move(t));
        bench.sim.run();
        ASSERT_EQ(target, source) << size << " bytes at " << address;
        const Dma::Stats& stats = bench.dma.stats();
        ASSERT_EQ(stats.transfers, 1);
        ASSERT_EQ((kind == Kind::kToHost ? stats.to_host : stats.from_host).count,
                  static_cast<std::int64_t>(size));
      }
    }
  }
}

TEST(PcieDma, ShowsDataBeforeRecordAndRecordBeforeInterruptEvenWhenTranslationsMiss) {
  for (const std::size_t size : {64u, 5000u, 40'000u}) {
    DmaBench bench;
    const auto source = pattern(size);
    std::vector<std::byte> target(size);
    std::string order;
    Transfer t = bench.transfer(Kind::kToHost, source, target);
    t.record_address = 0x9'000'000;
    t.record = [&] { order += target == source ? "record " : "torn "; };
    t.interrupt = [&] { order += target == source ? "interrupt" : "torn"; };
    bench.dma.submit(std::move(t));
    bench.sim.run();
    EXPECT_EQ(order, "record interrupt") << size;
  }
}

TEST(PcieDma, ShowsAWriteBurstByBurst) {
  PcieParams params;
  params.iommu.enabled = false;  // a walk would hold the first burst until the second catches up
  DmaBench bench(params);
  const auto source = pattern(1024);
  std::vector<std::byte> target(1024);
  bench.dma.submit(bench.transfer(Kind::kToHost, source, target));
  bool half = false;
  while (!bench.sim.idle() && target != source) {
    bench.sim.run_until(bench.sim.now() + 1ns);
    const auto middle = static_cast<std::ptrdiff_t>(512);
    half |= std::equal(source.begin(), source.begin() + middle, target.begin()) && target != source;
  }
  EXPECT_TRUE(half);
  EXPECT_EQ(target, source);
}

TEST(PcieDma, ReadSeesTheDevicesEarlierWrite) {
  DmaBench bench;
  std::vector<std::byte> host(64), back(64);
  const auto source = pattern(64);
  bench.dma.submit(bench.transfer(Kind::kToHost, source, host));
  bench.dma.submit(bench.transfer(Kind::kFromHost, host, back));
  bench.sim.run();
  EXPECT_EQ(back, source);
}

TEST(PcieDma, TakesTheBytesOfAReadWhenMemoryIsLookedAt) {
  // Engine, request, flight, fabric, lookup, and the walk of a cold IO-TLB.
  for (const Duration early : {Duration{0}, Duration{1}}) {
    DmaBench bench;
    std::vector<std::byte> host(64), target(64);
    const Time looked_at = Time{} + 500ns + bench.wire(24_B) + 130ns + 60ns + 5ns + 330ns;
    bench.sim.at(looked_at - early, [&] { host[0] = std::byte{1}; });
    bench.dma.submit(bench.transfer(Kind::kFromHost, host, target));
    bench.sim.run();
    EXPECT_EQ(target[0], std::byte{1}) << "the store was filed before the look";
  }
  DmaBench bench;
  std::vector<std::byte> host(64), target(64);
  const Time looked_at = Time{} + 500ns + bench.wire(24_B) + 130ns + 60ns + 5ns + 330ns;
  bench.sim.at(looked_at + Duration{1}, [&] { host[0] = std::byte{1}; });
  bench.dma.submit(bench.transfer(Kind::kFromHost, host, target));
  bench.sim.run();
  EXPECT_EQ(target[0], std::byte{0});
}

/// Gigabytes per second of 64 transfers of 16 KiB.
double throughput(const PcieParams& params, Kind kind) {
  DmaBench bench(params);
  const auto source = pattern(16'384);
  std::vector<std::byte> target(source.size());
  for (int i = 0; i < 64; ++i) bench.dma.submit(bench.transfer(kind, source, target));
  bench.sim.run();
  return 64 * 16'384 / sim::to_ns(bench.sim.now().time_since_epoch());
}

TEST(PcieDma, MovesNoMoreThanItsPortOrTheLinkAllow) {
  PcieParams params;
  params.iommu.enabled = false;
  params.link.tags = 768;
  for (const Kind kind : {Kind::kToHost, Kind::kFromHost}) {
    EXPECT_NEAR(throughput(params, kind), 22, 1.0);
    PcieParams narrow = params;
    narrow.link = gen3_x8();
    const double link = static_cast<double>(narrow.link.tlp_bandwidth().bits_per_second()) / 8e9;
    EXPECT_NEAR(throughput(narrow, kind), link * 256 / (kind == Kind::kToHost ? 280 : 276), 0.2);
  }
}

TEST(PcieDma, LeavesTheLinkToOthersBetweenItsBursts) {
  PcieParams params;
  params.link = gen3_x8();
  DmaBench bench(params);
  const auto source = pattern(1 << 20);
  std::vector<std::byte> target(source.size());
  bench.dma.submit(bench.transfer(Kind::kToHost, source, target));
  Time arrived{};
  const Time sent = Time{} + 20us;
  bench.sim.at(sent, [&] {
    bench.link.post(Direction::kToRootComplex, 8_B, [&] { arrived = bench.sim.now(); });
  });
  bench.sim.run();
  EXPECT_LE(arrived - sent, 2 * bench.wire(280_B) + bench.wire(32_B) + params.link.one_way());
}

PcieParams with_engines(int engines) {
  PcieParams params;
  params.dma.engines = engines;
  return params;
}

TEST(PcieDma, WorksOnAsManyTransfersAsItHasEngines) {
  DmaBench bench(with_engines(2));
  const auto source = pattern(64);
  std::vector<std::byte> target(64);
  std::vector<Time> done;
  for (int i = 0; i < 5; ++i) {
    Transfer t = bench.transfer(Kind::kToHost, source, target);
    t.done = [&] { done.push_back(bench.sim.now()); };
    bench.dma.submit(std::move(t));
  }
  bench.sim.run();
  const Duration setup = bench.params.dma.setup;
  ASSERT_EQ(done.size(), 5u);
  EXPECT_EQ(done[0] - Time{}, setup);
  EXPECT_LT(done[1] - Time{}, 2 * setup);
  for (std::size_t i = 2; i < done.size(); ++i) EXPECT_EQ(done[i] - done[i - 2], setup) << i;
}

/// Transfers whose descriptors are there at certain instants, submitted then or ahead of them.
std::vector<Time> done_at(int engines, const std::vector<Duration>& there, bool ahead) {
  DmaBench bench(with_engines(engines));
  const auto source = pattern(64);
  std::vector<std::byte> target(64);
  std::vector<Time> done(there.size());
  for (std::size_t i = 0; i < there.size(); ++i) {
    const auto submit = [&, i](Duration later) {
      Transfer t = bench.transfer(i % 2 == 0 ? Kind::kToHost : Kind::kFromHost, source, target);
      t.done = [&, i] { done[i] = bench.sim.now(); };
      bench.dma.submit(std::move(t), later);
    };
    if (ahead)
      submit(there[i]);
    else
      bench.sim.at(Time{} + there[i], [submit] { submit({}); });
  }
  bench.sim.run();
  return done;
}

TEST(PcieDma, TakesADescriptorWhenItIsThereHoweverFarAheadItWasWritten) {
  sim::Stream draws(1, "descriptors");
  for (int engines = 1; engines <= 3; ++engines)
    for (const double mean_gap_ns : {20.0, 100.0, 400.0}) {
      std::vector<Duration> there;
      Duration last{};
      for (int i = 0; i < 50; ++i)
        there.push_back(last += Duration{1 + static_cast<std::int64_t>(2'000 * mean_gap_ns *
                                                                       sim::uniform(draws))});
      EXPECT_EQ(done_at(engines, there, true), done_at(engines, there, false))
          << engines << " engines, " << mean_gap_ns << " ns apart";
      std::ranges::reverse(there);  // written in another order
      EXPECT_EQ(done_at(engines, there, true), done_at(engines, there, false));
    }
}

TEST(PcieDma, NoBurstCrossesAPage) {
  DmaBench bench;
  const auto source = pattern(8192);
  std::vector<std::byte> target(source.size());
  std::vector<std::pair<std::int64_t, std::size_t>> bursts;
  Transfer t = bench.transfer(Kind::kToHost, source, target);
  t.host_address = 0x10f00;
  t.load = [&, load = t.load](Bytes offset, std::span<std::byte> into) {
    bursts.emplace_back(0xf00 + offset.count, into.size());
    load(offset, into);
  };
  bench.dma.submit(std::move(t));
  bench.sim.run();
  EXPECT_EQ(target, source);
  EXPECT_EQ(bursts.front(), (std::pair<std::int64_t, std::size_t>{0xf00, 0x100}));
  for (const auto& [begin, size] : bursts)
    EXPECT_EQ(begin / 4096, (begin + static_cast<std::int64_t>(size) - 1) / 4096) << begin;
}

TEST(PcieDma, AnEngineWaitsForItsReadsBeforeTheNext) {
  const auto latency = [](int reads, std::int64_t size) {
    PcieParams params;
    params.dma.reads_in_flight = reads;
    return DmaBench(params).warm_read_latency(size);
  };
  const std::int64_t burst = PcieParams{}.dma.burst.count;
  const Duration one = latency(1, burst);
  EXPECT_EQ(latency(1, 2 * burst), 2 * one);
  EXPECT_EQ(latency(1, 3 * burst), 3 * one);
  EXPECT_GT(latency(2, 3 * burst), latency(3, 3 * burst));
  EXPECT_LT(latency(2, 2 * burst), 2 * one - 400ns);
}

TEST(PcieDma, GoesOnAfterALostInterrupt) {
  PcieParams params;
  params.dma.engines = 1;
  DmaBench bench(params);
  bench.msix.lose_if([](int) { return true; });
  const auto source = pattern(64);
  std::vector<std::byte> target(64);
  for (int i = 0; i < 3; ++i) {
    Transfer t = bench.transfer(Kind::kToHost, source, target);
    t.interrupt = [] { FAIL() << "delivered"; };
    bench.dma.submit(std::move(t));
  }
  bench.sim.run();
  EXPECT_EQ(bench.dma.stats().transfers, 3);
  EXPECT_EQ(bench.msix.stats().lost, 3);
}

}  // namespace
}  // namespace pcie
