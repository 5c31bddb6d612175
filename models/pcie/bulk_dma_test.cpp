// SPDX-License-Identifier: Apache-2.0
#include "models/pcie/bulk_dma.h"

#include <gtest/gtest.h>
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
