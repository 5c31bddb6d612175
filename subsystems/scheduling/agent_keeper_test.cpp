// SPDX-License-Identifier: Apache-2.0
#include "subsystems/scheduling/agent_keeper.h"

#include <gtest/gtest.h>
#include <optional>
#include <vector>

#include "subsystems/scheduling/invariants.h"
#include "subsystems/scheduling/test_bench.h"

namespace scheduling {
namespace {

using namespace bench;
using namespace wave::scheduling;
using Type = MessageType;

/// A process that only waits: decisions are the test's.
class Idle : public wave::Program {
 public:
  explicit Idle(wave::Runtime& runtime) : runtime_(runtime) {}
  void run() override {
    while (!runtime_.leaving()) runtime_.poll(wave::kNever);
  }

 private:
  wave::Runtime& runtime_;
};

class NoNotifier : public wave::Notifier {
 public:
  void notify(core::Core&, int) override {}
};

/// The kernel's bench with a keeper on the agent's core; agents' processes live elsewhere.
struct KeeperBench : Bench {
  explicit KeeperBench(const KeeperParams& params, const KernelOptions& options = {})
      : Bench({}, options) {
    for (int c = 0; c < 2; ++c)
      agent_cores.emplace_back(sim, "agent" + std::to_string(c), elsewhere, c, core::CoreParams{});
    launcher.start_at_once(0, 0);
    keeper.emplace(params,
                   AgentKeeper::Parts{.kernel = kernel,
                                      .launcher = launcher,
                                      .core = core(kAgent),
                                      .messages = producers[kAgent],
                                      .use_place = [this](int p, core::Core&) { use_place(p); }});
    keeper->start();
    began = sim.now();
  }
  std::unique_ptr<wave::AgentProcess> make(int place) {
    return std::make_unique<wave::AgentProcess>(wave::AgentParts{
        .core = agent_cores[std::size_t(place)],
        .mapping = agent_mapping,
        .notifier = notifier,
        .costs = costs,
        .memory = {.queues = {{.offset = std::int64_t{512} * place, .capacity = 8}}, .slots = {}},
        .program = [](wave::Runtime& r) { return std::make_unique<Idle>(r); },
        .may_fail = true});
  }
  void use_place(int place) {
    places.push_back(place);
    for (int c = 0; c < kCores; ++c) producers[std::size_t(c)].move_to(queue(c));
  }
  /// The time since the keeper began.
  void until(Duration d) { sim.run_until(began + d); }
  bool sound() { return !Invariants(kernel).broken(); }

  Time began{};
  memory::Domain elsewhere{"agents", {}, 2, {0ns, 50ns, 50ns, 0ns}};
  memory::Region agent_memory{sim, "agents' queues", elsewhere, sim::Bytes{1024}};
  memory::Mapping agent_mapping{agent_memory, memory::MemoryType::kWriteBack};
  std::deque<core::Core> agent_cores;
  NoNotifier notifier;
  wave::AgentCosts costs;
  ChannelDouble channel;
  wave::LauncherParams launcher_params{.start = 2ms, .kill = 100us};
  wave::AgentLauncher launcher{sim, launcher_params, channel,
                               [this](wave::AgentNumber, int p) { return make(p); }};
  std::vector<int> places;
  std::optional<AgentKeeper> keeper;
};

TEST(Watchdog, GivesAnAgentUpThatLetsAThreadWaitForTheLimitAndNoSooner) {
  KeeperBench bench({.watchdog = 5ms, .look_every = 1ms, .restart = false});
  bench.until(1500us);
  Thread& thread = bench.enter({run(50us)});
  // Seen waiting at 2 ms, given up at the look 5 ms later.
  bench.until(7ms - 1us);
  EXPECT_TRUE(thread.is_ghost());
  bench.until(7ms + 100us);
  EXPECT_EQ(bench.keeper->stats().watchdog_firings, 1);
  ASSERT_EQ(bench.keeper->given_up().size(), 1u);
  EXPECT_GE(bench.keeper->given_up().front(), bench.began + 7ms);
  EXPECT_EQ(bench.keeper->stats().threads_moved, 1);
  EXPECT_FALSE(bench.keeper->serving());
  EXPECT_FALSE(bench.kernel.has_agent());
  EXPECT_TRUE(thread.is_fair());
  EXPECT_EQ(thread.status.runtime, 50us) << "the fair class has run it";
  EXPECT_TRUE(bench.sound());
  bench.until(8ms);
  EXPECT_EQ(bench.launcher.process(0), nullptr);
}

TEST(Watchdog, LeavesAnAgentAloneWhoseThreadsGetTheirTurn) {
  KeeperBench bench({.watchdog = 5ms, .look_every = 1ms});
  Thread& thread = bench.enter({run(50us), block(), run(50us)});
  bench.until(4ms);
  EXPECT_EQ(bench.kernel.commit(bench.decision(thread), bench.kernel.cpu(0), bench.core(0)),
            kComplete);
  bench.kernel.cpu(0).interrupt(HostCpu::Interrupt::kReschedule);
  bench.until(20ms);  // asleep since
  EXPECT_EQ(bench.keeper->stats().watchdog_firings, 0);
}

TEST(Watchdog, WithoutALimitWaitsForEver) {
  KeeperBench bench({.watchdog = 0ms});
  Thread& thread = bench.enter({run(50us)});
  bench.until(500ms);
  EXPECT_TRUE(thread.is_ghost());
  EXPECT_TRUE(bench.keeper->serving());
  EXPECT_TRUE(bench.keeper->given_up().empty());
}

TEST(Nudge, MakesAnIdleCpuLookIntoItsSlotWhileSomebodyWaits) {
  for (const bool nudge : {true, false}) {
    KeeperBench bench({.look_every = 1ms, .nudge = nudge});
    Thread& thread = bench.enter({run(50us)});
    // Nobody tells the CPU.
    const wave::Slot slot = encode(bench.decision(thread), 1);
    bench.region.write(Bench::slot(1).decision(), std::as_bytes(std::span(slot)), "agent");
    bench.until(1ms - 1us);
    EXPECT_EQ(thread.status.runtime, 0us);
    bench.until(1ms + 100us);
    EXPECT_EQ(thread.status.runtime, nudge ? 50us : 0us);
    EXPECT_EQ(bench.keeper->stats().nudges, nudge ? 3 : 0);
  }
}

TEST(Keeper, StartsAnotherAgentWhenOneHasEndedAndThreadsComeBackToIt) {
  KeeperBench bench({.restart_after = 1ms});
  Thread& thread = bench.enter({run(50us)}, false);
  bench.until(10ms);
  bench.launcher.crash(0);
  bench.until(10ms + 150us);  // its end is noticed after 100 us
  EXPECT_EQ(bench.keeper->stats().exits, 1);
  EXPECT_TRUE(thread.is_fair());
  // 1 ms, killing what is gone already, and 2 ms to start.
  bench.until(13ms + 50us);
  EXPECT_FALSE(bench.kernel.has_agent());
  bench.until(13ms + 250us);
  EXPECT_TRUE(bench.kernel.has_agent());
  EXPECT_EQ(bench.keeper->serving(), 1);
  EXPECT_EQ(bench.places, std::vector{1});
  EXPECT_TRUE(thread.is_ghost());
  EXPECT_EQ(bench.last().message.type, Type::kTaskNew);
  const KeeperStats stats = bench.keeper->stats();
  EXPECT_EQ(stats.restarts, 1);
  EXPECT_EQ(stats.fallbacks, 1);
  EXPECT_GT(stats.on_fallback, 3ms);
  EXPECT_LT(stats.on_fallback, 3300us);
  EXPECT_TRUE(bench.sound());
}

TEST(Keeper, WithoutAFallbackLetsThreadsWaitForTheNextAgent) {
  KeeperBench bench({.fallback = Fallback::kNone, .restart_after = 1ms});
  Thread& thread = bench.enter({run(50us)});
  bench.launcher.crash(0);
  bench.until(2ms);
  EXPECT_TRUE(thread.is_ghost());
  EXPECT_EQ(thread.status.runtime, 0us);
  bench.until(5ms);
  EXPECT_EQ(bench.last().message.type, Type::kTaskNew);
  EXPECT_EQ(bench.last().message.seqnum, 2u) << "the same incarnation goes on";
  EXPECT_EQ(bench.keeper->stats().fallbacks, 0);
}

TEST(Keeper, CanBeToldNotToStartAnother) {
  KeeperBench bench({.restart = false});
  bench.launcher.crash(0);
  bench.until(100ms);
  EXPECT_FALSE(bench.keeper->serving());
  EXPECT_EQ(bench.keeper->stats().restarts, 0);
  EXPECT_GT(bench.keeper->stats().without_agent, 99ms);
}

TEST(Keeper, GivesAnAgentUpWhoseQueueIsFull) {
  KeeperBench bench({.restart = false});
  for (std::int64_t i = 0; i <= Bench::kCapacity; ++i)
    bench.enter({}, false);  // nobody takes messages
  EXPECT_EQ(bench.keeper->stats().overflows, 1);
  EXPECT_FALSE(bench.kernel.has_agent());
}

TEST(Upgrade, LetsTheOldAgentDecideUntilTheNewOneIsReadyAndEndsItThen) {
  KeeperBench bench({});
  Thread& thread = bench.enter({run(50us)});
  bench.keeper->upgrade();
  bench.until(1990us);
  EXPECT_EQ(bench.keeper->serving(), 0);
  EXPECT_TRUE(bench.kernel.has_agent());
  bench.until(2050us);
  EXPECT_EQ(bench.keeper->serving(), 1);
  EXPECT_TRUE(thread.is_ghost());
  EXPECT_EQ(bench.last().message.type, Type::kTaskNew);
  bench.until(3ms);
  EXPECT_EQ(bench.launcher.process(0), nullptr);
  EXPECT_NE(bench.launcher.process(1), nullptr);
  KeeperStats stats = bench.keeper->stats();
  EXPECT_EQ(stats.upgrades, 1);
  EXPECT_EQ(stats.exits, 0) << "its end was meant";
  EXPECT_EQ(stats.without_agent, 0ns);
  EXPECT_EQ(stats.blackouts, 0) << "nothing decided yet";

  bench.until(3100us);
  EXPECT_EQ(bench.kernel.commit(bench.decision(thread), bench.kernel.cpu(0), bench.core(0)),
            kComplete);
  stats = bench.keeper->stats();
  EXPECT_EQ(stats.blackouts, 1);
  EXPECT_GT(stats.blackout, 1ms);
  EXPECT_LT(stats.blackout, 1200us);
}

/// The queue runs full at about the time at which the keeper hears that the new agent is ready.
TEST(Upgrade, DoesNotBlameTheNewAgentForTheQueueOfTheOldOne) {
  for (Duration at = 0ns; at < 3us; at += 10ns) {
    KeeperBench bench({.look_every = 100ns, .restart = false});  // it is busy much of the time
    bench.producers[Bench::kWaker].move_to({.offset = 0, .capacity = 1});
    bench.enter({}, false);  // nobody takes the message
    bench.keeper->upgrade();
    bench.pass(2us);
    bench.sim.after(at, [&] { bench.keeper->agent_ready(1); });
    bench.enter({}, false);
    bench.pass(100us);
    ASSERT_EQ(bench.keeper->serving(), 1) << "ready after " << at.count() << " ps";
  }
}

TEST(Upgrade, IsARestartIfTheOldAgentEndsMeanwhile) {
  KeeperBench bench({.restart_after = 1ms});
  bench.keeper->upgrade();
  bench.until(500us);
  bench.launcher.crash(0);
  bench.until(10ms);
  EXPECT_EQ(bench.keeper->serving(), 1) << "the one that was on its way, and no other";
  EXPECT_EQ(bench.keeper->stats().restarts, 1);
  EXPECT_EQ(bench.keeper->stats().upgrades, 0);
}

TEST(Upgrade, IsNothingIfTheNewAgentEndsBeforeItIsReady) {
  KeeperBench bench({});
  bench.keeper->upgrade();
  bench.until(1ms);
  bench.keeper->agent_gone(1);
  bench.until(20ms);
  EXPECT_EQ(bench.keeper->serving(), 0);
  EXPECT_TRUE(bench.kernel.has_agent());
}

}  // namespace
}  // namespace scheduling
