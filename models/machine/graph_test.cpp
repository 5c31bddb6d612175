// SPDX-License-Identifier: Apache-2.0
#include "models/machine/graph.h"

#include <gtest/gtest.h>

namespace machine {
namespace {

using namespace std::chrono_literals;
using sim::Duration;

struct Bench {
  Graph graph;
  Graph::Vertex a = graph.add(Kind::kCore, "a");
  Graph::Vertex b = graph.add(Kind::kIoDie, "b");
  Graph::Vertex c = graph.add(Kind::kCore, "c");
  Graph::Vertex alone = graph.add(Kind::kMemory, "alone");
};

TEST(Graph, TakesTheShortestWayEitherWay) {
  Bench bench;
  bench.graph.connect(bench.a, bench.c, 100ns);
  bench.graph.connect(bench.a, bench.b, 30ns);
  bench.graph.connect(bench.b, bench.c, 40ns);
  EXPECT_EQ(bench.graph.latency(bench.a, bench.c), 70ns);
  EXPECT_EQ(bench.graph.latency(bench.c, bench.a), 70ns);
  EXPECT_EQ(bench.graph.latency(bench.a, bench.a), 0ns);
}

TEST(Graph, TableHoldsRowAfterRow) {
  Bench bench;
  bench.graph.connect(bench.a, bench.b, 30ns);
  bench.graph.connect(bench.b, bench.c, 40ns);
  EXPECT_EQ(bench.graph.table({bench.c, bench.a}), (std::vector<Duration>{0ns, 70ns, 70ns, 0ns}));
}

TEST(Graph, FindsPartsByKindInTheOrderInWhichTheyWereAdded) {
  Bench bench;
  EXPECT_EQ(bench.graph.all(Kind::kCore), (std::vector<Graph::Vertex>{bench.a, bench.c}));
  EXPECT_EQ(bench.graph.name(bench.c), "c");
}

TEST(Graph, DrawsEveryPartAndConnection) {
  Bench bench;
  bench.graph.connect(bench.a, bench.b, 30ns, sim::Bandwidth::gigabytes_per_second(10));
  const std::string dot = bench.graph.dot();
  for (const char* text : {"label=\"a\"", "label=\"alone\"", "30 ns", "10 GB/s"})
    EXPECT_NE(dot.find(text), std::string::npos) << text << " in\n" << dot;
}

}  // namespace
}  // namespace machine
