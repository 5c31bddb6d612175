// SPDX-License-Identifier: Apache-2.0
#include "subsystems/memory/tlb.h"

#include <cmath>
#include <gtest/gtest.h>
#include <list>
#include <vector>

#include "sim/distributions.h"
#include "sim/uniform.h"
#include "subsystems/memory/tiered_memory.h"

namespace tiering {
namespace {

using namespace std::chrono_literals;
using sim::Time;

Level seen_by(const TlbSetup& setup, const Tlb::Pages& pages, Level rate, Level span) {
  Tlb tlb(setup);
  tlb.set_pages(pages);
  return tlb.seen(rate, span);
}

/// 1000 (1 - exp(-8 t)) = 500: equally popular pages have a closed form.
TEST(Tlb, KeepsATranslationUntilSoManyOthersWereUsed) {
  Tlb tlb({.entries = 500, .cores = 2});
  tlb.set_pages({{level_of(16), 1000}});
  EXPECT_NEAR(tlb.survival(), std::log(2) / 8, 1e-9);
}

TEST(Tlb, KeepsEverythingThatFitsIn) {
  Tlb tlb({.entries = 1000, .cores = 2});
  tlb.set_pages({{level_of(16), 1000}});
  EXPECT_TRUE(std::isinf(tlb.survival()));
  EXPECT_EQ(accesses_of(tlb.seen(level_of(16), level_of(0.3))) < 1e-60, true)
      << "nobody ever walks";
  EXPECT_NEAR(tlb.refills_within(1e6), 1000, 1e-9);
}

TEST(Tlb, ChangesNothingWhereEveryAccessWalks) {
  const Tlb::Pages pages{{level_of(1e4), 64}};
  EXPECT_EQ(seen_by({}, pages, level_of(1e4), level_of(1)), level_of(1e4));
  EXPECT_EQ(seen_by({.entries = 2048, .cores = 1, .flushed = true}, pages, level_of(1e4), 0),
            level_of(1e4));
  EXPECT_NE(seen_by({.entries = 2048, .cores = 1}, pages, level_of(1e4), 0), level_of(1e4));
}

/// Of the gaps that an instant falls into, those shorter than ln(2)/8 s, at 8 a second:
/// 1 - (1 + ln 2) / 2.
TEST(Tlb, RefillsWhatWouldHaveBeenFound) {
  Tlb tlb({.entries = 500, .cores = 2});
  tlb.set_pages({{level_of(16), 1000}});
  EXPECT_NEAR(tlb.refills_within(1), 1000 * (1 - (1 + std::log(2)) / 2), 1e-4);
  EXPECT_NEAR(tlb.refills_within(0.01), 1000 * (1 - std::exp(-0.08) - 0.04), 1e-6)
      << "the next flush comes sooner";
}

TEST(Tlb, WalksWhenATranslationHasNotBeenUsedForLongOrWasFlushed) {
  Tlb tlb({.entries = 500, .cores = 2});
  tlb.set_pages({{level_of(16), 1000}});  // a translation survives ln(2)/8 s
  EXPECT_NEAR(tlb.walks(level_of(16)), 0.5, 1e-9);
  EXPECT_NEAR(tlb.refills(level_of(16), 0), 0.5, 1e-9);
  EXPECT_NEAR(tlb.refills(level_of(16), 0.01), std::exp(-0.08) - 0.5, 1e-9);
  EXPECT_EQ(tlb.refills(level_of(16), 0.1), 0) << "it would have been evicted";
  EXPECT_EQ(Tlb({}).walks(level_of(16)), 1);
}

TEST(NeverWalked, IsLinearInShortSpans) {
  const double walks = 10 * std::exp(-10 * 0.2);
  EXPECT_NEAR(never_walked(10, 0.2, 0.1), 1 - walks * 0.1, 1e-12);
  EXPECT_NEAR(never_walked(10, 0.2, 0.3), 1 - walks * 0.3 + std::pow(walks * 0.1, 2) / 2, 1e-12);
}

TEST(NeverWalked, IsThatOfAnyAccessWithoutATlb) {
  EXPECT_NEAR(never_walked(2, 0, 1.5), std::exp(-3), 1e-12);
}

/// A core's TLB that sees every access.
class LruTlb {
 public:
  explicit LruTlb(std::size_t entries) : entries_(entries) {}
  /// Whether it has to walk.
  bool access(std::size_t page) {
    const auto found = std::find(pages_.begin(), pages_.end(), page);
    const bool walks = found == pages_.end();
    if (!walks) pages_.erase(found);
    pages_.push_front(page);
    if (pages_.size() > entries_) pages_.pop_back();
    return walks;
  }

 private:
  std::size_t entries_;
  std::list<std::size_t> pages_;
};

struct Group {
  std::size_t pages;
  double rate;  // of each page, in a second
};

constexpr int kCores = 2, kEntries = 48;
/// 24 pages that hardly ever leave the TLBs, 64 that do at times, 256 that are rarely used.
const std::vector<Group> kGroups{{24, 120}, {64, 12}, {256, 1}};

/// How many pages of each group a scan finds, on average, with an event for each access.
std::vector<double> scanned_by_events(sim::Duration period, int scans) {
  sim::Stream stream(1, "accesses");
  std::vector<std::size_t> group_of;
  double all = 0;
  for (std::size_t g = 0; g < kGroups.size(); ++g) {
    group_of.insert(group_of.end(), kGroups[g].pages, g);
    all += static_cast<double>(kGroups[g].pages) * kGroups[g].rate;
  }
  const auto uniform = [&stream] { return sim::uniform(stream); };
  const auto draw_page = [&] {
    double x = uniform() * all;
    std::size_t first = 0;
    for (const Group& group : kGroups) {
      const double share = static_cast<double>(group.pages) * group.rate;
      if (x < share) return first + static_cast<std::size_t>(x / group.rate);
      x -= share;
      first += group.pages;
    }
    return first - 1;
  };
  std::vector<LruTlb> tlbs(kCores, LruTlb(kEntries));
  std::vector<char> accessed(group_of.size());
  std::vector<double> found(kGroups.size());
  sim::Exponential gap{sim::from_seconds(1 / all)};
  Time next{2s};  // the first two seconds fill the TLBs
  int done = -1;
  for (Time now{}; done < scans; now += gap(stream)) {
    if (now >= next) {
      for (std::size_t p = 0; p < accessed.size(); ++p)
        if (done >= 0) found[group_of[p]] += accessed[p];
      std::fill(accessed.begin(), accessed.end(), 0);
      next += period;
      ++done;
    }
    const std::size_t page = draw_page();
    const auto core = static_cast<std::size_t>(uniform() * kCores);
    if (tlbs[core].access(page)) accessed[page] = 1;
  }
  for (double& f : found) f /= scans;
  return found;
}

/// Che's approximation is known to be good to a few percent even for TLBs of some dozen entries.
TEST(Tlb, HidesAccessesAsTlbsDoThatSeeEachOfThem) {
  for (const sim::Duration period : {sim::Duration{100ms}, sim::Duration{400ms}}) {
    const std::vector<double> events = scanned_by_events(period, 2000);
    Tlb tlb({.entries = kEntries, .cores = kCores});
    Tlb::Pages pages;
    for (auto g = kGroups.rbegin(); g != kGroups.rend(); ++g)
      pages.emplace_back(level_of(g->rate), static_cast<std::int64_t>(g->pages));
    tlb.set_pages(pages);
    for (std::size_t g = 0; g < kGroups.size(); ++g) {
      const Level level = tlb.seen(level_of(kGroups[g].rate), level_of(sim::to_seconds(period)));
      const auto pages_of = static_cast<double>(kGroups[g].pages);
      EXPECT_NEAR(-std::expm1(-accesses_of(level)), events[g] / pages_of, 0.03)
          << "group " << g << ", " << sim::to_seconds(period) << " s";
    }
    // Without TLBs a scan would find all of the first group.
    EXPECT_LT(events[0] / 24, period == 100ms ? 0.75 : 1);
  }
}

/// Sixteen hot batches fit into the TLBs: with a flush every scan finds all their pages, without
/// one it finds none.
TEST(TieredMemory, FindsNothingInBatchesThatStayInTheTlbs) {
  for (const bool flushed : {false, true}) {
    sim::Simulation sim;
    TieredMemory memory(sim, 16, 64, 1, {.entries = 2048, .cores = 4, .flushed = flushed});
    for (Batch b = 0; b < 16; ++b) memory.set_accesses(b, level_of(1000));
    sim.run_until(Time{1s});
    for (Batch b = 0; b < 16; ++b)
      EXPECT_EQ(memory.table().scan(b, sim.now()), flushed ? 64 : 0) << "batch " << b;
    memory.flush();
    EXPECT_EQ(memory.accesses().flushes, 1);
    EXPECT_NEAR(memory.accesses().refills, 4 * 16 * 64, 1e-6);
    sim.run_until(Time{1001ms});
    memory.flush();
    const double refilled = -std::expm1(-accesses_of(level_of(1000)) / 4 * 0.001);
    EXPECT_NEAR(memory.accesses().refills, 4 * 16 * 64 * (1 + refilled), 4 * 16 * 64 * 0.005);
  }
}

}  // namespace
}  // namespace tiering
