// SPDX-License-Identifier: Apache-2.0
#include "models/pcie/params.h"

#include <array>
#include <cmath>
#include <gtest/gtest.h>
#include <set>
#include <string>

namespace pcie {
namespace {

double gigabits(Bandwidth b) {
  return static_cast<double>(b.bits_per_second()) / 1e9;
}

TEST(PcieLinkParams, TakesAcknowledgementsCreditsAndSkipsOffTheLineRate) {
  const double raw = 16 * 16.0 * 128 / 130;
  EXPECT_NEAR(gigabits(LinkParams{}.tlp_bandwidth()), raw * (1 - 16.0 / 168 - 4.0 / 1538), 1e-6);
}

TEST(PcieLinkParams, ReproducesTheSpecificationsIntervalsForEveryWidthAndMps) {
  struct Row {
    int generation, lanes;
    std::array<int, 4> interval;  // at an MPS of 128, 256, 512, 1024
  };
  constexpr std::array<Row, 7> rows{{{1, 16, {48, 72, 86, 150}},
                                     {2, 8, {118, 158, 137, 201}},
                                     {3, 1, {333, 512, 655, 1167}},
                                     {3, 2, {224, 313, 385, 641}},
                                     {4, 4, {169, 214, 250, 378}},
                                     {3, 8, {163, 203, 182, 246}},
                                     {5, 16, {144, 168, 182, 246}}}};
  constexpr std::array<double, 6> lane{
      2.0, 4.0, 8 * 128 / 130.0, 16 * 128 / 130.0, 32 * 128 / 130.0, 64 * 242 / 256.0};
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < row.interval.size(); ++i) {
      LinkParams params{.generation = row.generation, .lanes = row.lanes};
      params.max_payload = Bytes{128 << i};
      const double raw = row.lanes * lane[static_cast<std::size_t>(row.generation - 1)];
      EXPECT_NEAR(gigabits(params.tlp_bandwidth()), raw * (1 - 16.0 / row.interval[i] - 4.0 / 1538),
                  1e-6)
          << "gen" << row.generation << " x" << row.lanes << " MPS " << (128 << i);
    }
  }
}

TEST(PcieLinkParams, GivesTheTabulatedBandwidthsInGigabytesPerSecond) {
  const auto gigabytes = [](LinkParams params) { return gigabits(params.tlp_bandwidth()) / 8; };
  EXPECT_NEAR(gigabytes({.max_payload = 128_B}), 27.9, 0.06);
  EXPECT_NEAR(gigabytes({.max_payload = 256_B}), 28.4, 0.06);
  EXPECT_NEAR(gigabytes({.max_payload = 512_B}), 28.7, 0.06);
  EXPECT_NEAR(gigabytes({.generation = 3}), 14.2, 0.06);
  EXPECT_NEAR(gigabytes({.generation = 5}), 56.9, 0.06);
  EXPECT_NEAR(gigabytes(gen6_x16()), 110, 1);
}

TEST(PcieLinkParams, AddEveryHopToTheFlight) {
  EXPECT_EQ((LinkParams{.retimers = 2, .switches = 1}.one_way()), 130ns + 2 * 30ns + 120ns);
}

TEST(PcieParams, OfEveryNamedVariantMakeSense) {
  for (const LinkParams& link : {gen3_x8(), gen3_x16(), gen4_x16(), gen5_x16(), gen6_x16()}) {
    EXPECT_EQ(check(link), std::nullopt);
    EXPECT_EQ(check(without_credit_limits(link)), std::nullopt);
  }
  EXPECT_EQ(check(PcieParams{}), std::nullopt);
}

TEST(PcieParams, AreRefusedWithTheNameOfTheFieldThatIsWrong) {
  const auto complaint = [](auto change) {
    PcieParams params;
    change(params);
    return check(params).value_or("");
  };
  const auto names = [](const std::string& text, const char* field) {
    return text.find(field) != std::string::npos;
  };
  EXPECT_TRUE(names(complaint([](auto& p) { p.link.generation = 7; }), "link.generation"));
  EXPECT_TRUE(names(complaint([](auto& p) { p.link.lanes = 12; }), "link.lanes"));
  EXPECT_TRUE(names(complaint([](auto& p) { p.link.max_payload = 300_B; }), "max_payload"));
  EXPECT_TRUE(names(complaint([](auto& p) { p.link.posted_data_credits = 15; }), "posted_data"));
  EXPECT_FALSE(names(complaint([](auto& p) { p.link.posted_data_credits = 16; }), "posted_data"));
  EXPECT_TRUE(names(complaint([](auto& p) { p.link.posted_data_credits = 0; }), "posted credits"));
  EXPECT_TRUE(names(complaint([](auto& p) { p.link.tags = 0; }), "link.tags"));
  EXPECT_TRUE(names(complaint([](auto& p) { p.iommu.entries = 0; }), "iommu.entries"));
  EXPECT_TRUE(names(complaint([](auto& p) { p.dma.engines = 0; }), "dma.engines"));
  EXPECT_TRUE(names(complaint([](auto& p) { p.root_complex.root_port_to_core = 64ns; }),
                    "root_port_to_core"));
  EXPECT_FALSE(names(complaint([](auto& p) { p.root_complex.root_port_to_core = 65ns; }),
                     "root_port_to_core"));
}

/// For each the last value that is accepted, where there is one next to it.
TEST(PcieParams, AreRefusedAtTheFirstValueThatMakesNoSense) {
  const auto complaint = [](auto change) {
    PcieParams params;
    change(params);
    return check(params).value_or("").substr(0, 20);
  };
  EXPECT_EQ(complaint([](auto& p) { p.link.max_read_request = 64_B; }), "link.max_read_reques");
  EXPECT_EQ(complaint([](auto& p) { p.link.max_read_request = 128_B; }), "");
  EXPECT_EQ(complaint([](auto& p) { p.link.read_completion_boundary = 96_B; }),
            "link.read_completion");
  EXPECT_EQ(complaint([](auto& p) { p.link.read_header = 14_B; }), "link headers: whole ");
  EXPECT_EQ(complaint([](auto& p) { p.link.completion_header = 8_B; }), "link headers: whole ");
  EXPECT_EQ(complaint([](auto& p) { p.link.write_header = 1028_B; }), "link headers: whole ");
  EXPECT_EQ(complaint([](auto& p) { p.link.flight = 0ns; }), "link.flight: a time ");
  EXPECT_EQ(complaint([](auto& p) { p.link.switches = -1; }), "link.retimers, link.");
  EXPECT_EQ(complaint([](auto& p) { p.link.retimers = 65; }), "link.retimers, link.");
  EXPECT_EQ(complaint([](auto& p) { p.link.credit_return = -1ns; }), "link.retimer, link.s");
  EXPECT_EQ(complaint([](auto& p) { p.link.credit_return = 0ns; }), "");
  EXPECT_EQ(complaint([](auto& p) { p.link.completion_header_credits = 1; }),
            "link completion cred");
  EXPECT_EQ(complaint([](auto& p) {
              p.link.completion_header_credits = p.link.completion_data_credits = 1;
            }),
            "link.completion_data");
  EXPECT_EQ(complaint([](auto& p) { p.root_complex.fabric = -1ns; }), "root_complex: legs m");
  EXPECT_EQ(complaint([](auto& p) { p.host_memory.dram = p.host_memory.cache_hit - 1ns; }),
            "host_memory: no nega");
  EXPECT_EQ(complaint([](auto& p) { p.host_memory.dram = p.host_memory.cache_hit; }), "");
  EXPECT_EQ(complaint([](auto& p) { p.iommu.entries = 1 << 20; }), "");
  EXPECT_EQ(complaint([](auto& p) { p.iommu.entries = (1 << 20) + 1; }), "iommu.entries: 1 to ");
  EXPECT_EQ(complaint([](auto& p) { p.iommu.page = 2_KiB; }), "iommu.page: a power ");
  EXPECT_EQ(complaint([](auto& p) { p.iommu.page = 12_KiB; }), "iommu.page: a power ");
  EXPECT_EQ(complaint([](auto& p) { p.dma.engines = 1024; }), "");
  EXPECT_EQ(complaint([](auto& p) { p.dma.engines = 1025; }), "dma.engines: 1 to 10");
  EXPECT_EQ(complaint([](auto& p) { p.dma.burst = 0_B; }), "dma.burst: at least ");
}

/// Every parameter has a name of its own, a meaning, a source, and a default within its range.
template <class Params>
void expect_well_described() {
  std::set<std::string> names;
  const Params defaults;
  Params::describe(
      [&](auto member, const char* name, const char* meaning, sim::Source source, auto range) {
        EXPECT_TRUE(names.insert(name).second) << name;
        EXPECT_NE(std::string(meaning), "") << name;
        EXPECT_NE(std::string(source.text), "") << name;
        EXPECT_LE(range.low, defaults.*member) << name;
        EXPECT_GE(range.high, defaults.*member) << name;
      });
  EXPECT_FALSE(names.empty());
}

TEST(PcieParams, HaveDefaultsWithinTheirRanges) {
  expect_well_described<LinkParams>();
  expect_well_described<RootComplexParams>();
  expect_well_described<HostMemoryParams>();
  expect_well_described<IommuParams>();
  expect_well_described<EndpointParams>();
  expect_well_described<DmaParams>();
  expect_well_described<MsixParams>();
}

}  // namespace
}  // namespace pcie
