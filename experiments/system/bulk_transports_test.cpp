// SPDX-License-Identifier: Apache-2.0
#include "experiments/system/bulk_transports.h"

#include <deque>
#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace experiments {
namespace {

using namespace std::chrono_literals;
using sim::Time;

/// Cores that send a transfer each through a ring of one descriptor.
struct OneDescriptor {
  static constexpr int kCores = 3;

  OneDescriptor() {
    for (int i = 0; i < kCores; ++i)
      cores.emplace_back(sim, "cpu" + std::to_string(i), host, i, core::CoreParams{});
  }
  void send(int from) {
    core::Core& core = cores[static_cast<std::size_t>(from)];
    core.start([this, &core, from] {
      transport.to_agent(core, sim::Bytes{64}, [this, from] { arrived.push_back(from); });
    });
  }

  /// In this order; when it returns, the first has the descriptor and the others wait.
  void send_all(std::initializer_list<int> cores_in_order) {
    for (const int from : cores_in_order) send(from);
    sim.run_until(Time{100ns});
  }

  sim::Simulation sim;
  memory::Domain host{"host", {}, kCores, std::vector<sim::Duration>(9)};
  pcie::PcieParams pcie;
  DmaTransport transport{sim, pcie, {.descriptors = 1}};
  std::deque<core::Core> cores;
  std::vector<int> arrived;
};

TEST(DmaTransport, ServesWhoWaitsForADescriptorInTurn) {
  OneDescriptor bench;
  bench.send_all({2, 0, 1});
  bench.sim.run();
  EXPECT_EQ(bench.arrived, (std::vector{2, 0, 1}));
}

TEST(DmaTransport, KeepsTheTurnOfWhoIsWokenForAnotherReason) {
  OneDescriptor bench;
  bench.send_all({0, 1, 2});
  for (int i = 0; i < 3; ++i) bench.cores[1].unpark();
  bench.sim.run();
  EXPECT_EQ(bench.arrived, (std::vector{0, 1, 2}));
}

TEST(DmaTransport, PassesTheTurnOfWhoIsKilledOn) {
  OneDescriptor bench;
  bench.send_all({0, 1, 2});
  bench.cores[1].kill();
  bench.sim.run();
  EXPECT_EQ(bench.arrived, (std::vector{0, 2}));
}

}  // namespace
}  // namespace experiments
