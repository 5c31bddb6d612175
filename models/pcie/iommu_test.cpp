// SPDX-License-Identifier: Apache-2.0
#include "models/pcie/iommu.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <list>

#include "sim/uniform.h"

namespace pcie {
namespace {

/// Accesses one after the other, each when the walk of the one before is over.
struct OneByOne : Iommu {
  using Iommu::Iommu;
  Duration walk(std::uint64_t address) {
    const Duration taken = Iommu::walk(address, now);
    now += taken;
    return taken;
  }
  Time now{};
};

TEST(PcieIommu, WalksForAPageOnceAndHoldsItsTranslation) {
  OneByOne iommu({.page = 4_KiB, .miss = 330ns});
  EXPECT_EQ(iommu.walk(0), Duration{330ns});
  EXPECT_EQ(iommu.walk(4095), 0ns);
  EXPECT_EQ(iommu.walk(4096), Duration{330ns});
  EXPECT_EQ(iommu.stats().hits, 1);
  EXPECT_EQ(iommu.stats().misses, 2);
}

TEST(PcieIommu, MakesAnAccessWaitForTheRestOfAWalkUnderWay) {
  Iommu iommu({.miss = 330ns});
  EXPECT_EQ(iommu.walk(0, Time{}), Duration{330ns});
  EXPECT_EQ(iommu.walk(64, Time{}), Duration{330ns});
  EXPECT_EQ(iommu.walk(128, Time{} + 100ns), Duration{230ns});
  EXPECT_EQ(iommu.walk(192, Time{} + 330ns), 0ns);
  EXPECT_EQ(iommu.walk(256, Time{} + 400ns), 0ns);
  EXPECT_EQ(iommu.stats().misses, 1);
  EXPECT_EQ(iommu.stats().hits, 4);
}

TEST(PcieIommu, DropsTheTranslationThatWasNotUsedForLongest) {
  OneByOne iommu({.entries = 2});
  const auto page = [](std::uint64_t n) { return 4096 * n; };
  iommu.walk(page(1));
  iommu.walk(page(2));
  iommu.walk(page(1));
  iommu.walk(page(3));  // drops 2
  EXPECT_EQ(iommu.walk(page(1)), 0ns);
  EXPECT_EQ(iommu.walk(page(3)), 0ns);
  EXPECT_GT(iommu.walk(page(2)), 0ns);
}

TEST(PcieIommu, HoldsAsManyTranslationsAsItHasEntries) {
  for (const std::uint64_t pages : {64u, 65u}) {
    OneByOne iommu({.entries = 64});
    for (int round = 0; round < 2; ++round)
      for (std::uint64_t n = 0; n < pages; ++n) iommu.walk(4096 * n);
    EXPECT_EQ(iommu.stats().hits, pages == 64 ? 64 : 0);
  }
}

TEST(PcieIommu, IsAListOfPagesInTheOrderOfTheirLastUse) {
  constexpr std::size_t kEntries = 16;
  OneByOne iommu({.entries = kEntries, .miss = 330ns});
  std::list<std::uint64_t> recent;
  sim::Stream draws(1, "pages");
  for (int i = 0; i < 20'000; ++i) {
    // Some are alike in their last bits.
    const auto page =
        static_cast<std::uint64_t>(sim::uniform(draws) * sim::uniform(draws) * 40) * 64;
    const bool held = std::ranges::find(recent, page) != recent.end();
    recent.remove(page);
    recent.push_front(page);
    if (recent.size() > kEntries) recent.pop_back();
    ASSERT_EQ(iommu.walk(page * 4096), held ? Duration{} : Duration{330ns}) << i;
  }
  EXPECT_GT(iommu.stats().hits, 10'000);
  EXPECT_GT(iommu.stats().misses, 1'000);
}

TEST(PcieIommu, CoversMoreWithHugePages) {
  OneByOne iommu({.page = 2_MiB});
  iommu.walk(0);
  constexpr std::uint64_t kHugePage = std::uint64_t{2} << 20;
  EXPECT_EQ(iommu.walk(kHugePage - 1), 0ns);
  EXPECT_GT(iommu.walk(kHugePage), 0ns);
}

TEST(PcieIommu, CostsNothingWhenItIsOff) {
  OneByOne iommu({.enabled = false});
  EXPECT_EQ(iommu.lookup(), 0ns);
  EXPECT_EQ(iommu.walk(0), 0ns);
}

}  // namespace
}  // namespace pcie
