// SPDX-License-Identifier: Apache-2.0
// What each kind of access takes between host cores and a NIC core that a coherent link joins, to
// the picosecond.
#include <algorithm>
#include <array>
#include <functional>
#include <gtest/gtest.h>
#include <map>
#include <utility>
#include <vector>

#include "models/core/core.h"
#include "models/core/time_on.h"
#include "models/interconnect/coherent_path.h"
#include "sim/random.h"

namespace interconnect {
namespace {

using core::Core;
using memory::Mapping;
using memory::MemoryType;
using memory::NodeIndex;
using sim::Duration;
using sim::Time;

constexpr NodeIndex kHost = 0;
constexpr NodeIndex kNic = 1;
constexpr Duration kWithinHost = 107ns;
constexpr Duration kHostLeg = 53ns;
constexpr Duration kNicLeg = 23ns;

CoherentLinkParams with_snoop_filter() {
  CoherentLinkParams params;
  params.directory = 40ns;
  params.asks_host = false;
  return params;
}

/// Two host cores and a NIC core, and memory whose home is the one or the other.
struct Bench {
  explicit Bench(NodeIndex home = kNic, const CoherentLinkParams& p = with_snoop_filter())
      : params(p), region(sim, "queues", domain, sim::Bytes{4096}, home) {
    region.attach(&checker);
  }

  memory::Joined joined() const {
    const Duration across = kHostLeg + kNicLeg + params.transfer();
    const NodeIndex asked = params.asks_host ? kHost : memory::kNoNode;
    return {.nodes = {{.memory = host_memory, .directory = params.directory},
                      {.memory = nic_memory, .directory = params.directory, .asks = asked}},
            .node_of = {kHost, kHost, kNic},
            .transfer = {0ns, kWithinHost, across, kWithinHost, 0ns, across, across, across, 0ns},
            .apart = {0ns, params.transfer(), params.transfer(), 0ns}};
  }
  /// How long `program` takes on `core`, from a standing start.
  Duration time(Core& on, const std::function<void()>& program) {
    return time_on(on, program, [&] {
      sim.run();
      sim.run_until(std::max(sim.now(), on.stores_visible()));
    });
  }
  Duration load(Core& on, Mapping& from, std::uint64_t* value = nullptr) {
    return time(on, [&] {
      const auto found = on.load<std::uint64_t>(from, 0);
      if (value != nullptr) *value = found;
    });
  }
  /// Until others see it.
  Duration store(Core& on, Mapping& to, std::uint64_t value) {
    const Time begin = sim.now();
    time(on, [&] { on.store(to, 0, value); });
    return sim.now() - begin;
  }
  Duration hit() const { return core_params.clock.time_for(core_params.l1_hit); }
  Duration away() const { return params.transfer(); }
  Duration transfer() const { return kHostLeg + kNicLeg + away(); }

  const CoherentLinkParams params;
  const memory::DomainParams host_memory{.last_level = 14ns, .dram = 105ns};
  const memory::DomainParams nic_memory{.last_level = 35ns, .dram = 115ns};
  const core::CoreParams core_params;
  sim::Simulation sim;
  memory::Domain domain{"host and NIC", joined()};
  memory::Region region;
  memory::Checker checker;
  CoherentPath path{sim, params};
  Mapping wb{region, MemoryType::kWriteBack, path};
  Mapping wt{region, MemoryType::kWriteThrough, path};
  Mapping wc{region, MemoryType::kWriteCombining, path};
  Mapping uc{region, MemoryType::kUncached, path};
  Core cpu0{sim, "cpu0", domain, 0, core_params};
  Core cpu1{sim, "cpu1", domain, 1, core_params};
  Core nic0{sim, "nic0", domain, 2, core_params};
};

// Loads

TEST(CoherentLink, FirstLoadComesFromMemoryAcrossTheLink) {
  Bench bench;
  EXPECT_EQ(bench.load(bench.cpu0, bench.wb), bench.away() + 115ns + bench.hit());
  EXPECT_EQ(bench.load(bench.cpu0, bench.wb), bench.hit());
}

TEST(CoherentLink, LoadOfALineHomedInItsWriterIsOneTransfer) {
  Bench bench(kNic);
  bench.store(bench.nic0, bench.wb, 7);
  std::uint64_t seen = 0;
  EXPECT_EQ(bench.load(bench.cpu0, bench.wb, &seen), bench.transfer() + bench.hit());
  EXPECT_EQ(seen, 7u);
}

TEST(CoherentLink, LoadOfALineHomedInItsReaderLooksInTheDirectoryFirst) {
  Bench bench(kHost);
  bench.store(bench.nic0, bench.wb, 7);
  EXPECT_EQ(bench.load(bench.cpu0, bench.wb),
            bench.transfer() + bench.params.directory + bench.hit());
}

TEST(CoherentLink, LoadOfALineThatANeighbourHoldsDoesNotCross) {
  Bench bench(kNic);
  bench.store(bench.cpu1, bench.wb, 7);
  EXPECT_EQ(bench.load(bench.cpu0, bench.wb), kWithinHost + bench.hit());
}

TEST(CoherentLink, DeviceWithoutARecordAsksTheHostBeforeItUsesItsOwnMemory) {
  Bench knows;
  EXPECT_EQ(knows.load(knows.nic0, knows.wb), 115ns + knows.hit());
  Bench asks(kNic, cxl_2());
  EXPECT_EQ(asks.load(asks.nic0, asks.wb), asks.away() + 14ns + asks.hit())
      << "longer than the memory, which is read meanwhile";
}

// Stores

TEST(CoherentLink, StoreToALineHeldAcrossIsSeenAfterATransferAndDoesNotHoldUpTheCore) {
  Bench bench;
  bench.store(bench.nic0, bench.wb, 1);
  EXPECT_EQ(bench.time(bench.cpu0, [&] { bench.cpu0.store(bench.wb, 0, std::uint64_t{2}); }),
            bench.core_params.clock.time_for(bench.core_params.store_issue));
  EXPECT_EQ(bench.region.line(0).owner(), 0);
  EXPECT_EQ(bench.store(bench.nic0, bench.wb, 3), bench.transfer() + bench.params.directory);
}

TEST(CoherentLink, UpgradeOfASharedCopyWaitsForTheOtherSideToDropIts) {
  Bench bench;
  bench.store(bench.nic0, bench.wb, 1);
  bench.load(bench.cpu0, bench.wb);  // both have clean copies
  EXPECT_EQ(bench.store(bench.cpu0, bench.wb, 2), bench.transfer());
  EXPECT_FALSE(bench.region.line(0).held_by(2));
}

TEST(CoherentLink, UpgradeOfTheOnlyCopyAsksTheHomeAcrossTheLink) {
  Bench bench;
  bench.load(bench.cpu0, bench.wb);
  EXPECT_EQ(bench.store(bench.cpu0, bench.wb, 2), bench.away() + 35ns);
}

TEST(CoherentLink, CopyFromANeighbourDoesNotSpareAWriterTheHome) {
  Bench bench;
  bench.load(bench.cpu1, bench.wb);
  EXPECT_EQ(bench.store(bench.cpu0, bench.wb, 2), bench.away() + 35ns);
  EXPECT_FALSE(bench.region.line(0).held_by(1));
}

// Prefetches

TEST(CoherentLink, LinePrefetchedEarlyEnoughIsAHit) {
  Bench bench;
  bench.store(bench.nic0, bench.wb, 7);
  EXPECT_EQ(bench.time(bench.cpu0,
                       [&] {
                         bench.cpu0.prefetch(bench.wb, 0);
                         bench.cpu0.spend(bench.transfer());
                         bench.cpu0.load<std::uint64_t>(bench.wb, 0);
                       }),
            bench.core_params.prefetch_issue + bench.transfer() + bench.hit());
}

TEST(CoherentLink, LinePrefetchedLateIsWaitedForNoLongerThanItTakes) {
  Bench bench;
  bench.store(bench.nic0, bench.wb, 7);
  EXPECT_EQ(bench.time(bench.cpu0,
                       [&] {
                         bench.cpu0.prefetch(bench.wb, 0);
                         bench.cpu0.spend(40ns);
                         bench.cpu0.load<std::uint64_t>(bench.wb, 0);
                       }),
            bench.core_params.prefetch_issue + bench.transfer() + bench.hit());
}

TEST(CoherentLink, WriterTakesAPrefetchedCopyBackAndTheLoadSeesWhatItWrote) {
  Bench bench;
  bench.store(bench.nic0, bench.wb, 7);
  bench.time(bench.cpu0, [&] { bench.cpu0.prefetch(bench.wb, 0); });
  EXPECT_EQ(bench.store(bench.nic0, bench.wb, 8), bench.transfer() + bench.params.directory)
      << "the copy has to go first";
  std::uint64_t seen = 0;
  EXPECT_EQ(bench.load(bench.cpu0, bench.wb, &seen), bench.transfer() + bench.hit());
  EXPECT_EQ(seen, 8u);
  EXPECT_EQ(bench.checker.count(), 0);
}

// Write-through: cached for loads, and true without a flush

TEST(CoherentLink, WriteThroughCopyIsNeverOld) {
  Bench bench;
  bench.store(bench.nic0, bench.wb, 7);
  bench.load(bench.cpu0, bench.wt);
  EXPECT_EQ(bench.load(bench.cpu0, bench.wt), bench.hit());
  bench.store(bench.nic0, bench.wb, 8);
  std::uint64_t seen = 0;
  EXPECT_EQ(bench.load(bench.cpu0, bench.wt, &seen), bench.transfer() + bench.hit());
  EXPECT_EQ(seen, 8u);
  EXPECT_EQ(bench.checker.count(), 0);
}

TEST(CoherentLink, WriteThroughStoreCrossesOnceKeepsItsOwnCopyAndTakesTheOthers) {
  Bench bench;
  bench.load(bench.cpu0, bench.wt);
  EXPECT_EQ(bench.store(bench.cpu0, bench.wt, 5), bench.away() / 2);
  EXPECT_EQ(bench.load(bench.cpu0, bench.wt), bench.hit());
  bench.load(bench.cpu1, bench.wt);
  EXPECT_EQ(bench.store(bench.cpu0, bench.wt, 6), bench.away() / 2 + bench.away())
      << "the home has to take the copy of the other host core back";
  EXPECT_TRUE(bench.region.line(0).held_by(0));
  EXPECT_FALSE(bench.region.line(0).held_by(1));
}

TEST(CoherentLink, LoadAfterAWriteThroughStoreSeesIt) {
  Bench bench;
  std::uint64_t seen = 0;
  bench.time(bench.cpu0, [&] {
    bench.cpu0.load<std::uint64_t>(bench.wt, 0);
    bench.cpu0.store(bench.wt, 0, std::uint64_t{9});
    seen = bench.cpu0.load<std::uint64_t>(bench.wt, 0);
  });
  EXPECT_EQ(seen, 9u);
}

// Uncached and write-combining

TEST(CoherentLink, UncachedLoadIsARoundTripPerWord) {
  Bench bench;
  std::array<std::uint64_t, 3> words{};
  const CoherentLinkParams& p = bench.params;
  const Duration one = 2 * p.crossing + p.bandwidth.time_for(p.request) +
                       p.bandwidth.time_for(p.line_header + sim::Bytes{8}) + 115ns;
  EXPECT_EQ(
      bench.time(bench.cpu0,
                 [&] { bench.cpu0.load(bench.uc, 0, std::as_writable_bytes(std::span(words))); }),
      3 * one);
}

TEST(CoherentLink, UncachedStoreOccupiesTheCoreAndArrivesOneCrossingLater) {
  Bench bench;
  bench.load(bench.nic0, bench.wb);
  EXPECT_EQ(bench.time(bench.cpu0, [&] { bench.cpu0.store(bench.uc, 0, std::uint64_t{1}); }),
            bench.core_params.mmio_store);
  EXPECT_FALSE(bench.region.line(0).held_by(2)) << "the agent's cached copy goes";
  EXPECT_EQ(bench.store(bench.cpu0, bench.uc, 2), bench.away() / 2);
}

/// As across PCIe: the flag does not overtake what it is about.
TEST(CoherentLink, UncachedAccessEmptiesTheCombiningBuffers) {
  for (const bool load : {false, true}) {
    Bench bench;
    bench.time(bench.cpu0, [&] {
      bench.cpu0.store(bench.wc, 8, std::uint64_t{7});
      if (load)
        bench.cpu0.load<std::uint64_t>(bench.uc, 128);
      else
        bench.cpu0.store(bench.uc, 128, std::uint64_t{1});
      bench.cpu0.sleep_until(bench.cpu0.now() + 1us);
    });
    std::uint64_t payload = 0;
    bench.region.read(8, std::as_writable_bytes(std::span(&payload, 1)));
    EXPECT_EQ(payload, 7u);
  }
}

TEST(CoherentLink, UncachedLoadWaitsForTheStoresBeforeIt) {
  Bench bench;
  std::uint64_t seen = 0;
  bench.time(bench.cpu0, [&] {
    bench.cpu0.store(bench.uc, 0, std::uint64_t{42});
    seen = bench.cpu0.load<std::uint64_t>(bench.uc, 0);
  });
  EXPECT_EQ(seen, 42u);
}

TEST(CoherentLink, UncachedLoadAtHomeFetchesWhatTheOtherSideHasWritten) {
  Bench bench;
  bench.store(bench.cpu0, bench.wb, 7);
  std::uint64_t seen = 0;
  EXPECT_EQ(bench.load(bench.nic0, bench.uc, &seen),
            bench.core_params.uncached_load + bench.away());
  EXPECT_EQ(seen, 7u);
  EXPECT_EQ(bench.load(bench.nic0, bench.uc), bench.core_params.uncached_load);
}

TEST(CoherentLink, UncachedStoreAtHomeTakesTheOtherSidesCopy) {
  Bench bench;
  bench.load(bench.cpu0, bench.wb);
  EXPECT_EQ(bench.store(bench.nic0, bench.uc, 7), bench.away());
  std::uint64_t seen = 0;
  EXPECT_EQ(bench.load(bench.cpu0, bench.wb, &seen), bench.away() + 115ns + bench.hit());
  EXPECT_EQ(seen, 7u);
}

TEST(CoherentLink, FenceAfterCombinedStoresWaitsUntilEverySideSeesThem) {
  Bench bench;
  constexpr std::array<std::uint64_t, 8> kLine{1, 1, 1, 1, 1, 1, 1, 1};
  const Duration issue = 8 * bench.core_params.wc_store_issue;
  EXPECT_EQ(bench.time(bench.cpu0,
                       [&] {
                         bench.cpu0.store(bench.wc, 0, kLine);
                         bench.cpu0.store_fence();
                       }),
            issue + bench.away());
  std::uint64_t seen = 0;
  EXPECT_EQ(bench.load(bench.nic0, bench.wb, &seen), 35ns + bench.hit())
      << "the line is in the home's last-level cache";
  EXPECT_EQ(seen, 1u);
}

TEST(CoherentLink, CombinedStoresHoldTheWireForTheirBytes) {
  Bench bench;
  constexpr std::array<std::uint64_t, 8> kLine{};
  bench.time(bench.cpu0, [&] {
    for (int i = 0; i < 50; ++i) bench.cpu0.store(bench.wc, i * memory::kCacheLine, kLine);
  });
  const CoherentLinkParams& p = bench.params;
  const Duration wire = p.bandwidth.time_for(p.line_header + sim::Bytes{memory::kCacheLine});
  const Duration issue = 8 * bench.core_params.wc_store_issue;  // longer than a line's time
  EXPECT_EQ(bench.sim.now(), Time{50 * issue + wire + p.crossing});

  CoherentLinkParams narrow = p;
  narrow.bandwidth = sim::Bandwidth::gigabytes_per_second(1);
  Bench slow(kNic, narrow);
  slow.time(slow.cpu0, [&] {
    for (int i = 0; i < 50; ++i) slow.cpu0.store(slow.wc, i * memory::kCacheLine, kLine);
  });
  EXPECT_EQ(slow.sim.now(), Time{issue + 50 * 80ns + narrow.crossing});
}

TEST(CoherentLink, FenceWaitsForLinesThatQueueForTheWire) {
  CoherentLinkParams narrow = with_snoop_filter();
  narrow.bandwidth = sim::Bandwidth::gigabytes_per_second(1);
  constexpr std::array<std::uint64_t, 8> kLine{1, 1, 1, 1, 1, 1, 1, 1};
  for (const Duration busy : {0ns, 600ns}) {  // which is longer than the last line's own way
    Bench bench(kNic, narrow);
    std::uint64_t seen = 0;
    const Duration took = bench.time(bench.cpu0, [&] {
      for (int i = 0; i < 20; ++i) bench.cpu0.store(bench.wc, i * memory::kCacheLine, kLine);
      bench.cpu0.spend(busy);
      bench.cpu0.store_fence();
      bench.cpu0.sync();
      bench.region.read(19 * memory::kCacheLine, std::as_writable_bytes(std::span(&seen, 1)));
    });
    const Duration issue = 8 * bench.core_params.wc_store_issue;
    EXPECT_EQ(took, issue + 20 * 80ns + 2 * narrow.crossing + 16ns) << busy.count();
    EXPECT_EQ(seen, 1u);
  }
}

/// It asks for the wire before others that send earlier.
TEST(CoherentLink, PacketOfACoreThatIsAheadKeepsNobodyWaiting) {
  Bench bench;
  bench.cpu0.start([&] {
    bench.cpu0.spend(2us);
    bench.cpu0.store(bench.uc, memory::kCacheLine, std::uint64_t{1});
  });
  Bench alone;
  EXPECT_EQ(bench.load(bench.cpu1, bench.uc), alone.load(alone.cpu1, alone.uc));
}

// Whatever the interleaving

/// Each word has one writer, whose values rise, and everybody reads. Nobody ever reads a value
/// older than one that it has read, or that had been visible when the load began; at the end
/// everybody reads the last one.
class Traffic {
 public:
  explicit Traffic(std::uint64_t seed) : seed_(seed) {}

  void run() {
    int number = 0;
    for (Core* core : {&bench_.cpu0, &bench_.cpu1, &bench_.nic0}) {
      core->start([this, core, number] { work(*core, number); });
      ++number;
    }
    bench_.sim.run();
    for (Core* core : {&bench_.cpu0, &bench_.nic0})
      bench_.time(*core, [&] {
        for (int w = 0; w < 3; ++w)
          EXPECT_EQ(core->load<std::uint64_t>(bench_.wb, place(w)), written_[std::size_t(w)]);
      });
    EXPECT_EQ(bench_.checker.count(), 0) << "seed " << seed_;
  }
  std::int64_t loads() const { return loads_; }

 private:
  // Words 0 and 1 share a line.
  static std::int64_t place(int word) { return word == 2 ? 64 : word * 8; }

  Mapping& mapping(Core& core, std::uint64_t draw) {
    const std::array<Mapping*, 3> host{&bench_.wb, &bench_.wt, &bench_.uc};
    const std::array<Mapping*, 2> nic{&bench_.wb, &bench_.uc};
    return core.index() == 2 ? *nic[draw % 2] : *host[draw % 3];
  }

  void work(Core& core, int own) {
    sim::Stream random(seed_, core.name());
    std::array<std::uint64_t, 3> seen{};
    for (int i = 0; i < 60; ++i) {
      core.spend(Duration{static_cast<std::int64_t>(random() % 400'000)});
      Mapping& through = mapping(core, random());
      if (random() % 3 == 0) {
        core.store(through, place(own), ++written_[std::size_t(own)]);
        continue;
      }
      const int word = static_cast<int>(random() % 3);
      core.sync();
      std::uint64_t before = 0;
      bench_.region.read(place(word), std::as_writable_bytes(std::span(&before, 1)));
      const auto value = core.load<std::uint64_t>(through, place(word));
      EXPECT_GE(value, std::max(before, seen[std::size_t(word)])) << "seed " << seed_;
      seen[std::size_t(word)] = value;
      ++loads_;
    }
    core.store_fence();
    core.sync();
  }

  const std::uint64_t seed_;
  Bench bench_;
  std::array<std::uint64_t, 3> written_{};
  std::int64_t loads_ = 0;
};

TEST(CoherentLink, NobodyEverReadsAnOlderValueThanBefore) {
  std::int64_t loads = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    Traffic traffic(seed);
    traffic.run();
    loads += traffic.loads();
  }
  EXPECT_GT(loads, 5000);
}

}  // namespace
}  // namespace interconnect
