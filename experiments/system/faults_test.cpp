// SPDX-License-Identifier: Apache-2.0
// What each fault does to a whole server, and what keeps it from doing worse.
#include "experiments/system/faults.h"

#include <gtest/gtest.h>

#include "experiments/system/checked_server.h"

namespace experiments {
namespace {

using namespace std::chrono_literals;
using sim::Duration;
using sim::Time;

/// Four CPUs at half load, with agents that come and go; nothing looks after them unless a test
/// says so.
struct FaultBench {
  FaultBench() {
    system.workers = 4;
    system.life.emplace();
    system.life->keeper.nudge = false;
    system.life->launcher = {.start = 200us, .kill = 20us};
    load.threads = 24;
    load.generators = 1;
    load.arrivals.rate = sim::Rate{200e3};
    load.service.kind = workloads::ServiceKind::kExponential;
    load.service.mean = 8us;
  }
  void look_after() {
    system.life->keeper.watchdog = 1ms;
    system.life->keeper.look_every = 100us;
    system.life->keeper.restart_after = 100us;
  }
  /// Requests answered between two instants.
  std::int64_t answered(Server& server, Duration from, Duration to) {
    server.run_until(Time{from});
    const std::int64_t before = server.stats().requests.completed;
    server.run_until(Time{to});
    server.check_invariants();
    return server.stats().requests.completed - before;
  }

  MachineParams machine;
  SystemParams system;
  workloads::RequestLoadParams load;
};

TEST(AgentsThatComeAndGo, ScheduleAsOneThatIsThereForEver) {
  for (const Placement placement : {Placement::kHost, Placement::kNic}) {
    FaultBench bench;
    bench.system.placement = placement;
    bench::CheckedServer with(bench.machine, bench.system, bench.load, 1);
    with.run_until(Time{5ms});
    bench.system.life.reset();
    bench::CheckedServer without(bench.machine, bench.system, bench.load, 1);
    without.run_until(Time{5ms});
    const ServerStats a = with.stats();
    const ServerStats b = without.stats();
    EXPECT_EQ(a.requests.arrived, b.requests.arrived);
    EXPECT_NEAR(static_cast<double>(a.requests.completed),
                static_cast<double>(b.requests.completed), 3);
    EXPECT_NEAR(sim::to_us(*a.requests.latency.mean()), sim::to_us(*b.requests.latency.mean()),
                0.2);
  }
}

TEST(Crash, StopsEverythingIfNobodyLooksAfterTheAgent) {
  FaultBench bench;
  bench.system.life->keeper.fallback = scheduling::Fallback::kNone;
  bench.system.life->keeper.restart = false;
  bench::CheckedServer server(bench.machine, bench.system, bench.load, 1,
                              {{.kind = FaultKind::kAgentCrash, .at = 2ms}});
  EXPECT_GT(bench.answered(server, 1ms, 2ms), 150);
  EXPECT_EQ(bench.answered(server, 3ms, 5ms), 0);
  EXPECT_EQ(server.stats().faults.injected, 1);
}

TEST(Crash, IsBridgedByTheFairClassUntilTheNextAgentIsThere) {
  for (const Placement placement : {Placement::kHost, Placement::kNic}) {
    FaultBench bench;
    bench.look_after();
    bench.system.placement = placement;
    bench::CheckedServer server(bench.machine, bench.system, bench.load, 1,
                                {{.kind = FaultKind::kAgentCrash, .at = 2ms}});
    server.run_until(Time{2ms + 100us});
    EXPECT_FALSE(server.agents()->keeper().serving());
    server.run_until(Time{3ms});
    EXPECT_TRUE(server.agents()->keeper().serving());
    EXPECT_NEAR(static_cast<double>(bench.answered(server, 3ms, 8ms)), 1000, 120);
    const ServerStats stats = server.stats();
    EXPECT_EQ(stats.keeper.exits, 1);
    EXPECT_EQ(stats.keeper.threads_moved, 24);
    EXPECT_EQ(stats.keeper.restarts, 1);
    EXPECT_LT(stats.requests.arrived - stats.requests.completed, 20);
  }
}

TEST(Hang, IsNoticedByTheWatchdogOnly) {
  FaultBench bench;
  bench.look_after();
  const FaultParams hang{.kind = FaultKind::kAgentHang, .at = 2ms, .length = 100ms};
  bench::CheckedServer server(bench.machine, bench.system, bench.load, 1, {hang});
  server.run_until(Time{8ms});
  const scheduling::KeeperStats kept = server.stats().keeper;
  EXPECT_EQ(kept.watchdog_firings, 1);
  EXPECT_EQ(kept.exits, 0);
  EXPECT_EQ(kept.restarts, 1);
  EXPECT_GT(bench.answered(server, 8ms, 10ms), 350);
}

TEST(Hang, ThatEndsBeforeTheLimitIsForgiven) {
  FaultBench bench;
  bench.look_after();
  const FaultParams hang{.kind = FaultKind::kAgentHang, .at = 2ms, .length = 600us};
  bench::CheckedServer server(bench.machine, bench.system, bench.load, 1, {hang});
  server.run_until(Time{8ms});
  EXPECT_EQ(server.stats().keeper.watchdog_firings, 0);
  EXPECT_GT(bench.answered(server, 8ms, 10ms), 350);
}

/// Its threads take turns all the same, so that no limit on a thread's wait tells.
TEST(SlowAgent, PutsRequestsOffAndKeepsItsPlace) {
  FaultBench bench;
  bench.look_after();
  const FaultParams slow{.kind = FaultKind::kAgentSlow, .at = 2ms, .length = 4ms, .factor = 20};
  bench::CheckedServer server(bench.machine, bench.system, bench.load, 1, {slow});
  EXPECT_GT(bench.answered(server, 1ms, 2ms), 150);
  EXPECT_LT(bench.answered(server, 3ms, 6ms), 450) << "of some 600 that arrive";
  EXPECT_GT(bench.answered(server, 6ms, 10ms), 850) << "what was put off, too";
  const ServerStats stats = server.stats();
  EXPECT_LT(stats.requests.arrived - stats.requests.completed, 20);
  EXPECT_EQ(stats.keeper.watchdog_firings, 0);
  EXPECT_EQ(stats.keeper.restarts, 0);
}

TEST(Garbage, IsRefusedForItsReasonAndNothingIsLost) {
  FaultBench bench;
  bench.look_after();
  bench.system.check_memory = true;
  const FaultParams garbage{
      .kind = FaultKind::kAgentGarbage, .at = 1ms, .length = 3ms, .share = 0.2};
  bench::CheckedServer server(bench.machine, bench.system, bench.load, 1, {garbage});
  for (Duration at = 0us; at < 8ms; at += 50us) {
    server.run_until(Time{at});
    ASSERT_NO_THROW(server.check_invariants());
  }
  const ServerStats stats = server.stats();
  const scheduling::Refusals& refusals = stats.kernel.refusals;
  EXPECT_GT(stats.faults.garbage, 20);
  EXPECT_GT(refusals.target_not_found, 0);
  EXPECT_GT(refusals.target_stale, 0);
  EXPECT_GT(refusals.invalid_flags + refusals.invalid_target, 0);
  EXPECT_GT(refusals.invalid_cpu, 0);
  EXPECT_GT(bench.answered(server, 8ms, 10ms), 350);
}

// A message queue that runs full

/// More threads wake up than a queue has entries, and nobody takes their messages.
TEST(FullQueue, IsReportedAndCostsAHungAgentItsPlaceLongBeforeTheLimit) {
  for (const Placement placement : {Placement::kHost, Placement::kNic}) {
    FaultBench bench;
    bench.look_after();
    bench.system.placement = placement;
    bench.system.queue_capacity = 16;
    bench.system.life->keeper.watchdog = 50ms;
    bench.load.threads = 128;
    const FaultParams hang{.kind = FaultKind::kAgentHang, .at = 2ms, .length = 100ms};
    bench::CheckedServer server(bench.machine, bench.system, bench.load, 1, {hang});
    server.run_until(Time{2ms});
    EXPECT_EQ(server.stats().kernel.overflows, 0);
    for (Duration at = 2ms; at < 8ms; at += 50us) {
      server.run_until(Time{at});
      ASSERT_NO_THROW(server.check_invariants());
    }
    const ServerStats stats = server.stats();
    EXPECT_GT(stats.kernel.overflows, 0);
    EXPECT_EQ(stats.keeper.overflows, 1);
    EXPECT_EQ(stats.keeper.watchdog_firings, 0);
    EXPECT_EQ(stats.keeper.threads_moved, 128);
    EXPECT_EQ(stats.keeper.restarts, 1);
    EXPECT_GT(bench.answered(server, 8ms, 10ms), 350);
    EXPECT_LT(server.in_flight(), 20);
  }
}

// A lost interrupt

struct OneCpu : FaultBench {
  OneCpu() {
    system.workers = 1;
    load.threads = 2;
    load.arrivals.rate = sim::Rate{5e3};
    load.arrivals.kind = workloads::ArrivalKind::kDeterministic;
  }
  const FaultParams lost{.kind = FaultKind::kMsixLost, .at = 1ms, .length = 150us};
};

TEST(LostInterrupt, LeavesItsCpuAsleepForEverIfNobodyAsksAgain) {
  OneCpu bench;
  bench.system.prestage = false;
  bench::CheckedServer server(bench.machine, bench.system, bench.load, 1, {bench.lost});
  server.run_until(Time{20ms});
  EXPECT_GT(server.stats().faults.interrupts_lost, 0);
  EXPECT_EQ(bench.answered(server, 2ms, 20ms), 0);
}

TEST(LostInterrupt, IsSentAgainByAnAgentThatHearsNothing) {
  OneCpu bench;
  bench.system.renotify_after = 100us;
  bench::CheckedServer server(bench.machine, bench.system, bench.load, 1, {bench.lost});
  EXPECT_NEAR(static_cast<double>(bench.answered(server, 2ms, 20ms)), 90, 1);
  const ServerStats stats = server.stats();
  EXPECT_GT(stats.faults.interrupts_lost, 0);
  EXPECT_GE(stats.agent.renotified, 1);
  EXPECT_LE(stats.agent.renotified, stats.faults.interrupts_lost + 1);
}

TEST(LostInterrupt, IsMadeGoodByTheKeepersNudge) {
  OneCpu bench;
  bench.system.life->keeper.nudge = true;
  bench.system.life->keeper.look_every = 500us;
  bench::CheckedServer server(bench.machine, bench.system, bench.load, 1, {bench.lost});
  EXPECT_NEAR(static_cast<double>(bench.answered(server, 2ms, 20ms)), 90, 1);
  EXPECT_GE(server.stats().keeper.nudges, 1);
}

TEST(LostInterrupt, IsNothingThatAnAgentExpectsWithoutFaults) {
  FaultBench bench;
  bench.system.renotify_after = 100us;
  bench::CheckedServer server(bench.machine, bench.system, bench.load, 1);
  server.run_until(Time{10ms});
  EXPECT_EQ(server.stats().agent.renotified, 0);
}

// A link that stands still

TEST(Stall, OfAMillisecondHoldsEverythingUpAndLosesNothing) {
  FaultBench bench;
  bench.look_after();
  bench.system.life->keeper.watchdog = 5ms;
  bench::CheckedServer server(bench.machine, bench.system, bench.load, 1,
                              {{.kind = FaultKind::kLinkStall, .at = 2ms, .length = 1ms}});
  EXPECT_LT(bench.answered(server, 2100us, 3ms), 20);
  server.run_until(Time{6ms});
  const ServerStats stats = server.stats();
  EXPECT_EQ(stats.keeper.watchdog_firings, 0);
  EXPECT_LT(stats.requests.arrived - stats.requests.completed, 20);
  EXPECT_GT(*stats.requests.latency.max(), 900us);
}

TEST(Stall, LongerThanTheLimitCostsTheAgentItsPlace) {
  FaultBench bench;
  bench.look_after();
  bench::CheckedServer server(bench.machine, bench.system, bench.load, 1,
                              {{.kind = FaultKind::kLinkStall, .at = 2ms, .length = 4ms}});
  server.run_until(Time{5ms});
  EXPECT_EQ(server.stats().keeper.watchdog_firings, 1) << "though nothing of it crosses the link";
  // The commands to end the agent and to start another come when the link does.
  EXPECT_EQ(server.stats().keeper.restarts, 0);
  server.run_until(Time{8ms});
  EXPECT_EQ(server.stats().keeper.restarts, 1);
  EXPECT_GT(bench.answered(server, 8ms, 10ms), 350);
}

/// A CPU that reads its slot gets all ones when the root port gives the read up; by then the
/// watchdog has moved the threads, and the fair class serves until the link is back.
TEST(Stall, OfASecondCostsNoMoreThanTheCompletionTimeout) {
  for (const Duration timeout : {5ms, 50ms}) {
    FaultBench bench;
    bench.look_after();
    bench.machine.pcie.link.completion_timeout = timeout;
    bench.system.life->keeper.nudge = true;  // so that idle CPUs read their slots, too
    bench.load.arrivals.rate = sim::Rate{50e3};
    bench::CheckedServer server(bench.machine, bench.system, bench.load, 1,
                                {{.kind = FaultKind::kLinkStall, .at = 2ms, .length = 1s}});
    // No CPU gets on before; afterwards requests are answered as they come.
    EXPECT_LT(bench.answered(server, 2200us, 2ms + timeout), 20);
    EXPECT_GT(bench.answered(server, 2ms + timeout, 1002ms),
              50 * (1000 - timeout / 1ms) * 98 / 100);
    EXPECT_LT(*server.stats().requests.latency.max(), timeout + 1ms);
    EXPECT_LT(server.in_flight(), 20);
    EXPECT_TRUE(server.checker().findings().empty());
    server.run_until(Time{1100ms});
    server.check_invariants();
    const ServerStats stats = server.stats();
    EXPECT_EQ(stats.keeper.watchdog_firings, 1);
    EXPECT_EQ(stats.keeper.restarts, 1);
    EXPECT_LT(stats.requests.arrived - stats.requests.completed, 20);
  }
}

/// Without anybody to look after it, the agent goes on when the link does: what CPUs took for
/// nothing is still in their slots.
TEST(Stall, LongerThanTheCompletionTimeoutLosesNoDecision) {
  for (const bool prestage : {false, true}) {
    FaultBench bench;
    bench.system.prestage = prestage;
    bench.machine.pcie.link.completion_timeout = 100us;
    bench::CheckedServer server(bench.machine, bench.system, bench.load, 1,
                                {{.kind = FaultKind::kLinkStall, .at = 2ms, .length = 1ms}});
    server.run_until(Time{8ms});
    server.check_invariants();
    EXPECT_GT(bench.answered(server, 8ms, 10ms), 350);
    const ServerStats stats = server.stats();
    EXPECT_EQ(stats.keeper.fallbacks, 0);
    EXPECT_LT(stats.requests.arrived - stats.requests.completed, 20);
  }
}

TEST(Upgrade, UnderLoadStopsNobodyForLong) {
  for (const Placement placement : {Placement::kHost, Placement::kNic}) {
    FaultBench bench;
    bench.look_after();
    bench.system.placement = placement;
    bench::CheckedServer server(bench.machine, bench.system, bench.load, 1,
                                {{.kind = FaultKind::kAgentUpgrade, .at = 2ms}});
    server.run_until(Time{6ms});
    server.check_invariants();
    const ServerStats stats = server.stats();
    EXPECT_EQ(stats.keeper.upgrades, 1);
    EXPECT_EQ(stats.keeper.fallbacks, 0);
    EXPECT_EQ(stats.keeper.blackouts, 1);
    EXPECT_LT(stats.keeper.blackout, 100us);
    EXPECT_LT(stats.requests.arrived - stats.requests.completed, 20);
  }
}

}  // namespace
}  // namespace experiments
