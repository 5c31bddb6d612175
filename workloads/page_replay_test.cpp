// SPDX-License-Identifier: Apache-2.0
#include "workloads/page_replay.h"

#include <bit>
#include <gtest/gtest.h>
#include <utility>
#include <vector>

#include "sim/random.h"

namespace workloads {
namespace {

using namespace std::chrono_literals;
using sim::Time;
using tiering::Batch;

constexpr sim::Duration kInterval = 300ms;

/// Three intervals on two batches.
PageCapture small_capture() {
  return {.batches = 2,
          .operations = 1,
          .intervals = {
              {{.batch = 0, .visits = 9, .pages = 0b111}},
              {{.batch = 0, .visits = 1, .pages = 0b1000}, {.batch = 1, .visits = 3, .pages = 0b1}},
              {}}};
}

struct Bench {
  explicit Bench(Batch batches, const PageCapture& capture = small_capture())
      : memory(sim, batches, kPagesOfBatch, 1), replay(capture, kInterval, sim, memory) {
    replay.start();
  }
  /// What a scan finds then.
  int scan(Batch batch, sim::Duration when) {
    sim.run_until(Time{when});
    return memory.table().scan(batch, sim.now());
  }

  sim::Simulation sim;
  tiering::TieredMemory memory;
  PageReplay replay;
};

TEST(PageReplay, ShowsAnIntervalsPagesWhenItIsOver) {
  Bench bench(2);
  EXPECT_EQ(bench.scan(0, kInterval - sim::Duration{1}), 0);
  EXPECT_EQ(bench.scan(0, kInterval), 3);
  EXPECT_EQ(bench.scan(0, 2 * kInterval), 1);
  EXPECT_EQ(bench.scan(1, 2 * kInterval), 1);
  EXPECT_EQ(bench.scan(0, 3 * kInterval), 0);
}

TEST(PageReplay, ShowsAPageOnceHoweverOftenItWasAccessedSinceTheScan) {
  Bench bench(2);
  EXPECT_EQ(bench.scan(0, 2 * kInterval), 4);
  EXPECT_EQ(bench.scan(0, 5 * kInterval), 4) << "the second round";
  EXPECT_EQ(bench.scan(0, 12 * kInterval), 4) << "more rounds than one";
}

TEST(PageReplay, BeginsAgainAfterTheLastInterval) {
  Bench bench(2);
  bench.scan(0, 3 * kInterval);
  EXPECT_EQ(bench.scan(0, 4 * kInterval), 3);
  EXPECT_EQ(bench.scan(0, 5 * kInterval), 1);
}

/// Batch 4 of 5 is the first of a third tile, which ends there.
TEST(PageReplay, TilesTheMemoryAndStartsOneTileAfterTheOther) {
  Bench bench(5);
  EXPECT_EQ(bench.scan(2, kInterval + kInterval / 3 - sim::Duration{1}), 0);
  EXPECT_EQ(bench.scan(2, kInterval + kInterval / 3), 3);
  EXPECT_EQ(bench.scan(4, kInterval + kInterval * 2 / 3 - sim::Duration{1}), 0);
  EXPECT_EQ(bench.scan(4, kInterval + kInterval * 2 / 3), 3);
  EXPECT_EQ(bench.scan(3, 3 * kInterval), 1);
}

TEST(PageReplay, CountsAnIntervalsVisitsWhileItLasts) {
  Bench bench(2);
  bench.sim.run_until(Time{kInterval / 3});
  EXPECT_DOUBLE_EQ(bench.memory.accesses().fast, 3);
  bench.sim.run_until(Time{kInterval});
  bench.memory.move(0);  // to the slow tier, at the border
  bench.sim.run_until(Time{3 * kInterval});
  EXPECT_DOUBLE_EQ(bench.memory.accesses().fast, 9 + 3);
  EXPECT_DOUBLE_EQ(bench.memory.accesses().slow, 1);
  bench.memory.check_invariants();
}

TEST(PageReplay, KnowsWhatIsToCome) {
  Bench bench(4);
  const double second = sim::to_seconds(kInterval);
  EXPECT_DOUBLE_EQ(bench.replay.coming_rate(0, kInterval), 9 / second);
  EXPECT_DOUBLE_EQ(bench.replay.coming_rate(2, 3 * kInterval), 10 / (3 * second));
  bench.sim.run_until(Time{2 * kInterval});
  EXPECT_DOUBLE_EQ(bench.replay.coming_rate(0, kInterval), 0);
  EXPECT_DOUBLE_EQ(bench.replay.coming_rate(0, 2 * kInterval), 9 / (2 * second)) << "round again";
  EXPECT_DOUBLE_EQ(bench.replay.coming_rate(1, 7 * kInterval), 6 / (7 * second));
}

TEST(PageReplay, LeavesPagesDirtyThatWereWritten) {
  const PageCapture capture{.batches = 1,
                            .operations = 1,
                            .intervals = {{{.visits = 3, .pages = 0b111, .written = 0b10}},
                                          {{.visits = 3, .pages = 0b111, .written = 0b110}},
                                          {}}};
  Bench bench(1, capture);
  bench.sim.run_until(Time{kInterval});
  EXPECT_EQ(bench.memory.table().take_dirty(0, bench.sim.now()), 1);
  EXPECT_EQ(bench.memory.table().take_dirty(0, bench.sim.now()), 0);
  bench.sim.run_until(Time{3 * kInterval});
  EXPECT_EQ(bench.memory.table().take_dirty(0, bench.sim.now()), 2);
  EXPECT_EQ(bench.scan(0, 3 * kInterval), 3) << "access bits are cleared by scans only";
}

/// Any capture, in which half of the batches rest.
PageCapture random_capture(std::uint64_t seed) {
  sim::Stream draws(seed, "capture");
  PageCapture capture{.batches = 5, .operations = 1};
  for (int i = 0; i < 7; ++i) {
    IntervalAccesses& interval = capture.intervals.emplace_back();
    for (int batch = 0; batch < capture.batches; ++batch) {
      const PageSet some = draws() & draws() & draws();
      const auto more = static_cast<std::int64_t>(draws() % 5);
      if (draws() % 2 == 0 || some == 0) continue;
      interval.push_back({.batch = batch, .visits = std::popcount(some) + more, .pages = some});
    }
  }
  return capture;
}

/// The same with an event for every single visit: pages with a bit each.
struct VisitByVisit {
  VisitByVisit(const PageCapture& what, Batch batches)
      : capture(what), pages(static_cast<std::size_t>(batches)), visits(pages.size()) {
    const Batch tiles = (batches + what.batches - 1) / what.batches;
    for (Batch batch = 0; batch < batches; ++batch)
      begin(batch, kInterval * (batch / what.batches) / tiles);
  }
  /// All visits of two rounds, each somewhere within its interval.
  void begin(Batch batch, sim::Duration start) {
    for (std::size_t i = 0; i < 2 * capture.intervals.size(); ++i)
      for (const BatchAccesses& a : capture.intervals[i % capture.intervals.size()])
        if (a.batch == batch % capture.batches)
          visit_all(batch, a, Time{start + kInterval * static_cast<std::int64_t>(i)});
  }
  void visit_all(Batch batch, const BatchAccesses& a, Time start) {
    std::int64_t number = 0;
    for (PageSet rest = a.pages; number < a.visits; rest &= rest - 1) {
      if (rest == 0) rest = a.pages;  // pages that are visited more than once
      const int page = std::countr_zero(rest);
      sim.at(start + kInterval * number++ / a.visits, [this, batch, page] {
        pages[static_cast<std::size_t>(batch)] |= PageSet{1} << page;
        ++visits[static_cast<std::size_t>(batch)];
      });
    }
  }
  int scan(Batch batch, Time when) {
    sim.run_until(when - sim::Duration{1});
    return std::popcount(std::exchange(pages[static_cast<std::size_t>(batch)], 0));
  }

  const PageCapture capture;
  sim::Simulation sim;
  std::vector<PageSet> pages;
  std::vector<std::int64_t> visits;
};

/// Scans of each batch at borders of its tile's intervals, after one to five of them.
TEST(PageReplay, ShowsWhatOneEventAVisitShows) {
  constexpr Batch kReplayedBatches = 13;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const PageCapture capture = random_capture(seed);
    Bench bench(kReplayedBatches, capture);
    VisitByVisit events(capture, kReplayedBatches);
    sim::Stream draws(seed, "scans");
    std::vector<std::int64_t> next(kReplayedBatches);
    for (std::int64_t i = 1; i < 14; ++i)
      for (Batch batch = 0; batch < kReplayedBatches; ++batch) {
        std::int64_t& due = next[static_cast<std::size_t>(batch)];
        if (i < due) continue;
        due = i + 1 + static_cast<std::int64_t>(draws() % 5);
        const sim::Duration when = kInterval * i + kInterval * (batch / 5) / 3;
        EXPECT_EQ(bench.scan(batch, when), events.scan(batch, Time{when}))
            << "seed " << seed << ", batch " << batch << ", interval " << i;
      }
  }
}

/// One tile, whose batches change tiers at borders of intervals.
TEST(PageReplay, CountsWhatOneEventAVisitCounts) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const PageCapture capture = random_capture(seed);
    Bench bench(capture.batches, capture);
    VisitByVisit events(capture, capture.batches);
    sim::Stream draws(seed, "moves");
    double fast = 0, slow = 0;
    for (std::int64_t i = 1; i <= 14; ++i) {
      bench.sim.run_until(Time{kInterval * i});
      events.sim.run_until(Time{kInterval * i - sim::Duration{1}});
      for (Batch batch = 0; batch < capture.batches; ++batch) {
        std::int64_t& visits = events.visits[static_cast<std::size_t>(batch)];
        (bench.memory.is_fast(batch) ? fast : slow) +=
            static_cast<double>(std::exchange(visits, 0));
        if (draws() % 3 == 0) bench.memory.move(batch);
      }
      EXPECT_NEAR(bench.memory.accesses().fast, fast, 1e-6) << "seed " << seed;
      EXPECT_NEAR(bench.memory.accesses().slow, slow, 1e-6) << "seed " << seed;
      bench.memory.check_invariants();
    }
  }
}

}  // namespace
}  // namespace workloads
