// SPDX-License-Identifier: Apache-2.0
#include "models/mount_evans/mount_evans.h"

#include <gtest/gtest.h>

#include "models/core/core.h"

namespace mount_evans {
namespace {

using machine::Graph;
using machine::Kind;

struct Bench {
  MountEvansParams params;
  Graph graph;
  MountEvans nic = add_to(graph, params, 120ns);
};

TEST(MountEvans, HasSixteenCoresThatAre47NanosecondsApart) {
  const Bench bench;
  ASSERT_EQ(bench.nic.cores.size(), 16u);
  for (std::size_t c = 1; c < 16; ++c)
    EXPECT_EQ(bench.graph.latency(bench.nic.cores[0], bench.nic.cores[c]), 47ns);
}

TEST(MountEvans, ReachesItsEndpointAcrossTheMesh) {
  const Bench bench;
  EXPECT_EQ(bench.graph.latency(bench.nic.cores[0], bench.nic.endpoint),
            120ns + bench.params.core_to_core / 2);
}

TEST(MountEvans, CacheAndMemoryLoadsAreRoundTripsOnTheGraph) {
  const Bench bench;
  const auto slc = bench.graph.all(Kind::kCache).front();
  const auto dram = bench.graph.all(Kind::kMemory).front();
  // A load of the system-level cache goes there and back; the core's leg counts once each way.
  const sim::Duration leg = bench.params.core_to_core / 2;
  const sim::Duration to_cache = bench.graph.latency(bench.nic.cores[0], slc);
  EXPECT_EQ(2 * (to_cache - leg) + leg, bench.params.caches.last_level);
  EXPECT_EQ(2 * (bench.graph.latency(bench.nic.cores[0], dram) - to_cache),
            bench.params.caches.dram - bench.params.caches.last_level);
}

TEST(MountEvans, TakesAMeshThatIsSlowerThanItsCachesAllow) {
  MountEvansParams params;
  params.core_to_core = 60ns;
  params.caches.last_level = 25ns;
  Graph graph;
  const MountEvans nic = add_to(graph, params, 120ns);
  EXPECT_EQ(graph.latency(nic.cores[0], graph.all(Kind::kCache).front()), 30ns);
  EXPECT_EQ(graph.latency(nic.cores[0], graph.all(Kind::kMemory).front()),
            30ns + (params.caches.dram - params.caches.last_level) / 2);
}

TEST(MountEvans, CoreComputesAtFiftyFivePercentOfTheHosts) {
  const Bench bench;
  sim::Simulation sim;
  memory::Domain domain("nic", bench.params.caches.domain(), 1, {0ns});
  core::Core core(sim, "nic0", domain, 0, bench.params.core.core());
  const double ratio = 1000.0 / sim::to_ns(core.scaled(1us));
  EXPECT_NEAR(ratio, 0.55, 0.001);
}

}  // namespace
}  // namespace mount_evans
