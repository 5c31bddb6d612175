// SPDX-License-Identifier: Apache-2.0
#include "subsystems/rpc/simulated_stack.h"

#include <gtest/gtest.h>
#include <vector>

#include "sim/parameters.h"
#include "sim/random.h"
#include "subsystems/rpc/test_bench.h"

namespace rpc {
namespace {

using namespace bench;

Header request(std::uint64_t call, std::uint32_t body = 0, std::uint8_t slo_class = 0) {
  return {.slo_class = slo_class, .method = 3, .call = call, .budget_us = 50, .body_bytes = body};
}

TEST(SimulatedStack, ServesRequestsWhereverThePartsAre) {
  for (const Options& options : all_options()) {
    SCOPED_TRACE(options.name());
    Bench bench(options);
    bench.reply_bytes = 700;
    bench.start_agent();
    bench.start_stack();
    bench.sim.run_until(Time{1us});
    for (std::uint32_t i = 0; i < 3; ++i)
      bench.arrive(Bench::packet(request(i, 100 * i, static_cast<std::uint8_t>(i % 2)), 10 + i));
    bench.sim.run_until(Time{100us});
    ASSERT_EQ(bench.sent.size(), 3u);
    for (const Packet& packet : bench.sent) {
      const Header reply = std::get<Header>(decode(packet.header));
      EXPECT_EQ(packet.segment.connection, 10 + reply.call);
      EXPECT_EQ(reply.kind, Kind::kReply);
      EXPECT_EQ(reply.method, 3);
    }
    EXPECT_EQ(bench.taken.size(), 3u);
    for (const Header& header : bench.taken) EXPECT_EQ(header.body_bytes, 100 * header.call);
    EXPECT_EQ(bench.classes, (std::vector<std::uint64_t>{0, 1, 0}));
    for (const auto& finding : bench.checker.findings())
      ADD_FAILURE() << memory::to_string(finding);
    bench.stack->ask_to_leave();
    bench.agent->ask_to_leave();
    bench.sim.run_until(Time{101us});
  }
}

}  // namespace
}  // namespace rpc
