// SPDX-License-Identifier: Apache-2.0
#include "models/core/observer.h"

#include <array>
#include <functional>
#include <gtest/gtest.h>
#include <vector>

#include "models/core/core.h"
#include "models/memory/pcie_path.h"

namespace core {
namespace {

using namespace std::chrono_literals;
using memory::Mapping;
using memory::MemoryType;
using sim::Duration;
using sim::Time;

/// Keeps all that it is told.
class Diary : public Observer {
 public:
  struct Entry {
    Step::Kind kind{};
    Time begin{};
    Time end{};
    std::vector<Part> parts = {};
    int ways = 0;

    Duration took() const { return end - begin; }
    Duration in_parts() const {
      Duration sum{};
      for (const Part& part : parts) sum += part.times * part.each;
      return sum;
    }
  };

  void begins(const Core& core, const Step& step) override {
    entries.push_back({.kind = step.kind, .begin = core.now()});
  }
  void ends(const Core& core, const Step& step) override {
    EXPECT_EQ(entries.back().kind, step.kind);
    entries.back().end = core.now();
  }
  void takes(const Core&, const Part& part) override { entries.back().parts.push_back(part); }
  void goes_out(const Core&) override { ++entries.back().ways; }
  void does(const Core&, const char* what, std::int64_t number) override {
    activities.emplace_back(what, number);
  }
  void interrupts(const Core&, const Core&, int) override {}
  void interrupted(const Core&, int) override {}
  void reaches(const Core&, Milestone, std::int64_t, std::int64_t, Time) override {}

  std::vector<Entry> entries;
  std::vector<std::pair<std::string, std::int64_t>> activities;
};

/// A host core that reaches a NIC's memory over PCIe.
struct ObservedBench {
  sim::Simulation sim;
  memory::Domain host{"host", {}, 2, {0ns, 107ns, 107ns, 0ns}};
  memory::Domain nic{"nic", {}, 1, {0ns}};
  memory::Region nic_memory{sim, "nic memory", nic, sim::Bytes{4096}};
  memory::Region host_memory{sim, "host memory", host, sim::Bytes{4096}};
  pcie::PcieParams pcie;
  pcie::Link link{sim, pcie.link};
  pcie::RootComplex root{sim, pcie};
  pcie::Mmio mmio{sim, link, root, pcie.endpoint};
  memory::PciePath path{mmio};
  Mapping uc{nic_memory, MemoryType::kUncached, path};
  Mapping wc{nic_memory, MemoryType::kWriteCombining, path};
  Mapping wt{nic_memory, MemoryType::kWriteThrough, path};
  Mapping own{host_memory, MemoryType::kWriteBack};
  Core core{sim, "cpu0", host, 0, CoreParams{}};

  /// Something of everything.
  void program() {
    memory::CoherentLine line;
    const std::array<std::uint64_t, 8> words{};
    core.does("work", 7);
    core.compute(compute, more);
    core.spend(30ns);
    core.touch(line, 3);
    core.look(line);
    core.store(own, 0, words);
    core.load<std::uint64_t>(own, 0);
    core.store(uc, 0, std::uint64_t{1});
    core.load<std::uint64_t>(uc, 0);
    core.store(wc, 64, words);
    core.store(wc, 128, std::uint64_t{1});
    core.store_fence();
    core.prefetch(wt, 192);
    core.load<std::uint64_t>(wt, 192);
    core.load<std::uint64_t>(wt, 200);
    core.flush(wt, 192);
    core.full_fence();
    core.park_until(core.now() + 1us);
    core.work_through(500ns);
  }
  void run() {
    core.start([this] { program(); });
    sim.run();
  }

  const Duration compute = 100ns;
  const Duration more = 50ns;
};

TEST(Observer, AllOfACoresTimeIsInSomeStep) {
  ObservedBench bench;
  Diary diary;
  bench.core.observe(&diary);
  bench.run();
  Time at{};
  for (const Diary::Entry& entry : diary.entries) {
    EXPECT_EQ(entry.begin, at);
    at = entry.end;
  }
  EXPECT_EQ(at, bench.core.now());
  EXPECT_EQ(diary.entries.size(), 18u) << "steps within a step are part of it";
}

TEST(Observer, ChangesNothing) {
  ObservedBench alone;
  alone.run();
  ObservedBench observed;
  Diary diary;
  observed.core.observe(&diary);
  observed.run();
  EXPECT_EQ(observed.sim.hash(), alone.sim.hash());
  EXPECT_EQ(observed.core.now(), alone.core.now());
}

TEST(Observer, HearsByWhichParametersAStepTakesAsLongAsItDoes) {
  ObservedBench bench;
  Diary diary;
  bench.core.observe(&diary);
  bench.run();
  const auto& computing = diary.entries.front();
  ASSERT_EQ(computing.parts.size(), 2u);
  EXPECT_EQ(computing.parts[0].parameter, &bench.compute);
  EXPECT_EQ(computing.parts[1].parameter, &bench.more);
  EXPECT_EQ(diary.activities.front(), std::pair(std::string("work"), std::int64_t{7}));

  using Kind = Step::Kind;
  const CoreParams& params = bench.core.params();
  for (const Diary::Entry& entry : diary.entries) {
    // What is waited for is not the core's own.
    if (entry.kind == Kind::kWait || entry.kind == Kind::kWork || entry.kind == Kind::kLoad)
      continue;
    EXPECT_EQ(entry.in_parts(), entry.took()) << static_cast<int>(entry.kind);
  }
  const auto& hit = diary.entries[13];
  ASSERT_EQ(hit.kind, Kind::kLoad);
  EXPECT_EQ(hit.in_parts(), hit.took());
  const auto& uncached_store = diary.entries[6];
  ASSERT_EQ(uncached_store.kind, Kind::kStore);
  ASSERT_EQ(uncached_store.parts.size(), 1u);
  EXPECT_EQ(uncached_store.parts[0].parameter, &params.mmio_store);
  EXPECT_EQ(uncached_store.ways, 1);
}

TEST(Observer, MayComeAndGoWhileAStepLasts) {
  ObservedBench bench;
  Diary diary;
  bench.core.start([&] {
    bench.core.park();
    bench.core.compute(10ns);
    bench.core.park();
    bench.core.compute(10ns);
  });
  bench.sim.at(Time{1us}, [&] { bench.core.observe(&diary); });
  bench.sim.at(Time{2us}, [&] { bench.core.unpark(); });
  bench.sim.at(Time{3us}, [&] { bench.core.observe(nullptr); });
  bench.sim.at(Time{4us}, [&] { bench.core.unpark(); });
  bench.sim.run();
  ASSERT_EQ(diary.entries.size(), 2u);
  EXPECT_EQ(diary.entries[0].took(), 10ns);
  EXPECT_EQ(diary.entries[1].kind, Step::Kind::kWait);
}

}  // namespace
}  // namespace core
