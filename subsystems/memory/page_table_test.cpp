// SPDX-License-Identifier: Apache-2.0
#include "subsystems/memory/page_table.h"

#include <cmath>
#include <functional>
#include <gtest/gtest.h>
#include <vector>

#include "sim/distributions.h"
#include "sim/simulation.h"

namespace tiering {
namespace {

using namespace std::chrono_literals;
using sim::Time;

TEST(PageTable, FindsNothingWhereNobodyWas) {
  PageTable table(2, 64, 1);
  EXPECT_EQ(table.scan(0, Time{100s}), 0);
  EXPECT_EQ(table.scanned(0), Time{100s});
  EXPECT_EQ(table.scanned(1), Time{});
}

TEST(PageTable, FindsEverythingWhereEverybodyIs) {
  PageTable table(1, 64, 1);
  table.set_accesses(0, level_of(1e4), 0, Time{});
  EXPECT_EQ(table.scan(0, Time{1s}), 64);
  EXPECT_EQ(table.rate(0), 64 * accesses_of(level_of(1e4)));
}

/// A scan clears what it reads.
TEST(PageTable, FindsOnlyWhatHappenedSinceTheLastScan) {
  PageTable table(1, 64, 1);
  table.set_accesses(0, level_of(1e4), 0, Time{});
  table.scan(0, Time{1s});
  EXPECT_EQ(table.scan(0, Time{1s}), 0);
}

TEST(PageTable, RemembersRatesThatChangedBeforeTheScan) {
  PageTable table(1, 64, 1);
  table.set_accesses(0, level_of(1e4), 0, Time{});
  table.set_accesses(0, level_of(0), 0, Time{1s});
  EXPECT_EQ(table.scan(0, Time{2s}), 64);
  EXPECT_EQ(table.scan(0, Time{3s}), 0);
}

TEST(PageTable, SeesSingleAccessesToo) {
  PageTable table(1, 64, 1);
  table.touch_all(0);
  EXPECT_EQ(table.scan(0, Time{1s}), 64);
  EXPECT_EQ(table.scan(0, Time{2s}), 0);
}

/// Each bit is cleared by who looks at it, and by nobody else.
TEST(PageTable, KeepsAccessBitsAndDirtyBitsApart) {
  PageTable table(1, 64, 1);
  table.set_accesses(0, level_of(1e4), 0.5, Time{});
  EXPECT_EQ(table.scan(0, Time{1s}), 64);
  EXPECT_EQ(table.take_dirty(0, Time{1s}), 64);
  EXPECT_EQ(table.take_dirty(0, Time{1s}), 0);
  table.set_accesses(0, level_of(1e4), 0, Time{1s});
  table.touch_all(0);
  EXPECT_EQ(table.take_dirty(0, Time{2s}), 0) << "a read makes nothing dirty";
  EXPECT_EQ(table.scan(0, Time{2s}), 64);
}

TEST(PageTable, RemembersWritesAtRatesThatChanged) {
  PageTable table(1, 64, 1);
  table.set_accesses(0, level_of(1e4), 1, Time{});
  table.set_accesses(0, level_of(1e4), 0, Time{1s});
  EXPECT_EQ(table.take_dirty(0, Time{2s}), 64);
  EXPECT_EQ(table.take_dirty(0, Time{3s}), 0);
}

struct Moments {
  double mean = 0;
  double variance = 0;
};

Moments moments(const std::vector<int>& values) {
  const auto n = static_cast<double>(values.size());
  Moments m;
  for (const int v : values) m.mean += v / n;
  for (const int v : values) m.variance += (v - m.mean) * (v - m.mean) / (n - 1);
  return m;
}

/// The small case, with an event for every single access: pages with a bit each, set by Poisson
/// processes, read and cleared at the same instants as the table.
std::vector<int> event_by_event(int pages, Level before, Level after, Time change,
                                const std::vector<Time>& scans, std::uint64_t seed) {
  sim::Simulation sim(seed);
  sim::Stream stream(seed, "single accesses");
  std::vector<bool> accessed(static_cast<std::size_t>(pages));
  std::function<void(std::size_t)> visit = [&](std::size_t page) {
    const Level level = sim.now() < change ? before : after;
    const sim::Duration gap = sim::Exponential{sim::from_seconds(1 / accesses_of(level))}(stream);
    // Without memory, whoever would come after the change is drawn anew from there.
    const bool crosses = sim.now() < change && sim.now() + gap > change;
    sim.at(crosses ? change : sim.now() + gap, [&, page, crosses] {
      if (!crosses) accessed[page] = true;
      visit(page);
    });
  };
  for (std::size_t page = 0; page < accessed.size(); ++page) visit(page);
  std::vector<int> found;
  for (const Time when : scans) {
    sim.run_until(when);
    found.push_back(static_cast<int>(std::count(accessed.begin(), accessed.end(), true)));
    accessed.assign(accessed.size(), false);
  }
  return found;
}

/// `look` reads and clears, at the same instants, bits that are set `before` times a second, then
/// `after` times.
template <class Look>
void expect_same_moments(double share, Look look) {
  constexpr int kPages = 64, kRuns = 3000;
  const Level before = level_of(0.8), after = level_of(2.5), less = level_of(share);
  const Time change{1700ms};
  const std::vector<Time> scans{Time{300ms}, Time{900ms}, Time{2100ms}, Time{2400ms}};
  std::vector<std::vector<int>> table_found(scans.size()), events_found(scans.size());
  PageTable table(kRuns, kPages, 7);
  for (Batch run = 0; run < kRuns; ++run) {
    table.set_accesses(run, before, accesses_of(less), Time{});
    const auto events =
        event_by_event(kPages, static_cast<Level>(before + less), static_cast<Level>(after + less),
                       change, scans, static_cast<std::uint64_t>(run) + 1);
    for (std::size_t i = 0; i < scans.size(); ++i) {
      if (i == 2) table.set_accesses(run, after, accesses_of(less), change);
      table_found[i].push_back(look(table, run, scans[i]));
      events_found[i].push_back(events[i]);
    }
  }
  for (std::size_t i = 0; i < scans.size(); ++i) {
    const Moments a = moments(table_found[i]), b = moments(events_found[i]);
    EXPECT_NEAR(a.mean, b.mean, 4 * std::sqrt((a.variance + b.variance) / kRuns)) << "scan " << i;
    // The variance of a variance of nearly normal numbers.
    EXPECT_NEAR(a.variance / b.variance, 1, 4 * std::sqrt(4.0 / kRuns)) << "scan " << i;
  }
}

TEST(PageTable, FindsWhatOneEventAnAccessFinds) {
  expect_same_moments(1, [](PageTable& table, Batch b, Time t) { return table.scan(b, t); });
}

TEST(PageTable, FindsTheDirtyPagesThatOneEventAWriteLeaves) {
  expect_same_moments(0.25,
                      [](PageTable& table, Batch b, Time t) { return table.take_dirty(b, t); });
}

}  // namespace
}  // namespace tiering
