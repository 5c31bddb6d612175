// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <gtest/gtest.h>
#include <map>
#include <vector>

#include "sim/random.h"
#include "subsystems/rpc/stack/scripted_runtime.h"
#include "subsystems/rpc/stack/stack_program.h"
#include "subsystems/rpc/stack_costs.h"
#include "subsystems/rpc/test_bench.h"

// The program of stack/ on the simulated runtime: the bench's own stack is not used.

namespace rpc {
namespace {

using namespace std::chrono_literals;

constexpr std::uint32_t kMtu = 1460;

StageCost cost_of(const StackCosts& costs) {
  return [costs](Stage stage, std::uint32_t bytes) { return costs.of(stage, bytes); };
}

struct StackOnCore {
  explicit StackOnCore(const bench::Options& options)
      : bench(options), program(*bench.stack, {.mtu = kMtu}) {
    bench.start_agent();
    bench.stack_core().start([this] { program.run(); });
    bench.sim.run_until(sim::Time{1us});
  }
  ~StackOnCore() {
    bench.stack->ask_to_leave();
    bench.agent->ask_to_leave();
    bench.sim.run_until(bench.sim.now() + 1us);
  }

  bench::Bench bench;
  StackProgram program;
};

/// Requests of several packets each, from several connections, in any order.
std::vector<Packet> some_requests(int calls, std::uint64_t seed) {
  sim::Stream random(seed, "requests");
  std::vector<Packet> all;
  for (int call = 1; call <= calls; ++call) {
    const auto number = static_cast<std::uint32_t>(call);
    Header header{.method = 1, .call = number};
    header.body_bytes = static_cast<std::uint32_t>(random() % 4000);
    const auto connection = static_cast<std::uint32_t>(random() % 4);
    const auto packets = packets_of(connection, number, header, kMtu);
    all.insert(all.end(), packets.begin(), packets.end());
  }
  for (std::size_t i = all.size(); i-- > 1;) std::swap(all[i], all[random() % (i + 1)]);
  return all;
}

/// The bytes of replies that have left, by call; each reply's packets have to come in order.
std::map<std::uint32_t, std::uint32_t> bytes_sent(const std::vector<Packet>& sent) {
  std::map<std::uint32_t, std::uint32_t> bytes;
  for (const Packet& packet : sent) {
    std::uint32_t& so_far = bytes[packet.segment.message];
    EXPECT_EQ(packet.segment.offset, so_far);
    so_far += packet.segment.length;
    if (!packet.has_header()) continue;
    EXPECT_EQ(std::get<Header>(decode(packet.header)).call, packet.segment.message);
  }
  return bytes;
}

TEST(StackOnCore, AnswersEveryRequestOnceAndWholeWhereverThePartsAre) {
  constexpr int kCalls = 20;
  for (bench::Options options : bench::all_options()) {
    SCOPED_TRACE(options.name());
    options.workers = 2;
    options.cost = cost_of({});
    StackOnCore stack(options);
    stack.bench.service = 40us;
    stack.bench.reply_bytes = 2000;
    for (const Packet& packet : some_requests(kCalls, 1)) {
      stack.bench.arrive(packet);
      stack.bench.sim.run_until(stack.bench.sim.now() + 700ns);
    }
    stack.bench.sim.run_until(stack.bench.sim.now() + 1ms);
    const auto bytes = bytes_sent(stack.bench.sent);
    EXPECT_EQ(bytes.size(), static_cast<std::size_t>(kCalls));
    for (const auto& [call, length] : bytes) EXPECT_EQ(length, kHeaderBytes + 2000) << call;
    const ProgramStats& stats = stack.program.stats();
    EXPECT_EQ(stats.given, kCalls);
    EXPECT_EQ(stats.replies, kCalls);
    EXPECT_EQ(stats.sent, 2 * kCalls);
    EXPECT_GT(stats.waited, 0);
    EXPECT_EQ(stack.program.backlog(), 0u);
    EXPECT_TRUE(stack.bench.checker.findings().empty());
  }
}

/// When the reply to one small request is on the cable.
sim::Duration answered_after(bool on_nic, const StackCosts& costs) {
  bench::Options options;
  options.stack_on_nic = options.agent_on_nic = on_nic;
  options.cost = cost_of(costs);
  StackOnCore stack(options);
  const sim::Time sent = stack.bench.sim.now();
  stack.bench.arrive(bench::Bench::packet({.call = 1}));
  stack.bench.sim.run_until(sent + 200us);
  EXPECT_EQ(stack.bench.sent_at.size(), 1u);
  return stack.bench.sent_at.at(0) - sent;
}

StackCosts no_costs() {
  StackCosts none = bare_metal();
  none.receive_driver = none.receive_transport = none.deserialise = none.dispatch = {};
  none.serialise = none.send_transport = none.send_driver = none.transport_per_byte = {};
  return none;
}

/// But for the phase of the polling loop, which is a fraction of a microsecond.
TEST(StackOnCore, TakesAsLongAsItsStagesOnTheCoreThatItRunsOn) {
  for (const bool on_nic : {true, false}) {
    const StackCosts costs;
    sim::Duration all{};
    for (std::size_t stage = 0; stage < kStages; ++stage)
      all += costs.of(static_cast<Stage>(stage), kHeaderBytes);
    const bench::Bench bench;
    const core::Core& core = on_nic ? bench.nic_cores.front() : bench.host_cores.front();
    const sim::Duration expected = core.scaled(all);
    const sim::Duration more = answered_after(on_nic, costs) - answered_after(on_nic, no_costs());
    EXPECT_GT(more, expected - 500ns) << on_nic;
    EXPECT_LT(more, expected + 500ns) << on_nic;
  }
}

}  // namespace
}  // namespace rpc
