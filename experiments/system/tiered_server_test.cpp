// SPDX-License-Identifier: Apache-2.0
#include "experiments/system/tiered_server.h"

#include <gtest/gtest.h>

#include "experiments/measure/experiment.h"

namespace experiments {
namespace {

using namespace std::chrono_literals;
using sim::Time;
using sim::operator""_GiB;

/// A hundredth of the memory, and as much fewer accesses.
MemoryParams one_gib(int threads = 4) {
  MemoryParams m;
  m.tiering.memory = 1_GiB;
  m.tiering.threads = threads;
  m.load.requests = sim::Rate{1e4};
  return m;
}

TEST(TieredServer, ServesTheObjectiveOnceSolHasLearned) {
  for (const Placement placement : {Placement::kHost, Placement::kNic}) {
    TieredServer server({}, placement, one_gib(), 1);
    server.run_until(Time{118s});
    server.check_invariants();
    EXPECT_GE(1 - server.memory().slow_share(), 0.8);
    EXPECT_LT(server.memory().fast_pages(), 262'144 / 2);
  }
}

TEST(TieredServer, ServesItAgainThreeEpochsAfterEverythingHasChanged) {
  MemoryParams params = one_gib();
  params.load.phase_change = 120s;
  TieredServer server({}, Placement::kNic, params, 1);
  server.run_until(Time{121s});
  EXPECT_LT(1 - server.memory().slow_share(), 0.7) << "the change was none";
  server.run_until(Time{121s + 116s});
  EXPECT_GE(1 - server.memory().slow_share(), 0.8);
  server.check_invariants();
}

MemoryParams captured_gib(int intervals) {
  MemoryParams params = one_gib();
  params.load.kind = workloads::PageLoadKind::kCapture;
  params.load.intervals = intervals;
  return params;
}

/// The hottest hundredth of a real store's memory, its indexes, gets most of its accesses, and the
/// rest of them are spread more widely than the statistical store's.
TEST(TieredServer, KeepsWhatARealStoreWasSeenToNeed) {
  TieredServer server({}, Placement::kNic, captured_gib(200), 1);
  server.run_until(Time{118s});
  server.check_invariants();
  const tiering::AccessStats accesses = server.stats().accesses;
  EXPECT_GE(accesses.hit_rate(), 0.8);
  EXPECT_LT(server.memory().fast_pages(), 262'144 / 2);
}

/// Eight shards of 300 operations an interval, of which each accesses three to seven pages.
TEST(TieredServer, DoesWhatACaptureSays) {
  TieredServer server({}, Placement::kNic, captured_gib(1), 1);
  const auto accesses_until = [&](Time when) {
    server.run_until(when);
    return server.stats().accesses.fast;
  };
  const double begun = accesses_until(Time{3s});
  const double once = accesses_until(Time{6s}) - begun;
  EXPECT_GT(once, 10 * 8 * 300 * 3);
  EXPECT_LT(once, 10 * 8 * 300 * 7);
  EXPECT_NEAR(accesses_until(Time{9s}) - begun, 2 * once, 1e-6 * once) << "over and over";
}

/// What needs no learning keeps less, and what scans everything always scans more.
TEST(TieredServer, LiesBetweenItsBaselines) {
  const auto run = [](TieringPolicyKind kind) {
    MemoryParams params = one_gib();
    params.policy.kind = kind;
    auto server = std::make_unique<TieredServer>(MachineParams{}, Placement::kNic, params, 1);
    server->run_until(Time{118s});
    return server;
  };
  const auto sol = run(TieringPolicyKind::kSol);
  const auto oracle = run(TieringPolicyKind::kOracle);
  const auto fastest = run(TieringPolicyKind::kFastest);
  const auto slowest = run(TieringPolicyKind::kSlowest);
  EXPECT_LE(oracle->memory().fast_pages(), sol->memory().fast_pages());
  EXPECT_LT(sol->stats().daemon.scans, fastest->stats().daemon.scans);
  EXPECT_GT(sol->stats().daemon.scans, slowest->stats().daemon.scans);
}

TEST(TieredServer, AnswersSoonerWithMoreThreadsAndOnFasterCores) {
  const auto whole_iteration = [](Placement placement, int threads) {
    TieredServer server({}, placement, one_gib(threads), 1);
    server.run_until(Time{39s});
    EXPECT_EQ(server.stats().daemon.epochs, 1);
    return server.stats().daemon.ending_epochs;
  };
  EXPECT_LT(whole_iteration(Placement::kNic, 4), whole_iteration(Placement::kNic, 1));
  EXPECT_LT(whole_iteration(Placement::kHost, 1), whole_iteration(Placement::kNic, 1));
}

TEST(TieredServer, GivesEqualResultsForEqualSeeds) {
  const auto run = [](std::uint64_t seed) {
    TieredServer server({}, Placement::kNic, one_gib(), seed);
    server.run_until(Time{50s});
    return std::pair(server.simulation().hash(), server.memory().fast_pages());
  };
  EXPECT_EQ(run(1), run(1));
  EXPECT_NE(run(1), run(2));
}

/// Every entry that was scanned went to the NIC, with a header for each chunk and each iteration.
TEST(TieredServer, ShipsEveryEntryThatItScans) {
  MemoryParams params = one_gib(1);
  params.policy.kind = TieringPolicyKind::kFastest;
  TieredServer server({}, Placement::kNic, params, 1);
  server.run_until(Time{550ms});  // between the first iteration and the second
  const TieredStats stats = server.stats();
  EXPECT_EQ(stats.daemon.scans, 4096);
  EXPECT_EQ(stats.to_agent.count, 4096 * 64 * 8 + (32 + 1) * 64);
  EXPECT_EQ(stats.to_host.count, 4096 + 64 + 64) << "the first periods, and an empty answer";
}

}  // namespace
}  // namespace experiments
