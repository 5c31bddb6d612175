// SPDX-License-Identifier: Apache-2.0
#include "models/memory/region.h"

#include <array>
#include <gtest/gtest.h>
#include <string>

#include "models/memory/fixed_path.h"
#include "models/memory/mapping.h"

namespace memory {
namespace {

struct RegionBench {
  sim::Simulation sim;
  Domain nic{"nic", {.last_level = 35ns, .dram = 115ns}, 1, {sim::Duration{0}}};
  Region region{sim, "queues", nic, sim::Bytes{1000}};
  FixedPath path{sim, 300ns, 300ns};

  void write(std::int64_t offset, std::size_t size, unsigned char value) {
    const std::vector<std::byte> data(size, std::byte{value});
    region.write(offset, data, "nic0");
  }
  int at(std::int64_t offset) {
    std::byte b{};
    region.read(offset, std::span(&b, 1));
    return std::to_integer<int>(b);
  }
};

TEST(Region, IsWholeLinesOfZeroes) {
  RegionBench bench;
  EXPECT_EQ(bench.region.size(), 1024);
  EXPECT_EQ(bench.at(0), 0);
  EXPECT_EQ(bench.at(1023), 0);
}

TEST(Region, ChangesTheBytesWrittenAndNoOthers) {
  RegionBench bench;
  bench.write(60, 8, 7);
  EXPECT_EQ(bench.at(59), 0);
  EXPECT_EQ(bench.at(60), 7);
  EXPECT_EQ(bench.at(67), 7);
  EXPECT_EQ(bench.at(68), 0);
}

TEST(RegionDeathTest, EndsWhereItEnds) {
  RegionBench bench;
  EXPECT_DEATH(bench.write(1020, 8, 1), "broken promise");
  EXPECT_DEATH(bench.at(1024), "broken promise");
  EXPECT_DEATH(bench.write(-8, 8, 1), "broken promise");
}

TEST(Region, TellsTheWatcherOfEachLineThatAWriteTouches) {
  struct Count : Watcher {
    int times = 0;
    void line_changed(std::int64_t) override { ++times; }
  };
  RegionBench bench;
  std::array<Count, 3> watchers;
  for (std::size_t i = 0; i < 3; ++i)
    bench.region.watch(static_cast<std::int64_t>(i) * 64, &watchers[i]);
  bench.write(60, 8, 1);
  EXPECT_EQ(watchers[0].times, 1);
  EXPECT_EQ(watchers[1].times, 1);
  EXPECT_EQ(watchers[2].times, 0);
  bench.region.watch(0, nullptr);
  bench.write(0, 8, 1);
  EXPECT_EQ(watchers[0].times, 1);
}

/// A core's stores of one byte, and who watches them.
struct StoreBench : RegionBench {
  struct Recorder : Watcher {
    explicit Recorder(sim::Simulation& simulation) : clock(simulation) {}
    void line_changed(std::int64_t) override { told.push_back(clock.now()); }
    sim::Simulation& clock;
    std::vector<sim::Time> told;
  };

  void store(sim::Duration when, std::int64_t offset, unsigned char value) {
    const std::array data{std::byte{value}};
    region.store_at(sim::Time{when}, {.core = 0, .offset = offset, .data = data, .who = &name});
  }
  const std::string name = "nic0";
};

TEST(Store, IsThereFromItsInstantOnWithoutAnEntryOfItsOwn) {
  StoreBench bench;
  bench.store(100ns, 64, 7);
  bench.sim.run_until(sim::Time{100ns} - sim::Duration{1});
  EXPECT_EQ(bench.at(64), 0);
  EXPECT_EQ(bench.region.line(64).owner(), kNoCore);
  bench.sim.run_until(sim::Time{100ns});
  EXPECT_EQ(bench.at(64), 7);
  EXPECT_EQ(bench.region.line(64).owner(), 0);
  EXPECT_EQ(bench.sim.events(), 0u);
}

TEST(Store, ThatALaterOneOvertakesComesAfterIt) {
  StoreBench bench;
  bench.store(200ns, 0, 1);
  bench.store(100ns, 0, 2);
  bench.sim.run_until(sim::Time{150ns});
  EXPECT_EQ(bench.at(0), 2);
  bench.sim.run_until(sim::Time{200ns});
  EXPECT_EQ(bench.at(0), 1);
}

TEST(Store, ToAWatchedLineIsToldAtItsInstant) {
  StoreBench bench;
  StoreBench::Recorder watcher(bench.sim);
  bench.region.watch(64, &watcher);
  bench.store(100ns, 64, 7);
  bench.store(100ns, 128, 7);
  bench.sim.run_until(sim::Time{500ns});
  EXPECT_EQ(watcher.told, std::vector{sim::Time{100ns}});
}

TEST(Store, UnderWayWhenItsLineComesToBeWatchedIsToldToo) {
  StoreBench bench;
  StoreBench::Recorder watcher(bench.sim);
  bench.store(100ns, 64, 7);
  bench.store(300ns, 64, 8);
  bench.sim.run_until(sim::Time{200ns});
  bench.region.watch(64, &watcher);
  bench.sim.run_until(sim::Time{500ns});
  EXPECT_EQ(watcher.told, std::vector{sim::Time{300ns}}) << "the first had come before the watcher";
}

TEST(Store, IsPendingForItsCoreAndLineUntilItComes) {
  StoreBench bench;
  bench.store(100ns, 64, 7);
  EXPECT_TRUE(bench.region.store_pending(0, 127));
  EXPECT_FALSE(bench.region.store_pending(0, 128));
  EXPECT_FALSE(bench.region.store_pending(1, 64));
  bench.sim.run_until(sim::Time{100ns});
  EXPECT_FALSE(bench.region.store_pending(0, 64));
}

TEST(Store, OvertakenByADevicesWriteStillComesAtItsInstant) {
  StoreBench bench;
  bench.store(100ns, 0, 1);
  bench.sim.run_until(sim::Time{50ns});
  bench.region.write_by_device(0, std::array{std::byte{2}}, "device");
  EXPECT_EQ(bench.at(0), 2);
  bench.sim.run_until(sim::Time{150ns});
  bench.region.write_by_device(1, std::array{std::byte{3}}, "device");
  EXPECT_EQ(bench.at(0), 1) << "it was there before the device wrote again";
  EXPECT_EQ(bench.region.line(0).owner(), kNoCore);
}

TEST(Region, DevicesWriteLandsInAllItsLinesWhereItIsToldTo) {
  RegionBench bench;
  const std::array<std::byte, 128> two_lines{};
  const auto load = [&](std::int64_t line) {
    return bench.region.line(line).read(bench.region.home(), 0);
  };
  bench.region.write_by_device(0, two_lines, "device", true, Lands::kInMemory);
  EXPECT_EQ(load(0), bench.region.home().params().dram);
  EXPECT_EQ(load(64), bench.region.home().params().dram);
  bench.region.write_by_device(0, two_lines, "device");
  EXPECT_EQ(load(0), bench.region.home().params().last_level);
  EXPECT_EQ(load(64), bench.region.home().params().last_level);
}

TEST(Mapping, OfOwnMemoryIsUncachedOrWriteBackOnly) {
  RegionBench bench;
  EXPECT_NO_THROW(Mapping(bench.region, MemoryType::kUncached));
  EXPECT_NO_THROW(Mapping(bench.region, MemoryType::kWriteBack));
  EXPECT_THROW(Mapping(bench.region, MemoryType::kWriteCombining), BadMapping);
  EXPECT_THROW(Mapping(bench.region, MemoryType::kWriteThrough), BadMapping);
}

TEST(Mapping, AcrossPcieIsAnythingButWriteBack) {
  RegionBench bench;
  for (const MemoryType type :
       {MemoryType::kUncached, MemoryType::kWriteCombining, MemoryType::kWriteThrough})
    EXPECT_TRUE(Mapping(bench.region, type, bench.path).remote());
  EXPECT_THROW(Mapping(bench.region, MemoryType::kWriteBack, bench.path), BadMapping);
}

TEST(Checker, KeepsTheFirstHundredFindingsAndCountsTheRest) {
  Checker checker;
  for (int i = 0; i < 250; ++i)
    checker.report({.kind = Finding::Kind::kStaleRead,
                    .region = "queues",
                    .offset = i,
                    .writer = {},
                    .written = {},
                    .reader = {},
                    .read = {},
                    .missing = {}});
  EXPECT_EQ(checker.count(), 250);
  ASSERT_EQ(checker.findings().size(), 100u);
  EXPECT_EQ(checker.findings().back().offset, 99);
}

}  // namespace
}  // namespace memory
