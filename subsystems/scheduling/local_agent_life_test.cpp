// SPDX-License-Identifier: Apache-2.0
// Agents on the CPUs that they schedule die, hang and err, and others come in their place.
//
// Random ones print their seed when something is wrong. To see it again:
//   WAVESIM_FAULT_SEED=123 scheduling_test --gtest_filter='*LocalAgentsAtRandom*'
#include <bit>
#include <gtest/gtest.h>
#include <optional>

#include "sim/random.h"
#include "sim/sanitizer.h"
#include "sim/test_seeds.h"
#include "subsystems/scheduling/agent_keeper.h"
#include "subsystems/scheduling/invariants.h"
#include "subsystems/scheduling/local_agent_launcher.h"
#include "subsystems/scheduling/policies/per_cpu_fifo.h"
#include "subsystems/scheduling/test_bench.h"

namespace scheduling {
namespace {

using namespace bench;

/// ghOSt's per-CPU FIFO as a process.
class Fifo : public LocalProgram {
 public:
  explicit Fifo(int cpus) : policy_(cpus, {}) {}
  void run(wave::scheduling::LocalRuntime& runtime) override { policy_.run(runtime); }

 private:
  PerCpuFifo policy_;
};

/// CPUs with agents of their own, a core for who wakes threads, and one for the keeper.
struct LifeBench {
  explicit LifeBench(const KeeperParams& params = {.watchdog = 1ms,
                                                   .look_every = 100us,
                                                   .restart_after = 100us},
                     int count = 3, std::uint64_t seed = 1, std::int64_t queue_capacity = 256)
      : cpus(count), capacity(queue_capacity), sim(seed) {
    for (int c = 0; c < cores_needed(); ++c)
      cores.emplace_back(sim, "cpu" + std::to_string(c), domain, c, core::CoreParams{});
    for (int c = 0; c < cpus; ++c) {
      producers.emplace_back(mapping, queue(0, c));
      agents.queues.emplace_back(producers.back()).wake_up[0] = c;
      agents.locks.emplace_back();
      kernel.add_cpu(cores[std::size_t(c)]);
    }
    kernel.enclave().default_queue = &agents.queues[0];
    LocalAgentLauncher::Parts parts{.sim = sim,
                                    .kernel = kernel,
                                    .core = cores[std::size_t(keeper_core())],
                                    .agents = agents,
                                    .mapping = mapping,
                                    .queues = {},
                                    .costs = {},
                                    .make = [count] { return std::make_unique<Fifo>(count); }};
    for (int place = 0; place < kPlaces; ++place)
      for (int c = 0; c < cpus; ++c) parts.queues[std::size_t(place)].push_back(queue(place, c));
    launcher.emplace(wave::LauncherParams{.start = 200us, .kill = 20us}, std::move(parts));
    keeper.emplace(params, AgentKeeper::Parts{.kernel = kernel,
                                              .launcher = *launcher,
                                              .core = cores[std::size_t(keeper_core())],
                                              .messages = producers[0],
                                              .use_place = [this](int place, core::Core& by) {
                                                launcher->use_place(place, by);
                                              }});
    launcher->start_at_once();
    kernel.start();
    keeper->start();
    pass(20us);
  }

  static constexpr int kPlaces = wave::AgentLauncher::kPlaces;
  static constexpr int kMost = 8;  // CPUs
  int waker() const { return cpus; }
  int keeper_core() const { return cpus + 1; }
  int cores_needed() const { return cpus + 2; }
  wave::QueuePlace queue(int place, int c) const {
    return {.offset = (place * kMost + c) * capacity * wave::kSlotBytes,
            .capacity = capacity,
            .words = wave::scheduling::kMessageWords};
  }
  void pass(Duration d) { sim.run_until(sim.now() + d); }

  /// Runs `program` on the waker's core, after what it was told before.
  void on(std::function<void(core::Core&)> program) {
    core::Core& by = cores[std::size_t(waker())];
    by.start([&by, program = std::move(program)] {
      program(by);
      by.sync();
    });
    pass(10us);
  }
  Thread& enter(ThreadBody& body) {
    Thread* made = nullptr;
    on([&](core::Core& by) { made = &kernel.enter(body, true, by, producers[0]); });
    return *made;
  }
  void wake(Thread& thread) {
    on([&](core::Core& by) { kernel.wake(thread, by, producers[0], waker()); });
  }
  std::string broken() { return Invariants(kernel).broken().value_or(""); }

  const int cpus;
  const std::int64_t capacity;
  sim::Simulation sim;
  memory::Domain domain{"host", {}, kMost + 2, equally_far(kMost + 2)};
  memory::Region region{sim, "queues", domain,
                        sim::Bytes{std::int64_t{kPlaces} * kMost * capacity * wave::kSlotBytes}};
  memory::Mapping mapping{region, memory::MemoryType::kWriteBack};
  std::deque<wave::Producer> producers;
  LocalAgents agents;
  Kernel kernel{{}, {}};
  std::deque<core::Core> cores;
  std::optional<LocalAgentLauncher> launcher;
  std::optional<AgentKeeper> keeper;
};

/// Threads that each run for a while, again and again.
struct Load {
  explicit Load(LifeBench& bench, int count = 6) {
    for (int i = 0; i < count; ++i) {
      Script& body = bodies.emplace_back();
      for (int step = 0; step < 400; ++step) {
        body.then(run(30us));
        body.then(yield());
      }
      threads.push_back(&bench.enter(body));
    }
  }
  Duration done() const {
    Duration all{};
    for (const Thread* t : threads) all += t->status.runtime;
    return all;
  }
  std::deque<Script> bodies;
  std::vector<Thread*> threads;
};

TEST(LocalAgentCrash, TakesItsProcessWithItAndAnotherOneFollows) {
  LifeBench bench;
  Load load(bench);
  bench.launcher->runtime(1)->die();
  bench.pass(150us);
  EXPECT_EQ(bench.keeper->stats().exits, 1);
  for (int c = 0; c < bench.cpus; ++c) EXPECT_FALSE(bench.kernel.cpu(c).has_agent()) << c;
  for (const Thread* t : load.threads) EXPECT_TRUE(t->is_fair());
  const Duration before = load.done();
  bench.pass(100us);
  EXPECT_GT(load.done(), before) << "the fair class goes on";
  bench.pass(500us);
  EXPECT_EQ(bench.keeper->serving(), 1);
  for (int c = 0; c < bench.cpus; ++c) EXPECT_TRUE(bench.kernel.cpu(c).has_agent()) << c;
  for (const Thread* t : load.threads) EXPECT_TRUE(t->is_ghost());
  const std::int64_t decided = bench.kernel.stats().commits;
  bench.pass(1ms);
  EXPECT_GT(bench.kernel.stats().commits, decided);
  EXPECT_EQ(bench.broken(), "");
}

/// It keeps its CPU, and nothing can run there until it is killed.
TEST(LocalAgentHang, IsNoticedByTheLimitAndTheKernelTakesTheCpuBack) {
  for (const Fallback fallback : {Fallback::kFair, Fallback::kNone}) {
    LifeBench bench(
        {.watchdog = 1ms, .look_every = 100us, .fallback = fallback, .restart_after = 100us});
    Load load(bench);
    bench.launcher->runtime(0)->hang(bench.sim.now() + 100ms);
    bench.pass(890us);
    bench.on([&](core::Core& by) { bench.kernel.cpu(0).reschedule(by); });  // it heeds no interrupt
    EXPECT_EQ(bench.keeper->stats().watchdog_firings, 0);
    while (bench.keeper->given_up().empty()) bench.pass(1us);
    bench.pass(20us);
    EXPECT_FALSE(bench.kernel.cpu(0).has_agent()) << "and not at the next tick";
    EXPECT_EQ(bench.keeper->stats().watchdog_firings, 1);
    bench.pass(1ms);
    EXPECT_EQ(bench.keeper->serving(), 1);
    const Duration before = load.done();
    bench.pass(1ms);
    EXPECT_GT(load.done() - before, 1500us) << "of three CPUs' 3 ms";
  }
}

TEST(LocalAgentUpgrade, LetsTheNextAgentsInWhenTheLastHaveLeftTheirCpus) {
  LifeBench bench;
  Load load(bench);
  bench.keeper->upgrade();
  bench.pass(400us);
  const KeeperStats stats = bench.keeper->stats();
  EXPECT_EQ(stats.upgrades, 1);
  EXPECT_EQ(stats.fallbacks, 0);
  EXPECT_EQ(stats.blackouts, 1);
  EXPECT_LT(stats.blackout, 50us);
  for (const Thread* t : load.threads) EXPECT_TRUE(t->is_ghost());
  const Duration before = load.done();
  bench.pass(1ms);
  EXPECT_GT(load.done() - before, 1500us);
}

/// Nothing of it is carried out that should not be; some of it is fatal, in ghOSt's library.
TEST(LocalAgentGarbage, IsRefusedOrEndsTheAgentAndNothingIsLost) {
  LifeBench bench;
  Load load(bench);
  for (int c = 0; c < bench.cpus; ++c)
    bench.launcher->runtime(c)->write_garbage(0.3, bench.sim.now() + 3ms);
  for (int i = 0; i < 200; ++i) {
    bench.pass(50us);
    ASSERT_EQ(bench.broken(), "");
  }
  EXPECT_GT(bench.launcher->garbage_written(), 5);
  EXPECT_GT(bench.kernel.stats().refusals.total(), 0);
  const Duration before = load.done();
  bench.pass(1ms);
  EXPECT_GT(load.done() - before, 1500us);
}

TEST(LocalAgentQueue, ThatOverflowsCostsTheAgentsTheirPlace) {
  LifeBench bench({.watchdog = 100ms, .restart = false}, 3, 1, 8);
  bench.launcher->runtime(0)->hang(bench.sim.now() + 50ms);
  std::deque<Script> bodies(9, Script({run(10us)}));
  for (Script& body : bodies) bench.enter(body);
  bench.pass(1ms);
  EXPECT_EQ(bench.keeper->stats().overflows, 1);
  for (const Script& body : bodies) EXPECT_FALSE(body.asked.empty()) << "the fair class runs it";
}

// At random

/// All that a seed stands for.
class Drawn {
 public:
  explicit Drawn(std::uint64_t seed) : random_(seed, "local agents with faults") {
    cpus = 1 + below(4);
    threads = 2 + below(12);
    // New agents are told about every thread at once.
    capacity = below(4) == 0 ? std::bit_ceil(static_cast<std::uint32_t>(threads + 1)) : 256;
    keeper.watchdog = between(500us, 3ms);
    keeper.look_every = between(50us, 500us);
    keeper.fallback = below(2) == 0 ? Fallback::kFair : Fallback::kNone;
    keeper.restart = keeper.fallback == Fallback::kNone || below(8) != 0;
    keeper.restart_after = between(0us, 500us);
    const int count = below(6);
    for (int i = 0; i < count; ++i) faults.push_back(between(0us, 2ms));
  }
  int below(int n) { return static_cast<int>(random_() % static_cast<std::uint64_t>(n)); }
  Duration between(Duration low, Duration high) {
    return low + Duration{static_cast<std::int64_t>(
                     random_() % static_cast<std::uint64_t>((high - low).count()))};
  }
  Script script(Duration& work) {
    Script body;
    const int steps = 1 + below(20);
    for (int i = 0; i < steps; ++i) {
      const Duration d = between(1us, 80us);
      work += d;
      body.then(run(d));
      if (below(2) == 0) body.then(below(3) == 0 ? block() : yield());
    }
    if (below(3) == 0) body.then(exit());
    return body;
  }
  void inject(LifeBench& bench) {
    if (below(6) == 0) return bench.keeper->upgrade();
    FaultyLocalRuntime* const agent = bench.launcher->runtime(below(cpus));
    if (agent == nullptr) return;
    const sim::Time over = bench.sim.now() + between(1us, 4ms);
    switch (below(4)) {
      case 0:
        return agent->die();
      case 1:
        return agent->hang(over);
      case 2:
        return agent->slow_down(1 + below(50), over);
      default:
        return agent->write_garbage(0.01 * (1 + below(100)), over);
    }
  }

  int cpus;
  std::int64_t capacity;
  KeeperParams keeper;
  int threads;
  std::vector<Duration> faults;

 private:
  sim::Stream random_;
};

/// What went wrong, or nothing.
std::string run(std::uint64_t seed, std::uint64_t& hash) {
  Drawn drawn(seed);
  LifeBench bench(drawn.keeper, drawn.cpus, seed, drawn.capacity);
  std::deque<Script> bodies;
  std::vector<Thread*> threads;
  Duration work{};
  for (int t = 0; t < drawn.threads; ++t) bodies.push_back(drawn.script(work));
  for (const Duration at : drawn.faults) bench.sim.after(at, [&] { drawn.inject(bench); });
  for (Script& body : bodies) threads.push_back(&bench.enter(body));
  const auto done = [&] {
    Duration all{};
    for (const Thread* t : threads) all += t->status.runtime;
    return all;
  };
  constexpr Time kPatience{100ms};
  while (bench.sim.now() < kPatience && done() < work) {
    Thread& one = *threads[static_cast<std::size_t>(drawn.below(drawn.threads))];
    if (one.state != Thread::State::kDead) bench.wake(one);
    bench.pass(20us);
    if (std::string wrong = bench.broken(); !wrong.empty()) return wrong;
  }
  hash = bench.sim.hash();
  if (done() == work) return {};
  return std::to_string((work - done()).count()) + " ps of work were never done";
}

void try_seed(std::uint64_t seed) {
  std::uint64_t hash = 0;
  EXPECT_EQ(run(seed, hash), "") << "seed " << seed << "; again: WAVESIM_FAULT_SEED=" << seed
                                 << " scheduling_test --gtest_filter='*LocalAgentsAtRandom*'";
}

constexpr std::uint64_t kSeeds = sim::kSanitized ? 100 : 4000;

TEST(LocalAgentsAtRandom, LoseNothingWhateverBecomesOfThem) {
  sim::try_seeds(kSeeds, try_seed);
}

TEST(LocalAgentsAtRandom, DoTheSameForTheSameSeed) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    std::uint64_t first = 0, second = 0;
    run(seed, first);
    run(seed, second);
    EXPECT_EQ(first, second) << seed;
  }
}

}  // namespace
}  // namespace scheduling
