// SPDX-License-Identifier: Apache-2.0
// The host's daemon and the agent's threads together, without a link between them.
#include "subsystems/memory/daemon.h"

#include <deque>
#include <gtest/gtest.h>
#include <memory>
#include <optional>

#include "subsystems/memory/agent_thread.h"
#include "subsystems/memory/policies/fixed_period.h"
#include "subsystems/memory/policies/oracle.h"
#include "subsystems/memory/policies/tiering_agent.h"

namespace tiering {
namespace {

using namespace std::chrono_literals;
using sim::Duration;
using sim::Time;

/// What is sent has arrived, unless it is the one that gets lost: so many later than now.
class Instantly : public Transport {
 public:
  void to_agent(core::Core& core, sim::Bytes, std::function<void()> arrived) override {
    core.sync();
    if (lose_to_agent < 0 || lose_to_agent-- > 0) arrived();
  }
  void to_host(core::Core& core, sim::Bytes, std::function<void()> arrived) override {
    core.sync();
    if (lose_to_host < 0 || lose_to_host-- > 0) arrived();
  }
  int lose_to_agent = -1;
  int lose_to_host = -1;
};

/// 64 batches of 16 pages in stripes of 4; nothing takes time.
TieringParams small() {
  TieringParams p;
  p.memory = sim::Bytes{std::int64_t{64} * 16 * 4096};
  p.batch_pages = 16;
  p.threads = 2;
  p.host.chunk = sim::Bytes{std::int64_t{4} * 16 * 8};
  p.host.scan_entry = p.host.apply = p.migration.page = 0ns;
  p.application.cores = 1;
  p.host.flush_first = 0ns;
  p.agent = {.read_entry = 0ns, .scan = 0ns, .sample = 0ns, .comparison = 0ns, .visit = 0ns};
  return p;
}

struct DaemonBench {
  const TieringParams params;
  sim::Simulation sim;
  memory::Domain domain;
  std::deque<core::Core> cores;
  TieredMemory memory;
  Instantly transport;
  std::optional<Migrator> migrator;
  std::optional<Daemon> daemon;
  Meeting meeting;
  std::deque<AgentThread> threads;
  std::unique_ptr<TieringAgent> agent;

  using MakePolicy = std::function<std::unique_ptr<Policy>(const Part&, int number)>;

  DaemonBench(const TieringParams& p, const MakePolicy& make_policy)
      : params(p),
        domain("host", {}, p.threads + 2,
               std::vector<Duration>(static_cast<std::size_t>((p.threads + 2) * (p.threads + 2)))),
        memory(sim, static_cast<Batch>(p.batches()), p.batch_pages, 1),
        meeting(p.threads) {
    for (int i = 0; i < p.threads + 2; ++i)
      cores.emplace_back(sim, "core", domain, i, core::CoreParams{});
    migrator.emplace(Migrator::Parts{.params = params, .memory = memory, .core = cores[1]});
    daemon.emplace(Daemon::Parts{.params = params,
                                 .memory = memory,
                                 .scanner = cores[0],
                                 .migrator = *migrator,
                                 .ship = [this](int part, Shipment shipment) {
                                   threads[static_cast<std::size_t>(part)].ship(
                                       cores[0], std::move(shipment));
                                 }});
    std::vector<TieringAgent::PartPolicy> policies;
    for (int i = 0; i < p.threads; ++i) {
      threads.emplace_back(AgentThread::Parts{.core = cores[static_cast<std::size_t>(i) + 2],
                                              .params = params,
                                              .part = i,
                                              .meeting = meeting,
                                              .transport = transport,
                                              .daemon = *daemon});
      const Part part{.batches = daemon->layout().batches_of(i),
                      .pages = p.batch_pages,
                      .shortest = Seconds{sim::to_seconds(p.shortest_period)},
                      .periods = p.periods,
                      .seed = 1};
      policies.push_back({make_policy(part, i), part.batches});
    }
    agent = std::make_unique<TieringAgent>(
        std::move(policies), HotSetParams{.objective = p.objective, .reserve = 0, .margin = 0});
    daemon->start();
    for (int i = 0; i < p.threads; ++i)
      threads[static_cast<std::size_t>(i)].start(
          [this, i](AgentRuntime& runtime) { agent->run(i, runtime); });
  }

  void run_until(Duration when) { sim.run_until(Time{when}); }
};

DaemonBench::MakePolicy always(Period period) {
  return [period](const Part& part, int) { return std::make_unique<FixedPeriod>(part, period); };
}

/// Its threads know how often everything is accessed.
struct WithOracle : DaemonBench {
  explicit WithOracle(const TieringParams& p)
      : DaemonBench(p, [this](const Part& part, int number) {
          return std::make_unique<Oracle>(part, [this, number](Batch batch) {
            return static_cast<float>(memory.table().rate(daemon->layout().global(number, batch)));
          });
        }) {}
};

TEST(TieringDaemon, ScansEveryBatchInItsPeriod) {
  DaemonBench shortest(small(), always(0));
  shortest.run_until(3100ms);
  EXPECT_EQ(shortest.daemon->stats().scans, 10 * 64);
  EXPECT_EQ(shortest.daemon->stats().iterations, 10);

  DaemonBench longest(small(), always(5));
  longest.run_until(9700ms);  // once around
  EXPECT_EQ(longest.daemon->stats().scans, 64);
  EXPECT_EQ(longest.daemon->stats().iterations, 32);
}

/// 64 batches of 8 stripes' rounds: each tick of a round has one round of the stripes.
TEST(TieringDaemon, SpreadsALongPeriodOverItsTicks) {
  DaemonBench bench(small(), always(3));
  std::int64_t before = 0;
  for (int tick = 1; tick <= 16; ++tick) {
    bench.run_until(tick * 300ms + 1ms);
    EXPECT_EQ(bench.daemon->stats().scans - before, 8) << "tick " << tick;
    before = bench.daemon->stats().scans;
  }
}

TEST(TieringDaemon, ScansEverythingWhenAnEpochEnds) {
  DaemonBench bench(small(), always(5));
  bench.run_until(38'300ms);
  const std::int64_t before = bench.daemon->stats().scans;
  EXPECT_EQ(bench.daemon->stats().epochs, 0);
  bench.run_until(38'500ms);
  EXPECT_EQ(bench.daemon->stats().scans - before, 64);
  EXPECT_EQ(bench.daemon->stats().epochs, 1);
}

/// Both threads read while the daemon goes on scanning; the last of the 16 stripes is read after.
TEST(TieringDaemon, TakesTheTimeOfScanningAndOfReadingTheLastStripe) {
  TieringParams p = small();
  p.host.scan_entry = 100ns;
  p.agent.read_entry = 30ns;
  p.host.apply = 1us;
  DaemonBench bench(p, always(0));
  bench.run_until(400ms);
  const Duration apply_periods = 64 * 1us;  // the first answers, before the first iteration
  EXPECT_EQ(bench.daemon->stats().applying, apply_periods);
  EXPECT_EQ(bench.daemon->stats().scanning, 64 * 16 * 100ns);
  EXPECT_EQ(bench.daemon->stats().iterating, 64 * 16 * 100ns + 4 * 16 * 30ns);
}

/// Each iteration takes two periods and a half: the next one finds two ticks' batches due.
TEST(TieringDaemon, CatchesUpWithWhatCameDueWhileItWasLate) {
  TieringParams p = small();
  p.host.scan_entry = Duration{750ms} / (64 * 16);
  DaemonBench bench(p, always(0));
  bench.run_until(9299ms);
  // They begin at 0.3 s, 1.05 s, 1.8 s, ...; the twelfth is about to end.
  EXPECT_EQ(bench.daemon->stats().iterations, 11);
  EXPECT_EQ(bench.daemon->stats().scans, 12 * 64) << "each batch once in an iteration";
}

TEST(TieringDaemon, KeepsTheHottestThatServeTheObjective) {
  WithOracle bench(small());
  for (Batch b = 0; b < 64; ++b) bench.memory.set_accesses(b, level_of(b < 8 ? 100 : 1));
  bench.run_until(40s);
  // 800 of 856: 7 of the hot ones serve 81.8 %.
  EXPECT_EQ(bench.memory.fast_pages(), 7 * 16);
  EXPECT_GE(1 - bench.memory.slow_share(), 0.8);
  EXPECT_EQ(bench.migrator->stats().to_slow, 57 * 16);
  bench.daemon->check_invariants();
}

TEST(TieringDaemon, FollowsAHotSetThatMoves) {
  WithOracle bench(small());
  for (Batch b = 0; b < 64; ++b) bench.memory.set_accesses(b, level_of(b < 8 ? 100 : 1));
  bench.run_until(40s);
  for (Batch b = 0; b < 64; ++b) bench.memory.set_accesses(b, level_of(b >= 56 ? 100 : 1));
  EXPECT_LT(1 - bench.memory.slow_share(), 0.1);
  bench.run_until(80s);
  EXPECT_GE(1 - bench.memory.slow_share(), 0.8);
  EXPECT_EQ(bench.memory.fast_pages(), 7 * 16);
  EXPECT_EQ(bench.migrator->stats().to_fast, 7 * 16);
}

TEST(TieringDaemon, MovesPagesOneAfterTheOtherOnAnotherCore) {
  TieringParams p = small();
  p.migration.page = 10ms;
  p.host.flush_first = 1ms;
  p.migration.together = 32;  // two batches
  WithOracle bench(p);
  for (Batch b = 0; b < 64; ++b) bench.memory.set_accesses(b, level_of(b < 8 ? 100 : 1));
  bench.run_until(38'400ms + 2 * 321ms + 1ms);
  EXPECT_EQ(bench.migrator->stats().to_slow, 2 * 32);
  EXPECT_EQ(bench.migrator->stats().migrating, 2 * 321ms);
  EXPECT_EQ(bench.memory.fast_pages(), (64 - 4) * 16);
  EXPECT_EQ(bench.migrator->waiting(), 57 - 6) << "two more are on their way";
  bench.run_until(76s);
  EXPECT_EQ(bench.memory.fast_pages(), 7 * 16);
}

TEST(TieringDaemon, FlushesOnlyWhenToldTo) {
  DaemonBench without(small(), always(0));
  without.run_until(1s);
  EXPECT_EQ(without.daemon->stats().flushes, 0);
  TieringParams p = small();
  p.application.cores = 16;
  p.application.far_cores = 8;
  p.host = {.scan_entry = 0ns, .chunk = p.host.chunk, .flush_tlb = true, .apply = 0ns};
  DaemonBench with(p, always(0));
  with.run_until(1s);
  EXPECT_EQ(with.daemon->stats().flushes, 3 * 16) << "one a chunk";
  EXPECT_EQ(with.daemon->stats().scanning, 3 * 16 * (775ns + 7 * 70ns + 8 * 150ns));
}

// An agent that fails

struct WithHotBatches : WithOracle {
  WithHotBatches() : WithOracle(small()) {
    for (Batch b = 0; b < 64; ++b) memory.set_accesses(b, level_of(b < 8 ? 100 : 1));
  }
  /// Those that serve the objective, and nothing else.
  static constexpr std::int64_t kHot = 7 * 16;
  void check_invariants() const {
    daemon->check_invariants();
    migrator->check_invariants();
  }
};

/// The iteration that begins at 1.2 s waits for ten seconds.
TEST(TieringDaemon, ScansRarelyOnceTheAgentHasNotAnsweredInTime) {
  DaemonBench bench(small(), always(0));
  bench.run_until(1s);
  for (AgentThread& thread : bench.threads) EXPECT_TRUE(thread.crash());
  bench.run_until(11'199ms);
  EXPECT_TRUE(bench.daemon->is_present(0));
  bench.run_until(11'201ms);
  EXPECT_FALSE(bench.daemon->is_present(0));
  EXPECT_EQ(bench.daemon->stats().absences, 2);
  bench.run_until(20s);
  const std::int64_t before = bench.daemon->stats().scans;
  bench.run_until(20s + 9600ms);
  EXPECT_EQ(bench.daemon->stats().scans - before, 64);
  bench.run_until(80s);
  EXPECT_EQ(bench.daemon->stats().epochs, 0);
  EXPECT_EQ(bench.daemon->stats().epochs_put_off, 2);
  bench.daemon->check_invariants();
}

TEST(TieringDaemon, KeepsEveryPageWhereItIsWithoutAnAgent) {
  WithHotBatches bench;
  bench.run_until(40s);
  for (AgentThread& thread : bench.threads) thread.crash();
  EXPECT_FALSE(bench.threads[0].crash()) << "twice";
  for (Batch b = 0; b < 64; ++b) bench.memory.set_accesses(b, level_of(b >= 56 ? 100 : 1));
  bench.run_until(200s);
  EXPECT_EQ(bench.memory.fast_pages(), bench.kHot);
  EXPECT_EQ(bench.migrator->stats().to_fast, 0);
  bench.check_invariants();
}

TEST(TieringDaemon, TakesAThreadBackThatAnswersAgain) {
  DaemonBench bench(small(), always(0));
  bench.run_until(1s);
  bench.threads[1].hang(Time{30s});
  bench.run_until(29'999ms);
  EXPECT_TRUE(bench.daemon->is_present(0));
  EXPECT_FALSE(bench.daemon->is_present(1));
  EXPECT_GT(bench.daemon->stats().unheard, 0);
  bench.run_until(30'900ms);
  EXPECT_TRUE(bench.daemon->is_present(1));
  const std::int64_t before = bench.daemon->stats().scans;
  bench.run_until(30'900ms + 300ms);
  EXPECT_EQ(bench.daemon->stats().scans - before, 64) << "in the period that it has chosen";
}

TEST(TieringDaemon, WaitsForAnAgentThatIsSlow) {
  TieringParams p = small();
  p.agent.read_entry = 30ns;
  DaemonBench bench(p, always(0));
  bench.run_until(100ms);
  for (AgentThread& thread : bench.threads) thread.slow_down(10, Time{400ms});
  bench.run_until(450ms);
  StageStats sum;
  for (const AgentThread& thread : bench.threads) sum = sum + thread.stats();
  EXPECT_EQ(sum.reading, 10 * 64 * 16 * 30ns);
  EXPECT_EQ(bench.daemon->stats().iterating, 32 * 16 * 300ns) << "half of the batches each";
  EXPECT_EQ(bench.daemon->stats().absences, 0);
}

/// What cannot be is refused, and asked for again.
TEST(TieringDaemon, RefusesGarbage) {
  WithHotBatches bench;
  bench.run_until(38s);
  for (AgentThread& thread : bench.threads) thread.write_garbage(1, Time{38'500ms});
  bench.run_until(38'600ms);
  EXPECT_EQ(bench.daemon->stats().refused_moves, 57);
  EXPECT_GT(bench.daemon->stats().refused_periods, 0);
  EXPECT_EQ(bench.memory.fast_pages(), 64 * 16);
  for (Batch b = 0; b < 64; ++b) EXPECT_LT(bench.daemon->period(b), 6);
  bench.check_invariants();
  bench.run_until(40s);
  EXPECT_EQ(bench.memory.fast_pages(), bench.kHot);
}

/// The answer that ends an epoch gets lost; the agent is asked to repeat it.
TEST(TieringDaemon, HearsALostAnswerAgain) {
  WithHotBatches bench;
  bench.run_until(38'300ms);
  bench.transport.lose_to_host = 0;
  bench.run_until(47s);
  EXPECT_GT(bench.memory.fast_pages(), bench.kHot);
  bench.run_until(50s);
  EXPECT_EQ(bench.daemon->stats().absences, 1);
  EXPECT_EQ(bench.memory.fast_pages(), bench.kHot);
  EXPECT_TRUE(bench.daemon->is_present(0) && bench.daemon->is_present(1));
}

/// One thread does not learn that an epoch has ended, and the other waits for it.
TEST(TieringDaemon, TellsALostEpochAgain) {
  WithHotBatches bench;
  bench.run_until(38'300ms);
  bench.transport.lose_to_agent = 16 + 1;  // stripes, and the first thread's end of the epoch
  bench.run_until(47s);
  EXPECT_EQ(bench.memory.fast_pages(), 64 * 16);
  bench.run_until(50s);
  EXPECT_EQ(bench.daemon->stats().absences, 2);
  EXPECT_EQ(bench.memory.fast_pages(), bench.kHot);
  bench.run_until(80s);
  EXPECT_EQ(bench.daemon->stats().epochs, 2);
  bench.check_invariants();
}

}  // namespace
}  // namespace tiering
