// SPDX-License-Identifier: Apache-2.0
#include "models/zen3/zen3.h"

#include <gtest/gtest.h>

#include "models/memory/coherent_line.h"

namespace zen3 {
namespace {

using machine::Graph;
using machine::Kind;
using sim::Duration;

struct TopologyBench {
  Zen3Params params;
  Graph graph;
  Zen3 host;
  explicit TopologyBench(int threads_per_core = 2) {
    params.threads_per_core = threads_per_core;
    host = add_to(graph, params);
  }
  Duration between(std::size_t a, std::size_t b) const {
    return graph.latency(host.threads[a], host.threads[b]);
  }
};

TEST(Zen3, HasTheMeasuredTransfersAtEveryDistance) {
  const TopologyBench bench;
  EXPECT_EQ(bench.between(0, 1), 10ns) << "threads of a core";
  EXPECT_EQ(bench.between(0, 2), 23ns) << "cores of a complex";
  EXPECT_EQ(bench.between(0, 15), 23ns);
  EXPECT_EQ(bench.between(0, 16), 107ns) << "complexes of a socket";
  EXPECT_EQ(bench.between(0, 127), 107ns);
  EXPECT_EQ(bench.between(0, 128), 197ns) << "sockets";
  EXPECT_EQ(bench.between(255, 0), 197ns);
}

TEST(Zen3, HasSixtyFourCoresASocketAndNoTwoThreadsOnOnePlace) {
  const TopologyBench bench;
  EXPECT_EQ(bench.host.threads.size(), 256u);
  EXPECT_EQ(bench.graph.all(Kind::kCore).size(), 128u);
  EXPECT_EQ(bench.graph.all(Kind::kCcx).size(), 16u);
  EXPECT_EQ(bench.graph.all(Kind::kIoDie).size(), 2u);
  for (std::size_t other = 1; other < 256; ++other) EXPECT_GE(bench.between(0, other), 10ns);
}

TEST(Zen3, KeepsItsTransfersWithOneThreadOfACore) {
  const TopologyBench bench(1);
  EXPECT_EQ(bench.host.threads.size(), 128u);
  EXPECT_EQ(bench.between(0, 1), 23ns);
  EXPECT_EQ(bench.between(0, 8), 107ns);
  EXPECT_EQ(bench.between(0, 64), 197ns);
}

TEST(Zen3, ReachesItsOwnRootPortAsFastAsSaidAndTheOtherSocketsLater) {
  TopologyBench bench;
  add_root_ports(bench.graph, bench.host, bench.params, 105ns);
  const Graph::Vertex core = bench.host.threads.front();
  EXPECT_EQ(bench.graph.latency(core, bench.host.root_ports[0]), 105ns);
  EXPECT_EQ(bench.graph.latency(core, bench.host.root_ports[1]), 105ns + 197ns - 107ns);
}

/// hardware.md 9.8: one line that two cores write in turn.
TEST(Zen3, BouncesALineAcrossDiesIn107AndAcrossSocketsIn197Nanoseconds) {
  const TopologyBench bench;
  const std::vector<Graph::Vertex> four{bench.host.threads[0], bench.host.threads[2],
                                        bench.host.threads[16], bench.host.threads[128]};
  const memory::Domain domain("host", bench.params.caches, 4, bench.graph.table(four));
  memory::CoherentLine line;
  line.write(domain, 0);
  EXPECT_EQ(line.write(domain, 2), 107ns);
  EXPECT_EQ(line.write(domain, 0), 107ns);
  EXPECT_EQ(line.write(domain, 3), 197ns);
  EXPECT_EQ(line.write(domain, 0), 197ns);
  EXPECT_EQ(line.write(domain, 1), 23ns);
}

}  // namespace
}  // namespace zen3
