// SPDX-License-Identifier: Apache-2.0
// Servers whose requests come over a network, through an RPC stack.
#include <gtest/gtest.h>
#include <optional>
#include <string>

#include "experiments/measure/server_search.h"
#include "experiments/system/server.h"
#include "experiments/system/server_bench.h"

namespace experiments {
namespace {

using namespace bench;

/// A small server with a stack of three cores.
struct RpcBench {
  StackSide stack = StackSide::kNic;
  Placement agent = Placement::kNic;

  RpcParams rpc = {};
  SystemParams system = {};
  MachineParams machine = {};
  workloads::RequestLoadParams load = some_load(100e3);

  RpcBench(StackSide stack_side, Placement agent_placement)
      : stack(stack_side), agent(agent_placement) {
    rpc.placement = stack;
    rpc.cores = 3;
    rpc.network.near_clients = 4;
    system.placement = agent;
    system.workers = 4;
    system.check_memory = true;
  }

  std::unique_ptr<Server> server(std::uint64_t seed = 1) const {
    return std::make_unique<Server>(machine, system, load, seed, std::vector<FaultParams>{}, rpc);
  }
};

std::vector<RpcBench> all_placements() {
  std::vector<RpcBench> all;
  for (const StackSide stack : {StackSide::kHost, StackSide::kNic})
    for (const Placement agent : {Placement::kHost, Placement::kNic})
      all.emplace_back(stack, agent);
  return all;
}

/// Runs until every call of a trace has been answered.
RpcStats answered(const RpcBench& setup, std::size_t calls, Duration gap, std::uint64_t seed = 1) {
  RpcBench with_trace = setup;
  const Trace trace(std::vector<Duration>(calls, gap));
  trace.use_in(with_trace.load);
  const auto server = with_trace.server(seed);
  server->run_until(Time{calls * gap + 20ms});
  server->check_invariants();
  return *server->rpc_stats();
}

TEST(RpcServer, AnswersEveryCallInEveryPlacement) {
  for (const RpcBench& setup : all_placements()) {
    const RpcStats stats = answered(setup, 400, 10us);
    EXPECT_EQ(stats.clients.calls.completed, 400);
    EXPECT_EQ(stats.stack.given, 400);
    EXPECT_EQ(stats.stack.replies, 400);
    EXPECT_EQ(stats.port.dropped, 0);
    EXPECT_EQ(stats.network.under_way(), 0);
  }
}

/// With bodies in several packets, either way, wherever they lie meanwhile.
TEST(RpcServer, MovesBodiesOverEveryPath) {
  for (RpcBench setup : all_placements()) {
    setup.rpc.clients.request.mean = sim::Bytes{5000};
    setup.rpc.clients.reply.mean = sim::Bytes{20'000};
    for (const auto path :
         {rpc::PayloadPath::kHostDram, rpc::PayloadPath::kHostCache, rpc::PayloadPath::kNic}) {
      if (path == rpc::PayloadPath::kNic && setup.stack == StackSide::kHost) continue;
      setup.rpc.channel.payload = path;
      const RpcStats stats = answered(setup, 100, 20us);
      EXPECT_EQ(stats.clients.calls.completed, 100);
      EXPECT_EQ(stats.stack.packets, 100 * 4) << "5,028 bytes in packets of 1,460";
      EXPECT_EQ(stats.stack.sent, 100 * 14) << "20,028 bytes";
    }
  }
}

/// Whichever way the class travels, each thread is scheduled under that of its present request:
/// SLOs that let one class starve the other show it.
TEST(RpcServer, TellsTheSchedulerTheClassOfEachRequest) {
  for (RpcBench setup : all_placements()) {
    setup.system.workers = 1;
    setup.system.policy.kind = PolicyKind::kMultiQueueShinjuku;
    setup.system.policy.slice = 1ms;
    setup.system.policy.classes = {{10us}, {10s}};
    setup.load.threads = 48;
    setup.load.arrivals.long_share = 0.3;
    setup.load.arrivals.rate = sim::Rate{118e3};
    for (const bool tells : {true, false}) {
      setup.rpc.channel.tells_class = tells;
      const auto server = setup.server();
      server->run_until(Time{30ms});
      server->check_invariants();
      const workloads::RpcClientStats stats = server->rpc_stats()->clients;
      const Duration urgent = *stats.class_0.latency.mean();
      const Duration patient = *stats.class_1.latency.mean();
      EXPECT_LT(5 * urgent, 4 * patient) << "told " << tells;
    }
  }
}

/// The agent on the host loads each class from the NIC's memory; told, it need not.
TEST(RpcServer, MakesAnAgentAcrossPcieLoadClassesThatItIsNotTold) {
  RpcBench setup(StackSide::kNic, Placement::kHost);
  setup.system.policy.kind = PolicyKind::kMultiQueueShinjuku;
  setup.system.workers = 15;
  setup.rpc.cores = 15;
  setup.load.threads = 120;
  setup.load.service.mean = 2us;
  setup.load.service.kind = workloads::ServiceKind::kConstant;
  setup.load.arrivals.rate = sim::Rate{1.5e6};  // more than the agent can decide for
  const auto served = [&](bool tells) {
    setup.rpc.channel.tells_class = tells;
    const auto server = setup.server();
    server->run_until(Time{8ms});
    return static_cast<double>(server->rpc_stats()->clients.calls.completed);
  };
  const double told = served(true);
  const double loads = served(false);
  EXPECT_LT(loads, 0.75 * told) << "750 ns and more for each request";
}

TEST(RpcServer, DropsMalformedRequestsAndGoesOn) {
  RpcBench setup(StackSide::kNic, Placement::kNic);
  setup.rpc.clients.malformed = 0.2;
  setup.rpc.clients.budget = 5ms;
  const RpcStats stats = answered(setup, 500, 10us);
  EXPECT_GT(stats.clients.malformed, 60);
  EXPECT_EQ(stats.stack.malformed.all() + stats.stack.wrong_size + stats.stack.bad_segments +
                stats.stack.not_requests + stats.clients.calls.completed,
            500);
  EXPECT_EQ(stats.clients.lost, stats.clients.malformed);
}

/// More than it can do, for long: what waits is bounded, and the rest is refused or lost, not
/// forgotten.
TEST(RpcServer, RefusesWhatItCannotKeep) {
  RpcBench setup(StackSide::kNic, Placement::kNic);
  setup.rpc.stack.most_waiting = 32;
  setup.rpc.clients.budget = 2ms;
  setup.load.arrivals.rate = sim::Rate{2e6};
  const auto server = setup.server();
  server->run_until(Time{10ms});
  server->check_invariants();
  const RpcStats stats = *server->rpc_stats();
  EXPECT_GT(stats.clients.refused + stats.clients.lost, 5000);
  EXPECT_LE(stats.stack.most_waiting, 32);
  EXPECT_GT(stats.clients.calls.completed, 400);
}

/// Those that are answered are answered in time whatever the load, because few may wait; the others
/// are refused.
TEST(RpcServer, MeetsNoObjectiveByRefusing) {
  const RpcBench bench(StackSide::kNic, Placement::kNic);
  ExperimentParams e;
  e.run.warm_up = 5ms;
  e.run.length = 40ms;
  e.system = bench.system;
  e.system.policy.classes = {{3ms}};
  e.rpc = bench.rpc;
  e.rpc->stack.most_waiting = 0;
  e.workload.threads = 24;
  e.workload.service.kind = workloads::ServiceKind::kConstant;
  e.workload.service.mean = 100us;
  const double most = e.system.workers / 100e-6;
  const double found = find_objective(e, 1).rate;
  EXPECT_GT(found, 0.7 * most);
  EXPECT_LT(found, 1.02 * most);
}

/// A stack that nothing loads: a call takes what its legs take, here between bounds from below
/// (the network's and the service's own times) and above.
TEST(RpcServer, AddsUpTheLegsOfAnUnloadedCall) {
  for (RpcBench setup : all_placements()) {
    setup.load.service.kind = workloads::ServiceKind::kConstant;
    setup.load.service.mean = 10us;
    const RpcStats stats = answered(setup, 50, 100us);
    const Duration mean = *stats.clients.calls.latency.mean();
    const Duration code = stats.time.of_code() / 50;
    const Duration wire = 2 * (2 * 300ns + 500ns);
    const Duration pipelines = 800ns;
    const Duration least = code + wire + pipelines + 10us;
    EXPECT_GT(mean, least);
    EXPECT_LT(mean, least + 12us) << "notes, decisions, interrupts, switches";
  }
}

/// The scheduler's and the stack's cores work on the same requests whatever their placement.
TEST(RpcServer, IsOfferedTheSameWorkInEveryPlacement) {
  std::optional<Duration> work;
  for (const RpcBench& setup : all_placements()) {
    const auto server = setup.server();
    server->run_until(Time{10ms});
    const Duration now = server->stats().requests.work;
    EXPECT_EQ(work.value_or(now), now);
    work = now;
  }
}

TEST(RpcServer, IsTheSameForTheSameSeed) {
  const RpcBench setup(StackSide::kNic, Placement::kHost);
  const auto once = setup.server(7);
  const auto again = setup.server(7);
  once->run_until(Time{5ms});
  again->run_until(Time{5ms});
  EXPECT_EQ(once->simulation().hash(), again->simulation().hash());
  EXPECT_NE(once->simulation().hash(), 0u);
}

/// Any load, any sizes, any class, over any path.
TEST(RpcServer, KeepsItsInvariantsWhateverIsAsked) {
  for (std::uint64_t seed = 1; seed <= 24; ++seed) {
    sim::Stream random(seed, "an RPC server");
    const auto coin = [&] { return random() % 2 == 0; };
    const auto below = [&](std::uint64_t n) { return static_cast<int>(random() % n); };
    const StackSide stack = coin() ? StackSide::kHost : StackSide::kNic;
    const Placement agent = coin() ? Placement::kHost : Placement::kNic;
    RpcBench setup(stack, agent);
    setup.system.workers = 1 + below(6);
    setup.system.prestage = coin();
    setup.system.policy.kind = coin() ? PolicyKind::kShinjuku : PolicyKind::kMultiQueueShinjuku;
    setup.system.policy.slice = 10us;
    setup.rpc.cores = 1 + below(5);
    setup.rpc.channel.tells_class = coin();
    setup.rpc.channel.receive_ring = 16;
    setup.rpc.channel.return_batch = 1 + below(8);
    setup.rpc.stack.most_waiting = 1 + below(100);
    setup.rpc.clients.request = {.mean = sim::Bytes{below(4000)}, .variation = 0.5};
    setup.rpc.clients.reply = {.mean = sim::Bytes{below(6000)}, .variation = 1};
    setup.rpc.clients.malformed = coin() ? 0.05 : 0;
    setup.rpc.clients.fan_out = 1 + below(3);
    setup.load.threads = 16 + below(40);
    setup.load.arrivals.long_share = 0.2;
    setup.load.arrivals.rate = sim::Rate{20e3 * (1 + below(20))};
    const auto server = setup.server(seed);
    for (int i = 1; i <= 4; ++i) {
      server->run_until(Time{i * 1ms});
      EXPECT_NO_THROW(server->check_invariants()) << "seed " << seed;
    }
  }
}

}  // namespace
}  // namespace experiments
