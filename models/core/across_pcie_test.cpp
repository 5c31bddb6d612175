// SPDX-License-Identifier: Apache-2.0
// What public measurements say about a host core's accesses to a device's memory, met by the
// defaults as they are. Numbers are those of the list of checks in hardware.md 9.
#include <array>
#include <gtest/gtest.h>

#include "models/core/core.h"
#include "models/core/time_on.h"
#include "models/memory/checker.h"
#include "models/memory/pcie_path.h"
#include "models/pcie/mmio.h"

namespace core {
namespace {

using memory::Mapping;
using memory::MemoryType;
using sim::Duration;
using sim::Time;

using Line = std::array<std::uint64_t, 8>;

struct Bench {
  explicit Bench(const pcie::PcieParams& p = {}, sim::Bytes size = sim::Bytes{1 << 16})
      : params(p), region(sim, "device memory", device, size) {}

  /// How long `program` takes, from a standing start.
  Duration time(const std::function<void()>& program) {
    return time_on(core, program, [&] { sim.run(); });
  }

  pcie::PcieParams params;
  sim::Simulation sim;
  memory::Domain host{"host", {}, 1, {0ns}};
  memory::Domain device{"nic", {.last_level = 35ns, .dram = 115ns}, 1, {0ns}};
  memory::Region region;
  pcie::Link link{sim, params.link};
  pcie::RootComplex root_complex{sim, params};
  pcie::Mmio mmio{sim, link, root_complex, params.endpoint};
  memory::PciePath path{mmio};
  Mapping uc{region, MemoryType::kUncached, path};
  Mapping wc{region, MemoryType::kWriteCombining, path};
  Mapping wt{region, MemoryType::kWriteThrough, path};
  Core core{sim, "cpu0", host, 0, {}};
};

/// A core on either socket, the NIC on the first one.
struct TwoSockets {
  pcie::PcieParams params;
  sim::Simulation sim;
  memory::Domain host{"host", memory::Joined{.nodes = {{}, {}},
                                             .node_of = {0, 1},
                                             .transfer = {0ns, 9ns, 9ns, 0ns},
                                             .apart = {0ns, 5ns, 5ns, 0ns}}};
  memory::Domain device{"nic", {.last_level = 35ns, .dram = 115ns}, 1, {0ns}};
  memory::Region region{sim, "device memory", device, sim::Bytes{1 << 12}};
  pcie::Link link{sim, params.link};
  pcie::RootComplex root_complex{sim, params};
  pcie::Mmio mmio{sim, link, root_complex, params.endpoint};
  memory::PciePath far_path{mmio, pcie::Socket::kRemote};
  memory::PciePath path{mmio, &far_path};
  Core core;

  explicit TwoSockets(int socket) : core(sim, "cpu", host, socket, {}) {}
};

/// When a store is at the device's memory, and how long a load takes after it is.
std::array<Duration, 2> there_and_back(MemoryType type, int socket) {
  TwoSockets bench(socket);
  memory::Checker checker;
  bench.region.attach(&checker);
  Mapping mapping(bench.region, type, bench.path);
  Duration there{};
  const Duration load = time_on(
      bench.core, [&] { bench.core.load<std::uint64_t>(mapping, 64); }, [&] { bench.sim.run(); });
  const Time begin = bench.sim.now();
  bench.core.start([&] {
    bench.core.store(mapping, 0, std::uint64_t{1});
    bench.core.store_fence();
  });
  bench.sim.run();
  there = bench.region.last_write(0).at - begin;
  return {there, load};
}

TEST(AcrossPcie, IsLongerFromTheOtherSocketOnceForAStoreAndTwiceForALoad) {
  for (const MemoryType type :
       {MemoryType::kUncached, MemoryType::kWriteCombining, MemoryType::kWriteThrough}) {
    const auto near = there_and_back(type, 0);
    const auto far = there_and_back(type, 1);
    EXPECT_EQ(far[0] - near[0], 75ns) << static_cast<int>(type);
    EXPECT_EQ(far[1] - near[1], 150ns) << static_cast<int>(type);
  }
}

/// It is asked for again when it comes, whatever the core has done meanwhile.
TEST(AcrossPcie, LineThatWasFlushedOnItsWayIsFetchedAgainAtOnce) {
  const auto took = [](Duration busy) {
    Bench bench;
    return bench.time([&] {
      bench.core.prefetch(bench.wt, 0);
      bench.core.flush(bench.wt, 0);
      bench.core.spend(busy);
      bench.core.load<std::uint64_t>(bench.wt, 0);
    });
  };
  EXPECT_EQ(took(300ns), took(0ns));
}

Duration one_load(Bench& bench) {
  return bench.time([&] { bench.core.load<std::uint64_t>(bench.uc, 0); });
}

TEST(AcrossPcie, UncachedLoadTakes650To1000Nanoseconds) {
  Bench bench;
  const Duration took = one_load(bench);
  EXPECT_GE(took, 650ns);
  EXPECT_LE(took, 1000ns);
}

TEST(AcrossPcie, PartOfACombinedLineTakesAPacketForEachAlignedPart) {
  Bench bench;
  const std::int64_t part = bench.core.params().wc_partial.count;
  ASSERT_EQ(part, 8);
  const std::array<std::uint64_t, 3> words{1, 2, 3};
  bench.time([&] {
    bench.core.store(bench.wc, 40, words);
    bench.core.store_fence();
  });
  EXPECT_EQ(bench.link.stats().to_endpoint.posted, 3);
  bench.time([&] { bench.core.store(bench.wc, 64, Line{}); });
  EXPECT_EQ(bench.link.stats().to_endpoint.posted, 4);
}

// A link that stands still

TEST(AcrossPcie, LoadBringsAllOnesWhenTheLinkDoesNotAnswerAndNothingComesLater) {
  pcie::PcieParams params;
  params.link.completion_timeout = 100us;
  Bench bench(params);
  const std::uint64_t kThere = 7;
  bench.region.write(0, std::as_bytes(std::span(&kThere, 1)), "device");
  std::uint64_t first = 0, second = 0;
  Duration took{};
  bench.link.stall(1ms);
  bench.core.start([&] {
    first = bench.core.load<std::uint64_t>(bench.uc, 0);
    took = bench.core.now() - Time{};
    bench.core.sleep_until(Time{2ms});
    second = bench.core.load<std::uint64_t>(bench.uc, 0);
  });
  bench.sim.run();
  EXPECT_EQ(first, ~std::uint64_t{0}) << "and the completion of 1 ms has not changed it";
  EXPECT_GE(took, 100us + bench.params.root_complex.root_port_to_core);
  EXPECT_LT(took, 101us);
  EXPECT_EQ(second, kThere);
  EXPECT_EQ(bench.link.stats().completion_timeouts, 1);
}

TEST(AcrossPcie, CachedLineHoldsTheAllOnesUntilItIsFlushed) {
  pcie::PcieParams params;
  params.link.completion_timeout = 100us;
  Bench bench(params);
  std::array<std::uint64_t, 3> seen{};
  bench.link.stall(1ms);
  bench.core.start([&] {
    seen[0] = bench.core.load<std::uint64_t>(bench.wt, 0);
    bench.core.sleep_until(Time{2ms});  // the completion has come meanwhile
    seen[1] = bench.core.load<std::uint64_t>(bench.wt, 8);
    bench.core.flush(bench.wt, 0);
    seen[2] = bench.core.load<std::uint64_t>(bench.wt, 8);
  });
  bench.sim.run();
  EXPECT_EQ(seen, (std::array{~std::uint64_t{0}, ~std::uint64_t{0}, std::uint64_t{0}}));
}

TEST(AcrossPcie, UncachedLoadsGoOneByOneSoThatAStreamIsSizeOverRoundTrip) {  // 2
  Bench bench;
  const Duration one = one_load(bench);
  Line line{};
  const Duration eight =
      bench.time([&] { bench.core.load(bench.uc, 64, std::as_writable_bytes(std::span(line))); });
  EXPECT_EQ(eight, 8 * one);
}

TEST(AcrossPcie, WriteCombiningStreamsEightToTwelveGigabytesASecond) {  // 2
  Bench bench;
  constexpr int kLines = 1000;
  const Line line{};
  const Duration took = bench.time([&] {
    for (int i = 0; i < kLines; ++i) bench.core.store(bench.wc, std::int64_t{64} * i, line);
  });
  const double issued = kLines * 64 / sim::to_ns(took);
  EXPECT_GE(issued, 8.0);
  EXPECT_LE(issued, 12.0);
  // The link keeps up: the last line arrives one way after it left.
  EXPECT_LE(bench.sim.now() - (Time{} + took), 450ns);
}

TEST(AcrossPcie, CombinedLineAndItsFenceTakeAHundredNanoseconds) {  // 3
  Bench bench;
  const Line line{};
  const Duration partial = bench.time([&] {
    bench.core.store(bench.wc, 8, std::as_bytes(std::span(line).first(7)));
    bench.core.store_fence();
  });
  EXPECT_NEAR(sim::to_ns(partial), 100, 10);
}

TEST(AcrossPcie, TheSameWordsAsFencedUncachedStoresTake400To2000Nanoseconds) {  // 3
  Bench bench;
  const Duration took = bench.time([&] {
    for (int w = 0; w < 8; ++w) {
      bench.core.store(bench.uc, w * std::int64_t{8}, std::uint64_t{1});
      bench.core.store_fence();
    }
  });
  EXPECT_GE(took, 400ns);
  EXPECT_LE(took, 2000ns);
}

TEST(AcrossPcie, EightWriteThroughLoadsOfALineAreOneRoundTripAndSevenHits) {  // 4
  Bench bench;
  const Duration one = one_load(bench);
  const Duration hit = bench.core.params().clock.time_for(bench.core.params().l1_hit);
  Duration first{}, rest{};
  bench.time([&] {
    const Time begin = bench.core.now();
    bench.core.load<std::uint64_t>(bench.wt, 64);
    first = bench.core.now() - begin;
    for (int w = 1; w < 8; ++w) bench.core.load<std::uint64_t>(bench.wt, 64 + w * 8);
    rest = bench.core.now() - begin - first;
  });
  EXPECT_EQ(rest, 7 * hit);
  // A whole line is on the wire for a little longer than a word.
  EXPECT_NEAR(sim::to_ns(first), sim::to_ns(one), 10);
}

TEST(AcrossPcie, LinePrefetchedEarlyEnoughIsThereAtOnce) {  // 4
  Bench bench;
  const Duration took = bench.time([&] {
    bench.core.prefetch(bench.wt, 0);
    bench.core.compute(1us);
    for (int w = 0; w < 8; ++w) bench.core.load<std::uint64_t>(bench.wt, w * std::int64_t{8});
  });
  EXPECT_LE(took, 1us + 15ns);
}

TEST(AcrossPcie, EndpointsServiceTimeIsAParameterFromFastMemoryToSlowRegisters) {  // 9
  for (const auto& [device_memory, low, high] :
       {std::tuple{115ns, 650ns, 800ns}, {450ns, 950ns, 1100ns}, {4400ns, 4900ns, 5100ns}}) {
    Bench bench;
    memory::Domain slow("device", {.last_level = 35ns, .dram = device_memory}, 1, {0ns});
    memory::Region region(bench.sim, "registers", slow, sim::Bytes{64});
    Mapping uc(region, MemoryType::kUncached, bench.path);
    const Duration took = bench.time([&] { bench.core.load<std::uint64_t>(uc, 0); });
    EXPECT_GE(took, low);
    EXPECT_LE(took, high);
  }
}

TEST(AcrossPcie, LoadPushesEarlierStoresBeforeItself) {
  Bench bench;
  std::uint64_t seen = 0;
  bench.time([&] {
    bench.core.store(bench.uc, 0, std::uint64_t{42});
    seen = bench.core.load<std::uint64_t>(bench.uc, 0);
  });
  EXPECT_EQ(seen, 42u);
}

/// What it waited for comes when another program runs, which is not to notice.
TEST(AcrossPcie, LoadOfAKilledProgramWakesNobodyAndWritesNowhere) {
  Bench bench;
  const Line kTheirs{7, 7, 7, 7, 7, 7, 7, 7};
  bench.region.write(0, std::as_bytes(std::span(kTheirs)), "device");
  bench.core.start([&] {
    Line killed{};
    bench.core.load(bench.uc, 0, std::as_writable_bytes(std::span(killed)));
  });
  std::array<Line, 64> own{};
  bool unparked = true;
  bench.sim.at(Time{100ns}, [&] {
    bench.core.kill();
    bench.core.start([&] {
      std::array<Line, 64> on_stack{};
      unparked = bench.core.park_until(Time{10us});
      own = on_stack;
    });
  });
  bench.sim.run();
  EXPECT_FALSE(unparked);
  EXPECT_EQ(own, (std::array<Line, 64>{}));
}

TEST(AcrossPcie, LoadAfterAKilledOneBringsItsOwnWord) {
  Bench bench;
  const Line kTheirs{1, 2, 3, 4, 5, 6, 7, 8};
  bench.region.write(0, std::as_bytes(std::span(kTheirs)), "device");
  bench.core.start([&] { bench.core.load<std::uint64_t>(bench.uc, 0); });
  std::uint64_t seen = 0;
  Time done{};
  bench.sim.at(Time{100ns}, [&] {
    bench.core.kill();
    bench.core.start([&] {
      seen = bench.core.load<std::uint64_t>(bench.uc, 8);
      done = bench.core.now();
    });
  });
  bench.sim.run();
  Bench alone;
  EXPECT_EQ(seen, 2u);
  EXPECT_EQ(done - Time{100ns}, one_load(alone));
}

}  // namespace
}  // namespace core
