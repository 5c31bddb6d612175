// SPDX-License-Identifier: Apache-2.0
// ghOSt's per-CPU FIFO on agents that share their CPUs with the threads.
#include "subsystems/scheduling/policies/per_cpu_fifo.h"

#include <gtest/gtest.h>

#include "sim/random.h"
#include "subsystems/scheduling/local_bench.h"

namespace scheduling {
namespace {

using namespace bench;

struct FifoBench : LocalBench {
  explicit FifoBench(bool steal) : policy(kCpus, {.steal = steal}) {
    for (int c = 0; c < kCpus; ++c) attach(c, [this](LocalRuntime& r) { policy.run(r); });
    start();
  }
  PerCpuFifo policy;
};

TEST(PerCpuFifo, DealsThreadsOutInTurn) {
  FifoBench bench(false);
  std::deque<Script> bodies(6, Script({run(200us)}));
  std::vector<Thread*> threads;
  for (Script& body : bodies) threads.push_back(&bench.enter(body));
  bench.pass(2ms);
  for (std::size_t i = 0; i < threads.size(); ++i) {
    EXPECT_EQ(threads[i]->status.runtime, 200us);
    EXPECT_EQ(threads[i]->cpu, int(i) % LocalBench::kCpus);
  }
}

TEST(PerCpuFifo, RunsACpusThreadsFirstComeFirstServedToCompletion) {
  FifoBench bench(false);
  std::deque<Script> bodies(9, Script({run(100us)}));
  for (Script& body : bodies) bench.enter(body);
  bench.pass(2ms);
  for (std::size_t i = 3; i < bodies.size(); ++i) {
    ASSERT_FALSE(bodies[i].asked.empty());
    EXPECT_GT(bodies[i].asked.front(), bodies[i - 3].asked.back());
  }
}

TEST(PerCpuFifo, StealsForAnIdleCpuIfItMay) {
  for (const bool steal : {false, true}) {
    FifoBench bench(steal);
    std::deque<Script> bodies;
    for (int i = 0; i < 6; ++i)
      bench.enter(bodies.emplace_back(std::vector{run(i % 3 == 0 ? 500us : 50us)}));
    bench.pass(700us);
    EXPECT_EQ(bench.policy.stats().stolen > 0, steal);
    EXPECT_EQ(!bodies[3].asked.empty() && bodies[3].asked.front() < Time{300us}, steal);
  }
}

/// Threads that run, yield and sleep at random, woken from elsewhere at random: all work is done,
/// whoever steals from whom, and no thread is ever on two CPUs (the kernel checks).
TEST(PerCpuFifo, LosesNothingUnderRandomLoad) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    FifoBench bench(seed % 2 == 0);
    sim::Stream random(seed, "per-CPU FIFO");
    const auto draw = [&](std::uint64_t below) { return random() % below; };
    std::deque<Script> bodies;
    std::vector<Thread*> threads;
    Duration work{};
    for (int i = 0; i < 12; ++i) {
      Script& body = bodies.emplace_back();
      for (int step = 0; step < 10; ++step) {
        const Duration d{1us + Duration{1us} * static_cast<std::int64_t>(draw(40))};
        work += d;
        body.then(run(d));
        body.then(draw(2) == 0 ? block() : yield());
      }
      threads.push_back(&bench.enter(body));
    }
    for (int round = 0; round < 400; ++round) bench.wake(*threads[draw(threads.size())]);
    for (int round = 0; round < 12; ++round)
      for (Thread* t : threads) bench.wake(*t);
    bench.pass(2ms);
    Duration done{};
    for (const Thread* t : threads) done += t->status.runtime;
    EXPECT_EQ(done, work) << "seed " << seed;
    EXPECT_EQ(bench.kernel.stats().overflows, 0);
  }
}

}  // namespace
}  // namespace scheduling
