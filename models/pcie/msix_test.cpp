// SPDX-License-Identifier: Apache-2.0
#include "models/pcie/msix.h"

#include <gtest/gtest.h>
#include <vector>

namespace pcie {
namespace {

struct MsixBench {
  PcieParams params;
  sim::Simulation sim;
  Link link{sim, params.link};
  RootComplex root{sim, params};
  Msix msix{sim, link, root, params.msix};
  std::vector<int> delivered;

  void send(int vector) {
    msix.send(vector, [this, vector] { delivered.push_back(vector); });
  }
  Duration wire(Bytes b) const { return params.link.tlp_bandwidth().time_for(b); }
  Duration way() const { return params.link.one_way() + root.inbound() + params.msix.delivery; }
};

TEST(PcieMsix, TakesTheWireTheFlightAndTheHostsDelivery) {
  MsixBench bench;
  const Time due = Time{} + bench.wire(28_B) + bench.way();
  bench.send(7);
  bench.sim.run_until(due - Duration{1});
  EXPECT_EQ(bench.delivered, std::vector<int>{});
  bench.sim.run_until(due);
  EXPECT_EQ(bench.delivered, std::vector<int>{7});
  EXPECT_EQ(bench.msix.stats().delivered, 1);
}

TEST(PcieMsix, IsLongerOnItsWayToTheOtherSocket) {
  MsixBench bench;
  bench.msix.send(
      7, [] {}, Socket::kRemote);
  bench.sim.run();
  EXPECT_EQ(bench.sim.now(), Time{} + bench.wire(28_B) + bench.way() + 75ns);
}

TEST(PcieMsix, ComesBehindTheWritesSentBeforeItOnTheWire) {
  MsixBench bench;
  bench.link.post(Direction::kToRootComplex, 4096_B, [] {});
  bench.send(1);
  bench.sim.run();
  EXPECT_EQ(bench.sim.now(), Time{} + 16 * bench.wire(280_B) + bench.wire(28_B) + bench.way());
}

TEST(PcieMsix, WaitsUntilTheWritesSentBeforeItAreVisible) {
  MsixBench bench;
  Time visible{};
  bench.link.post(Direction::kToRootComplex, 64_B, {.to_completer = bench.root.inbound()},
                  [&] { visible = bench.root.accept_write(0, HostMemory::kDram); });
  bench.send(1);
  bench.sim.run();
  EXPECT_EQ(bench.sim.now(), visible + bench.params.msix.delivery);
}

TEST(PcieMsix, LosesWhatAFaultSays) {
  MsixBench bench;
  bench.msix.lose_if([](int vector) { return vector == 2; });
  for (const int vector : {1, 2, 3}) bench.send(vector);
  bench.sim.run();
  EXPECT_EQ(bench.delivered, (std::vector<int>{1, 3}));
  EXPECT_EQ(bench.msix.stats().sent, 3);
  EXPECT_EQ(bench.msix.stats().delivered, 2);
  EXPECT_EQ(bench.msix.stats().lost, 1);
}

}  // namespace
}  // namespace pcie
