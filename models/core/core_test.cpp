// SPDX-License-Identifier: Apache-2.0
#include "models/core/core.h"

#include <algorithm>
#include <array>
#include <gtest/gtest.h>
#include <numeric>

#include "models/core/time_on.h"
#include "models/memory/fixed_path.h"

namespace core {
namespace {

using namespace std::chrono_literals;
using memory::Mapping;
using memory::MemoryType;
using sim::Duration;
using sim::Time;

using Line = std::array<std::uint64_t, 8>;
constexpr Line kOnes{1, 1, 1, 1, 1, 1, 1, 1};

/// Two host cores that reach a NIC's memory over a path of 300 ns each way, and one NIC core.
struct CoreBench {
  sim::Simulation sim;
  memory::DomainParams host_params{.last_level = 14ns, .dram = 105ns};
  memory::DomainParams nic_params{.last_level = 35ns, .dram = 115ns};
  memory::Domain host{"host", host_params, 2, {0ns, 107ns, 107ns, 0ns}};
  memory::Domain nic{"nic", nic_params, 2, {0ns, 47ns, 47ns, 0ns}};
  memory::Region nic_memory{sim, "nic memory", nic, sim::Bytes{4096}};
  memory::Region host_memory{sim, "host memory", host, sim::Bytes{4096}};
  memory::FixedPath path{sim, 300ns, 300ns};
  memory::Checker checker;
  CoreParams params;
  Core host_core{sim, "cpu0", host, 0, params};
  Core other_core{sim, "cpu1", host, 1, params};
  Core nic_core{sim, "nic0", nic, 0, params};

  /// How long `program` takes on `core`, from a standing start.
  Duration time(Core& on, const std::function<void()>& program) {
    return time_on(on, program, [&] {
      sim.run();
      sim.run_until(std::max(sim.now(), on.stores_visible()));
    });
  }
  Duration hit(int words = 1) const { return words * params.clock.time_for(params.l1_hit); }
};

TEST(Core, ScalesComputingByClockAndInstructionsPerClock) {
  CoreBench bench;
  CoreParams slow = bench.params;
  slow.clock = sim::Frequency::gigahertz(1.75);
  slow.relative_ipc = 0.5;
  Core half(bench.sim, "half", bench.nic, 1, slow);
  EXPECT_EQ(bench.time(bench.host_core, [&] { bench.host_core.compute(100ns); }), 100ns);
  EXPECT_EQ(bench.time(half, [&] { half.compute(100ns); }), 400ns);
}

TEST(Uncached, LoadOfFiveWordsAcrossTheLinkIsFiveRoundTrips) {
  CoreBench bench;
  Mapping uc(bench.nic_memory, MemoryType::kUncached, bench.path);
  std::array<std::uint64_t, 5> words{};
  const Duration took = bench.time(bench.host_core, [&] {
    bench.host_core.load(uc, 0, std::as_writable_bytes(std::span(words)));
  });
  EXPECT_EQ(took, 5 * (600ns + bench.nic_params.dram));
}

TEST(Uncached, LoadSeesWhatMemoryHoldsWhenItArrivesThere) {
  CoreBench bench;
  Mapping uc(bench.nic_memory, MemoryType::kUncached, bench.path);
  std::uint64_t seen = 0;
  bench.sim.at(Time{299ns},
               [&] { bench.nic_memory.write(0, std::as_bytes(std::span(kOnes)), "device"); });
  bench.time(bench.host_core, [&] { seen = bench.host_core.load<std::uint64_t>(uc, 0); });
  EXPECT_EQ(seen, 1u);
}

TEST(Uncached, StoreCostsTheCoreItsIssueAndArrivesLater) {
  CoreBench bench;
  Mapping uc(bench.nic_memory, MemoryType::kUncached, bench.path);
  EXPECT_EQ(bench.time(bench.host_core, [&] { bench.host_core.store(uc, 0, kOnes); }), 8 * 50ns);
  EXPECT_EQ(bench.sim.now(), Time{7 * 50ns + 300ns});
}

TEST(Uncached, StoreAcrossTheLinkLeavesNoSoonerThanOlderStoresAreSeen) {
  for (const MemoryType type : {MemoryType::kUncached, MemoryType::kWriteThrough}) {
    CoreBench bench;
    bench.nic_memory.attach(&bench.checker);
    Mapping wb(bench.host_memory, MemoryType::kWriteBack);
    Mapping across(bench.nic_memory, type, bench.path);
    std::uint64_t seen = 0;
    Duration stored{};
    bench.time(bench.host_core, [&] {
      bench.host_core.store(wb, 0, std::uint64_t{1});
      bench.host_core.store(across, 0, std::uint64_t{2});
      stored = bench.host_core.now() - Time{};
      seen = bench.host_core.load<std::uint64_t>(across, 0);
    });
    EXPECT_EQ(stored,
              bench.params.clock.time_for(bench.params.store_issue) + bench.params.mmio_store);
    EXPECT_EQ(bench.nic_memory.last_write(0).at, Time{bench.host_params.dram + 300ns});
    EXPECT_EQ(seen, 2u) << "a load does not pass it";
  }
}

TEST(WriteCombining, FullLineLeavesAsOneWriteWithoutAFence) {
  CoreBench bench;
  Mapping wc(bench.nic_memory, MemoryType::kWriteCombining, bench.path);
  const Duration issue = 8 * bench.params.wc_store_issue;
  EXPECT_EQ(bench.time(bench.host_core, [&] { bench.host_core.store(wc, 0, kOnes); }), issue);
  std::uint64_t first = 0;
  bench.nic_memory.read(56, std::as_writable_bytes(std::span(&first, 1)));
  EXPECT_EQ(first, 1u);
  EXPECT_EQ(bench.sim.now(), Time{300ns + issue});
}

TEST(WriteCombining, FenceWaitsUntilTheFabricHasTheLine) {
  CoreBench bench;
  Mapping wc(bench.nic_memory, MemoryType::kWriteCombining, bench.path);
  const Duration took = bench.time(bench.host_core, [&] {
    bench.host_core.store(wc, 0, kOnes);
    bench.host_core.store_fence();
  });
  EXPECT_EQ(took, 8 * bench.params.wc_store_issue + bench.params.wc_flush);
  EXPECT_EQ(bench.time(bench.host_core, [&] { bench.host_core.store_fence(); }), 0ns);
}

TEST(WriteCombining, PartOfALineStaysUntilTheFence) {
  CoreBench bench;
  Mapping wc(bench.nic_memory, MemoryType::kWriteCombining, bench.path);
  std::uint64_t before = 9;
  const Duration took = bench.time(bench.host_core, [&] {
    bench.host_core.store(wc, 8, std::uint64_t{7});
    bench.host_core.sleep_until(Time{5us});
    bench.nic_memory.read(8, std::as_writable_bytes(std::span(&before, 1)));
    bench.host_core.store_fence();
  });
  EXPECT_EQ(before, 0u);
  EXPECT_EQ(took, 5us + bench.params.wc_flush);
  bench.nic_memory.read(8, std::as_writable_bytes(std::span(&before, 1)));
  EXPECT_EQ(before, 7u);
}

TEST(WriteCombining, UncachedAccessFlushesTheBuffersFirst) {
  CoreBench bench;
  Mapping wc(bench.nic_memory, MemoryType::kWriteCombining, bench.path);
  Mapping uc(bench.nic_memory, MemoryType::kUncached, bench.path);
  std::uint64_t seen = 0;
  bench.time(bench.host_core, [&] {
    bench.host_core.store(wc, 8, std::uint64_t{7});
    seen = bench.host_core.load<std::uint64_t>(uc, 8);
  });
  EXPECT_EQ(seen, 7u);
}

TEST(WriteCombining, UncachedStoreFlushesTheBuffersFirst) {
  CoreBench bench;
  Mapping wc(bench.nic_memory, MemoryType::kWriteCombining, bench.path);
  Mapping uc(bench.nic_memory, MemoryType::kUncached, bench.path);
  bench.time(bench.host_core, [&] {
    bench.host_core.store(wc, 8, std::uint64_t{7});
    bench.host_core.store(uc, 128, std::uint64_t{1});
  });
  std::uint64_t combined = 0;
  bench.nic_memory.read(8, std::as_writable_bytes(std::span(&combined, 1)));
  EXPECT_EQ(combined, 7u);
}

TEST(WriteCombining, BufferThatIsFilledInPartsLeavesWithoutAFence) {
  CoreBench bench;
  bench.nic_memory.attach(&bench.checker);
  Mapping wc(bench.nic_memory, MemoryType::kWriteCombining, bench.path);
  const std::array<std::uint64_t, 4> half{3, 3, 3, 3};
  bench.time(bench.host_core, [&] {
    bench.host_core.store(wc, 32, half);
    bench.host_core.store(wc, 0, half);
  });
  Line line{};
  bench.nic_memory.read(0, std::as_writable_bytes(std::span(line)));
  EXPECT_EQ(line, (Line{3, 3, 3, 3, 3, 3, 3, 3}));
  bench.host_core.check_lost_writes();
  EXPECT_EQ(bench.checker.count(), 0);
}

TEST(WriteCombining, EvictsTheOldestBufferWhenAllAreOpen) {
  CoreBench bench;
  Mapping wc(bench.nic_memory, MemoryType::kWriteCombining, bench.path);
  std::uint64_t first = 0, last = 0;
  bench.time(bench.host_core, [&] {
    for (int i = 0; i <= bench.params.wc_buffers; ++i)
      bench.host_core.store(wc, std::int64_t{64} * i, std::uint64_t{5});
  });
  bench.nic_memory.read(0, std::as_writable_bytes(std::span(&first, 1)));
  bench.nic_memory.read(std::int64_t{bench.params.wc_buffers} * 64,
                        std::as_writable_bytes(std::span(&last, 1)));
  EXPECT_EQ(first, 5u);
  EXPECT_EQ(last, 0u);
}

TEST(WriteCombining, ForgottenFenceIsReportedAsALostWrite) {
  CoreBench bench;
  bench.nic_memory.attach(&bench.checker);
  Mapping wc(bench.nic_memory, MemoryType::kWriteCombining, bench.path);
  bench.time(bench.host_core, [&] { bench.host_core.store(wc, 64, std::uint64_t{5}); });
  bench.host_core.check_lost_writes();
  ASSERT_EQ(bench.checker.count(), 1);
  EXPECT_EQ(to_string(bench.checker.findings()[0]),
            "lost write: line 64 of nic memory, written by cpu0 at 0.000 ns, was still in its "
            "write-combining buffer at 0.780 ns; missing: a store fence");
}

TEST(WriteThrough, OneFillThenHits) {
  CoreBench bench;
  Mapping wt(bench.nic_memory, MemoryType::kWriteThrough, bench.path);
  Line line{};
  const auto whole = std::as_writable_bytes(std::span(line));
  const Duration took = bench.time(bench.host_core, [&] { bench.host_core.load(wt, 0, whole); });
  EXPECT_EQ(took, 600ns + bench.nic_params.dram + bench.hit(8));
  EXPECT_EQ(bench.time(bench.host_core, [&] { bench.host_core.load(wt, 0, whole); }), bench.hit(8));
}

/// The last word of one line and the first of the next.
TEST(WriteThrough, LoadAcrossTheEndOfALineFillsBoth) {
  CoreBench bench;
  Mapping wt(bench.nic_memory, MemoryType::kWriteThrough, bench.path);
  const std::array<std::uint64_t, 2> there{7, 9};
  bench.nic_memory.write_by_device(120, std::as_bytes(std::span(there)), "test", true,
                                   memory::Lands::kInMemory);
  std::array<std::uint64_t, 2> words{};
  const auto load = [&](std::int64_t offset, std::size_t count) {
    return bench.time(bench.host_core, [&] {
      bench.host_core.load(wt, offset, std::as_writable_bytes(std::span(words).first(count)));
    });
  };
  const Duration fill = load(512, 1);
  EXPECT_GT(fill, 600ns);
  EXPECT_EQ(load(120, 2), 2 * fill);
  EXPECT_EQ(words, there);
  EXPECT_EQ(load(120, 2), bench.hit(2));
}

TEST(WriteCombining, StoreAcrossTheEndOfALineOpensTwoBuffers) {
  CoreBench bench;
  Mapping wc(bench.nic_memory, MemoryType::kWriteCombining, bench.path);
  const std::array<std::uint64_t, 2> words{7, 9};
  bench.time(bench.host_core, [&] {
    bench.host_core.store(wc, 120, std::as_bytes(std::span(words)));
    bench.host_core.store_fence();
  });
  std::array<std::uint64_t, 4> found{};
  bench.nic_memory.read(112, std::as_writable_bytes(std::span(found)));
  EXPECT_EQ(found, (std::array<std::uint64_t, 4>{0, 7, 9, 0}));
}

TEST(Core, ParksForNoTimeUntilWhatIsOver) {
  CoreBench bench;
  EXPECT_EQ(bench.time(bench.host_core,
                       [&] {
                         bench.host_core.compute(10ns);
                         EXPECT_FALSE(bench.host_core.park_until(Time{10ns}));
                         EXPECT_FALSE(bench.host_core.park_until(Time{4ns}));
                       }),
            10ns);
}

TEST(WriteThrough, PrefetchHidesTheFillWhenEarlyEnough) {
  CoreBench bench;
  Mapping wt(bench.nic_memory, MemoryType::kWriteThrough, bench.path);
  const Duration took = bench.time(bench.host_core, [&] {
    bench.host_core.prefetch(wt, 0);
    bench.host_core.compute(1us);
    bench.host_core.load<std::uint64_t>(wt, 0);
  });
  EXPECT_EQ(took, bench.params.prefetch_issue + 1us + bench.hit());
}

TEST(WriteThrough, PrefetchOnUncachedOrCombiningDoesNothing) {
  for (const MemoryType type : {MemoryType::kUncached, MemoryType::kWriteCombining}) {
    CoreBench bench;
    Mapping mapping(bench.nic_memory, type, bench.path);
    const Duration took = bench.time(bench.host_core, [&] {
      bench.host_core.prefetch(mapping, 0);
      bench.host_core.compute(1us);
      bench.host_core.load<std::uint64_t>(mapping, 0);
    });
    EXPECT_EQ(took, bench.params.prefetch_issue + 1us + 600ns + bench.nic_params.dram);
  }
}

TEST(WriteThrough, HitIsStaleUntilFlushedAndTheCheckerSaysWhoWroteWhen) {
  CoreBench bench;
  bench.nic_memory.attach(&bench.checker);
  Mapping wt(bench.nic_memory, MemoryType::kWriteThrough, bench.path);
  Mapping nic_view(bench.nic_memory, MemoryType::kWriteBack);
  std::uint64_t stale = 9, fresh = 9;
  bench.time(bench.host_core, [&] { bench.host_core.load<std::uint64_t>(wt, 0); });
  bench.time(bench.nic_core, [&] { bench.nic_core.store(nic_view, 0, std::uint64_t{4}); });
  bench.time(bench.host_core, [&] { stale = bench.host_core.load<std::uint64_t>(wt, 0); });
  bench.time(bench.host_core, [&] {
    bench.host_core.flush(wt, 0);
    bench.host_core.full_fence();
    fresh = bench.host_core.load<std::uint64_t>(wt, 0);
  });
  EXPECT_EQ(stale, 0u);
  EXPECT_EQ(fresh, 4u);
  ASSERT_EQ(bench.checker.count(), 1);
  const memory::Finding& finding = bench.checker.findings()[0];
  EXPECT_EQ(finding.kind, memory::Finding::Kind::kStaleRead);
  EXPECT_EQ(finding.writer, "nic0");
  EXPECT_EQ(finding.reader, "cpu0");
  EXPECT_EQ(finding.missing, "a cache-line flush before this load");
}

TEST(WriteThrough, StoreGoesThroughAndUpdatesTheCachedLine) {
  CoreBench bench;
  Mapping wt(bench.nic_memory, MemoryType::kWriteThrough, bench.path);
  std::uint64_t seen = 0;
  bench.time(bench.host_core, [&] {
    bench.host_core.load<std::uint64_t>(wt, 0);
    bench.host_core.store(wt, 0, std::uint64_t{3});
    seen = bench.host_core.load<std::uint64_t>(wt, 0);
  });
  EXPECT_EQ(seen, 3u);
  bench.nic_memory.read(0, std::as_writable_bytes(std::span(&seen, 1)));
  EXPECT_EQ(seen, 3u);
}

TEST(WriteThrough, LoadAfterAStoreToALineOnItsWaySeesTheStore) {
  CoreBench bench;
  Mapping wt(bench.nic_memory, MemoryType::kWriteThrough, bench.path);
  std::array<std::uint64_t, 2> seen{};
  bench.time(bench.host_core, [&] {
    bench.host_core.prefetch(wt, 0);
    bench.host_core.store(wt, 0, std::uint64_t{7});
    for (std::uint64_t& each : seen) each = bench.host_core.load<std::uint64_t>(wt, 0);
  });
  EXPECT_EQ(seen, (std::array<std::uint64_t, 2>{7, 7}));
}

TEST(WriteThrough, StoreToACopyDoesNotMakeItStale) {
  CoreBench bench;
  bench.nic_memory.attach(&bench.checker);
  Mapping wt(bench.nic_memory, MemoryType::kWriteThrough, bench.path);
  bench.time(bench.host_core, [&] {
    bench.host_core.load<std::uint64_t>(wt, 0);
    bench.host_core.store(wt, 0, kOnes);
    bench.host_core.load<std::uint64_t>(wt, 0);  // the store is still on its way
    bench.host_core.sleep_until(Time{5us});
    bench.host_core.load<std::uint64_t>(wt, 0);
  });
  EXPECT_EQ(bench.checker.count(), 0);
  bench.nic_memory.write(0, std::as_bytes(std::span(kOnes)), "device");
  bench.time(bench.host_core, [&] { bench.host_core.load<std::uint64_t>(wt, 0); });
  EXPECT_EQ(bench.checker.count(), 1);
}

/// A store that waits behind an older one leaves after a fill that another core asks for meanwhile.
TEST(WriteThrough, StoreIsNotLostToAFillThatOvertakesIt) {
  CoreBench bench;
  Mapping wt(bench.nic_memory, MemoryType::kWriteThrough, bench.path);
  Mapping wb(bench.host_memory, MemoryType::kWriteBack);
  std::array<std::uint64_t, 2> seen{};
  bench.other_core.start([&] {
    bench.other_core.sleep_until(Time{20ns});
    bench.other_core.prefetch(wt, 0);
  });
  bench.time(bench.host_core, [&] {
    bench.host_core.store(wb, 0, std::uint64_t{1});  // a miss
    bench.host_core.store(wt, 0, std::uint64_t{7});
    bench.host_core.sync();
    seen[0] = bench.host_core.load<std::uint64_t>(wt, 0);
    bench.host_core.sleep_until(Time{10us});
    seen[1] = bench.host_core.load<std::uint64_t>(wt, 0);
  });
  EXPECT_EQ(seen, (std::array<std::uint64_t, 2>{7, 7}));
}

/// By the core's own clock the first fill was over long ago.
TEST(WriteThrough, LineCanBeFlushedAndPrefetchedAnewByACoreThatIsAhead) {
  CoreBench bench;
  Mapping wt(bench.nic_memory, MemoryType::kWriteThrough, bench.path);
  Duration load{};
  bench.time(bench.host_core, [&] {
    bench.host_core.prefetch(wt, 0);
    bench.host_core.compute(1us);
    bench.host_core.flush(wt, 0);
    bench.host_core.prefetch(wt, 0);
    bench.host_core.compute(1us);
    const Time before = bench.host_core.now();
    bench.host_core.load<std::uint64_t>(wt, 0);
    load = bench.host_core.now() - before;
  });
  EXPECT_EQ(load, bench.hit());
}

TEST(WriteThrough, CoresThatMissOnTheSameLineAllGoOnWhenItIsFilled) {
  CoreBench bench;
  Mapping wt(bench.nic_memory, MemoryType::kWriteThrough, bench.path);
  std::array<Time, 2> done{};
  bench.host_core.start([&] {
    bench.host_core.load<std::uint64_t>(wt, 0);
    done[0] = bench.host_core.now();
    bench.host_core.flush(wt, 0);  // which the other one need not wait for
  });
  bench.other_core.start([&] {
    bench.other_core.load<std::uint64_t>(wt, 8);
    done[1] = bench.other_core.now();
  });
  bench.sim.run();
  const Time filled = Time{} + 600ns + bench.nic_params.dram + bench.hit();
  EXPECT_EQ(done, (std::array{filled, filled}));
}

TEST(WriteThrough, FillThatAKilledProgramWaitedForWakesNobody) {
  CoreBench bench;
  Mapping wt(bench.nic_memory, MemoryType::kWriteThrough, bench.path);
  bench.host_core.start([&] { bench.host_core.load<std::uint64_t>(wt, 0); });
  bool unparked = true;
  bench.sim.at(Time{100ns}, [&] {
    bench.host_core.kill();
    bench.host_core.start([&] { unparked = bench.host_core.park_until(Time{10us}); });
  });
  bench.sim.run();
  EXPECT_FALSE(unparked);
}

TEST(WriteThrough, FlushDuringAFillDropsTheLineAfterwards) {
  CoreBench bench;
  Mapping wt(bench.nic_memory, MemoryType::kWriteThrough, bench.path);
  const Duration took = bench.time(bench.host_core, [&] {
    bench.host_core.prefetch(wt, 0);
    bench.host_core.flush(wt, 0);
    bench.host_core.compute(1us);
    bench.host_core.load<std::uint64_t>(wt, 0);
  });
  EXPECT_GT(took, 1us + 600ns);
}

TEST(WriteThrough, LineReadWhileAStoreArrivesInPartsIsTornIfMoreThanAWordOfItIsWanted) {
  using Staleness = Core::Staleness;
  for (const auto& [words, staleness, findings] : {std::tuple{2u, Staleness::kIsAnError, 1},
                                                   {2u, Staleness::kFollowsFlag, 0},
                                                   {1u, Staleness::kIsAnError, 0}}) {
    CoreBench bench;
    bench.nic_memory.attach(&bench.checker);
    Mapping wt(bench.nic_memory, MemoryType::kWriteThrough, bench.path);
    Mapping uc(bench.nic_memory, MemoryType::kUncached, bench.path);
    Line read{};
    bench.other_core.start([&] { bench.other_core.store(uc, 0, kOnes); });
    const auto wanted = std::as_writable_bytes(std::span(read).first(words));
    bench.time(bench.host_core, [&, how = staleness] {
      bench.host_core.spend(120ns);
      bench.host_core.load(wt, 16, wanted, how);
    });
    ASSERT_EQ(bench.checker.count(), findings) << words;
    for (const memory::Finding& finding : bench.checker.findings())
      EXPECT_EQ(finding.kind, memory::Finding::Kind::kTornRead);
  }
}

TEST(WriteBack, LineOfAnOlderPrefetchIsOnItsWayToo) {
  CoreBench bench;
  Mapping wb(bench.host_memory, MemoryType::kWriteBack);
  const Duration took = bench.time(bench.host_core, [&] {
    for (int l = 0; l < 3; ++l) bench.host_core.prefetch(wb, std::int64_t{64} * l);
    bench.host_core.load<std::uint64_t>(wb, 0);
  });
  EXPECT_EQ(took, bench.params.prefetch_issue + bench.host_params.dram + bench.hit());
}

TEST(WriteBack, FlushDropsEveryCopyAndWhatIsStoredComesFirst) {
  CoreBench bench;
  Mapping wb(bench.host_memory, MemoryType::kWriteBack);
  bench.time(bench.other_core, [&] { bench.other_core.load<std::uint64_t>(wb, 0); });
  const auto load = [&](std::uint64_t expected) {
    return bench.time(bench.host_core, [&, expected] {
      EXPECT_EQ(bench.host_core.load<std::uint64_t>(wb, 0), expected);
    });
  };
  EXPECT_EQ(load(0), bench.host_params.dram + bench.hit());  // nearer than the other core
  EXPECT_EQ(load(0), bench.hit());
  bench.time(bench.host_core, [&] { bench.host_core.flush(wb, 0); });
  EXPECT_EQ(load(0), bench.host_params.dram + bench.hit());
  bench.time(bench.host_core, [&] {
    bench.host_core.store(wb, 0, std::uint64_t{3});
    bench.host_core.flush(wb, 0);
  });
  EXPECT_EQ(load(3), bench.host_params.dram + bench.hit());
}

TEST(WriteBack, LoadAfterAnOwnUncachedStoreComesFromMemory) {
  CoreBench bench;
  Mapping wb(bench.host_memory, MemoryType::kWriteBack);
  Mapping uc(bench.host_memory, MemoryType::kUncached);
  bench.host_memory.write_by_device(0, std::as_bytes(std::span(kOnes)), "device");
  bench.time(bench.host_core, [&] { bench.host_core.store(uc, 0, std::uint64_t{3}); });
  const Duration took =
      bench.time(bench.host_core, [&] { bench.host_core.load<std::uint64_t>(wb, 0); });
  EXPECT_EQ(took, bench.host_params.dram + bench.hit());
}

TEST(Uncached, LoadOfOwnMemoryWaitsForTheOwnStoreToIt) {
  CoreBench bench;
  Mapping wb(bench.host_memory, MemoryType::kWriteBack);
  Mapping uc(bench.host_memory, MemoryType::kUncached);
  bench.time(bench.other_core, [&] { bench.other_core.store(wb, 0, std::uint64_t{1}); });
  std::uint64_t seen = 0;
  bench.time(bench.host_core, [&] {
    bench.host_core.store(wb, 0, std::uint64_t{2});  // the line is 107 ns away
    bench.host_core.store(uc, 128, std::uint64_t{5});
    seen = bench.host_core.load<std::uint64_t>(uc, 128);
  });
  EXPECT_EQ(seen, 5u);
}

/// The line that the first of two stores fetches is not fetched again, and one that a prefetch
/// brings is not here before.
TEST(WriteBack, StoreWaitsForItsLineAsLongAsThatIsOnItsWay) {
  CoreBench bench;
  Mapping wb(bench.host_memory, MemoryType::kWriteBack);
  bench.time(bench.other_core, [&] { bench.other_core.store(wb, 0, std::uint64_t{1}); });
  Time begin = bench.sim.now(), visible{};
  bench.time(bench.host_core, [&] {
    bench.host_core.store(wb, 0, std::uint64_t{2});
    bench.host_core.compute(50ns);
    bench.host_core.store(wb, 8, std::uint64_t{3});
    visible = bench.host_core.stores_visible();
  });
  EXPECT_EQ(visible, begin + 107ns);
  begin = bench.sim.now();
  bench.time(bench.host_core, [&] {
    bench.host_core.prefetch(wb, 256);
    bench.host_core.store(wb, 256, std::uint64_t{4});
    visible = bench.host_core.stores_visible();
  });
  EXPECT_EQ(visible, begin + bench.params.prefetch_issue + bench.host_params.dram);
}

TEST(WriteBack, IsRefusedOnPcieWithTheReason) {
  CoreBench bench;
  try {
    Mapping wb(bench.nic_memory, MemoryType::kWriteBack, bench.path);
    FAIL();
  } catch (const memory::BadMapping& error) {
    EXPECT_NE(std::string(error.what()).find("WB is not possible across PCIe"), std::string::npos);
  }
}

TEST(WriteBack, HitsInTheOwnCacheAndFetchesFromTheOther) {
  CoreBench bench;
  Mapping wb(bench.host_memory, MemoryType::kWriteBack);
  Core& a = bench.host_core;
  Core& b = bench.other_core;
  EXPECT_EQ(bench.time(a, [&] { a.load<std::uint64_t>(wb, 0); }), 105ns + bench.hit());
  EXPECT_EQ(bench.time(a, [&] { a.load<std::uint64_t>(wb, 0); }), bench.hit());
  EXPECT_EQ(bench.time(b, [&] { b.load<std::uint64_t>(wb, 0); }), 105ns + bench.hit());
  bench.time(a, [&] { a.store(wb, 0, std::uint64_t{1}); });
  EXPECT_EQ(bench.time(b, [&] { b.load<std::uint64_t>(wb, 0); }), 107ns + bench.hit());
}

TEST(WriteBack, StoreBecomesVisibleWhenTheLineHasArrivedAndInOrder) {
  CoreBench bench;
  Mapping wb(bench.host_memory, MemoryType::kWriteBack);
  Core& a = bench.host_core;
  Core& b = bench.other_core;
  bench.time(b, [&] { b.store(wb, 0, std::uint64_t{1}); });
  const Time begin = bench.sim.now();
  EXPECT_EQ(bench.time(a, [&] { a.store(wb, 0, std::uint64_t{2}); }),
            bench.params.clock.time_for(bench.params.store_issue));
  EXPECT_EQ(bench.sim.now(), begin + 107ns);
  EXPECT_EQ(bench.time(a,
                       [&] {
                         a.store(wb, 64, std::uint64_t{2});
                         a.store_fence();
                       }),
            105ns);
}

TEST(NicMemory, ArrivingWriteLeavesTheLineInTheSystemLevelCache) {
  CoreBench bench;
  Mapping wb(bench.nic_memory, MemoryType::kWriteBack);
  Mapping wc(bench.nic_memory, MemoryType::kWriteCombining, bench.path);
  Core& nic = bench.nic_core;
  EXPECT_EQ(bench.time(nic, [&] { nic.load<std::uint64_t>(wb, 0); }), 115ns + bench.hit());
  bench.time(bench.host_core, [&] { bench.host_core.store(wc, 0, kOnes); });
  EXPECT_EQ(bench.time(nic, [&] { nic.load<std::uint64_t>(wb, 0); }), 35ns + bench.hit());
  EXPECT_EQ(bench.time(nic, [&] { nic.load<std::uint64_t>(wb, 0); }), bench.hit());
}

TEST(NicMemory, MappedUncachedEveryWordGoesToMemory) {
  CoreBench bench;
  Mapping uc(bench.nic_memory, MemoryType::kUncached);
  Core& nic = bench.nic_core;
  Line line{};
  EXPECT_EQ(bench.time(nic, [&] { nic.load(uc, 0, std::as_writable_bytes(std::span(line))); }),
            8 * bench.params.uncached_load);
  EXPECT_EQ(bench.time(nic, [&] { nic.store(uc, 0, line); }), 8 * bench.params.uncached_store);
}

}  // namespace
}  // namespace core
