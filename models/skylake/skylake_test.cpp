// SPDX-License-Identifier: Apache-2.0
#include "models/skylake/skylake.h"

#include <gtest/gtest.h>

namespace skylake {
namespace {

TEST(Skylake, HasTheTransfersOfItsMeshAndBetweenItsSockets) {
  const SkylakeParams params;
  machine::Graph graph;
  const Skylake host = add_to(graph, params);
  ASSERT_EQ(host.threads.size(), 56u);
  const auto from_first = graph.latencies(host.threads[0]);
  EXPECT_EQ(from_first[host.threads[1]], params.transfer_mesh);
  EXPECT_EQ(from_first[host.threads[27]], params.transfer_mesh);
  EXPECT_EQ(from_first[host.threads[28]], params.transfer_cross);
}

}  // namespace
}  // namespace skylake
