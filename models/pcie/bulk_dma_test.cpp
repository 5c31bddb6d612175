// SPDX-License-Identifier: Apache-2.0
#include "models/pcie/bulk_dma.h"

#include <gtest/gtest.h>
#include <utility>
#include <vector>

#include "models/pcie/dma.h"

namespace pcie {
namespace {

/// When the last of `count` transfers that were submitted together has come.
Duration in_bulk(const PcieParams& params, BulkDma::Kind kind, Bytes size, int count) {
  sim::Simulation sim;
  BulkDma dma(sim, params);
  Time last{};
  for (int i = 0; i < count; ++i) dma.submit(kind, size, [&] { last = sim.now(); });
  sim.run();
  return last - Time{};
}

/// The same burst by burst.
Duration by_burst(const PcieParams& params, BulkDma::Kind kind, Bytes size, int count) {
  sim::Simulation sim;
  Link link(sim, params.link);
  RootComplex root(sim, params);
  Msix msix(sim, link, root, params.msix);
  Dma dma(sim, link, root, msix, params.dma);
  std::vector<std::byte> here(static_cast<std::size_t>(size.count)), there(here.size());
  Time last{};
  for (int i = 0; i < count; ++i) {
    const bool to_host = kind == BulkDma::Kind::kToHost;
    dma.submit({.kind = to_host ? Transfer::Kind::kToHost : Transfer::Kind::kFromHost,
                .host_address = 0x10000,
                .size = size,
                .load = from(here),
                .store = [&](Bytes, std::span<const std::byte>) { last = sim.now(); }});
  }
  sim.run();
  return last - Time{};
}

TEST(PcieBulkDma, IsAsFastAsBurstByBurst) {
  for (const LinkParams& link : {gen3_x8(), gen4_x16()})
    for (const double gigabytes : {10.0, 22.0, 120.0})
      for (const BulkDma::Kind kind : {BulkDma::Kind::kToHost, BulkDma::Kind::kFromHost}) {
        PcieParams params;
        params.link = link;
        params.dma.bandwidth = Bandwidth::gigabytes_per_second(gigabytes);
        const double bulk = sim::to_us(in_bulk(params, kind, 65536_B, 64));
        const double exact = sim::to_us(by_burst(params, kind, 65536_B, 64));
        EXPECT_NEAR(bulk, exact, exact * 0.01)
            << link.generation << " " << gigabytes << " GB/s "
            << (kind == BulkDma::Kind::kToHost ? "to host" : "from host");
      }
}

/// Wherever something else than port or wire is the slowest.
TEST(PcieBulkDma, IsNearlyAsFastAsBurstByBurstAtTheEndsOfItsParameters) {
  using Set = void (*)(PcieParams&);
  const std::pair<const char*, Set> ends[] = {
      {"gen3_x16", [](PcieParams& p) { p.link = gen3_x16(); }},
      {"gen5_x16", [](PcieParams& p) { p.link = gen5_x16(); }},
      {"gen6_x16", [](PcieParams& p) { p.link = gen6_x16(); }},
      {"credit_return 60 ns", [](PcieParams& p) { p.link.credit_return = 60ns; }},
      {"credit_return 400 ns", [](PcieParams& p) { p.link.credit_return = 400ns; }},
      {"posted_header_credits 16", [](PcieParams& p) { p.link.posted_header_credits = 16; }},
      {"posted_header_credits 1", [](PcieParams& p) { p.link.posted_header_credits = 1; }},
      {"posted_data_credits 20", [](PcieParams& p) { p.link.posted_data_credits = 20; }},
      {"no posted credits",
       [](PcieParams& p) { p.link.posted_header_credits = p.link.posted_data_credits = 0; }},
      {"nonposted_header_credits 4", [](PcieParams& p) { p.link.nonposted_header_credits = 4; }},
      {"completion credits",
       [](PcieParams& p) {
         p.link.completion_header_credits = 32;
         p.link.completion_data_credits = 200;
       }},
      {"MPS 128 B, MRRS 128 B",
       [](PcieParams& p) { p.link.max_payload = p.link.max_read_request = 128_B; }},
      {"MPS 4 KiB, MRRS 4 KiB",
       [](PcieParams& p) { p.link.max_payload = p.link.max_read_request = 4_KiB; }},
      {"RCB", [](PcieParams& p) { p.link.split_at_boundary = true; }},
      {"tags 1", [](PcieParams& p) { p.link.tags = 1; }},
      {"tags 8", [](PcieParams& p) { p.link.tags = 8; }},
      {"tags 32", [](PcieParams& p) { p.link.tags = 32; }},
      {"burst 64 B", [](PcieParams& p) { p.dma.burst = 64_B; }},
      {"burst 300 B", [](PcieParams& p) { p.dma.burst = 300_B; }},
      {"burst 4 KiB", [](PcieParams& p) { p.dma.burst = 4_KiB; }},
      {"reads_in_flight 1", [](PcieParams& p) { p.dma.reads_in_flight = 1; }},
      {"reads_in_flight 1, burst 4 KiB",
       [](PcieParams& p) {
         p.dma.reads_in_flight = 1;
         p.dma.burst = 4_KiB;
       }},
      {"reads_in_flight 5", [](PcieParams& p) { p.dma.reads_in_flight = 5; }},
      {"engines 1", [](PcieParams& p) { p.dma.engines = 1; }},
      {"engines 1, reads_in_flight 4",
       [](PcieParams& p) {
         p.dma.engines = 1;
         p.dma.reads_in_flight = 4;
       }},
      {"flight 180 ns, two switches",
       [](PcieParams& p) {
         p.link.flight = 180ns;
         p.link.switches = 2;
       }},
  };
  for (const auto& [name, set] : ends)
    for (const double gigabytes : {22.0, 120.0})
      for (const BulkDma::Kind kind : {BulkDma::Kind::kToHost, BulkDma::Kind::kFromHost}) {
        PcieParams params;
        set(params);
        params.dma.bandwidth = Bandwidth::gigabytes_per_second(gigabytes);
        const double bulk = sim::to_us(in_bulk(params, kind, 65536_B, 64));
        const double exact = sim::to_us(by_burst(params, kind, 65536_B, 64));
        EXPECT_NEAR(bulk, exact, exact * 0.10)
            << name << ", " << gigabytes << " GB/s "
            << (kind == BulkDma::Kind::kToHost ? "to host" : "from host");
      }
}

TEST(PcieBulkDma, ReadOfOneEngineWaitsForItsOwnBursts) {
  PcieParams params;
  params.dma.reads_in_flight = 4;
  const double bulk = sim::to_us(in_bulk(params, BulkDma::Kind::kFromHost, 65536_B, 1));
  params.iommu.miss = 0ns;
  const double exact = sim::to_us(by_burst(params, BulkDma::Kind::kFromHost, 65536_B, 1));
  EXPECT_NEAR(bulk, exact, exact * 0.05);
}

TEST(PcieBulkDma, MovesOneTransferInTheSumOfItsLegs) {
  PcieParams params;
  params.dma.bandwidth = Bandwidth::gigabytes_per_second(10);
  EXPECT_EQ(in_bulk(params, BulkDma::Kind::kToHost, 10000_B, 1),
            500ns + 1us + 130ns + 60ns + 5ns + 100ns);
  EXPECT_EQ(in_bulk(params, BulkDma::Kind::kFromHost, 10000_B, 1),
            500ns + 1us + 260ns + 60ns + 5ns + 100ns + 60ns + 50ns);
}

/// With one engine the next transfer's setup waits for the one before, with two it does not.
TEST(PcieBulkDma, HidesTheSetupOfAllButTheFirstBehindOtherEngines) {
  PcieParams params;
  params.dma.bandwidth = Bandwidth::gigabytes_per_second(10);
  params.dma.engines = 1;
  const Duration one = in_bulk(params, BulkDma::Kind::kToHost, 10000_B, 8);
  params.dma.engines = 2;
  EXPECT_EQ(one - in_bulk(params, BulkDma::Kind::kToHost, 10000_B, 8), 7 * 500ns);
}

TEST(PcieBulkDma, CountsWhatItMoved) {
  sim::Simulation sim;
  BulkDma dma(sim, PcieParams{});
  dma.submit(BulkDma::Kind::kToHost, 100_B, [] {});
  dma.submit(BulkDma::Kind::kFromHost, 250_B, [] {});
  EXPECT_EQ(dma.stats().transfers, 2);
  EXPECT_EQ(dma.stats().to_host, 100_B);
  EXPECT_EQ(dma.stats().from_host, 250_B);
}

}  // namespace
}  // namespace pcie
