// SPDX-License-Identifier: Apache-2.0
#include "subsystems/scheduling/fair_queue.h"

#include <deque>
#include <gtest/gtest.h>

#include "subsystems/scheduling/thread.h"

namespace scheduling {
namespace {

using namespace std::chrono_literals;
using sim::Duration;
using sim::Time;
using Arrival = FairQueue::Arrival;

constexpr Duration kTick{1};  // of the simulation's clock

/// A queue and the clock that it is told.
struct Bench {
  Thread& thread(int nice = 0) {
    threads.emplace_back().fair.nice = nice;
    return threads.back();
  }
  Thread& add(Arrival how = Arrival::kMoved, int nice = 0) {
    Thread& t = thread(nice);
    queue.add(t, how);
    return t;
  }
  void run(Duration d) { queue.account(now += d); }
  /// Picks, and runs the thread for so long.
  Thread& run_next(Duration d) {
    if (queue.running() != nullptr) queue.put_back(now);
    Thread& t = queue.pick(now);
    run(d);
    return t;
  }

  std::deque<Thread> threads;
  FairParams params;
  FairQueue queue{params};
  Time now{};
};

TEST(Weight, FallsByAFourthOrSoWithEachStepOfNice) {
  EXPECT_EQ(weight_of(0), 1024);
  EXPECT_EQ(weight_of(-20), 88761);
  EXPECT_EQ(weight_of(19), 15);
  EXPECT_EQ(weight_of(40), 15);
  for (int nice = -20; nice < 19; ++nice) {
    const double step = double(weight_of(nice)) / double(weight_of(nice + 1));
    EXPECT_NEAR(step, 1.25, 0.06) << nice;
  }
}

TEST(FairQueue, PicksTheThreadThatHasRunLeastAndEqualOnesAsTheyCame) {
  Bench bench;
  Thread& a = bench.add();
  Thread& b = bench.add();
  EXPECT_EQ(&bench.run_next(2ms), &a);
  EXPECT_EQ(&bench.run_next(3ms), &b);
  EXPECT_EQ(&bench.run_next(1ms), &a);  // 2 ms against 3
  EXPECT_EQ(&bench.run_next(1ms), &b);  // 3 ms each, and b has waited for longer
}

TEST(FairQueue, CountsTimeByWeight) {
  Bench bench;
  Thread& heavy = bench.add(Arrival::kMoved, -5);
  bench.run_next(1ms);
  EXPECT_EQ(heavy.fair.vruntime, Duration{1'000'000'000LL * 1024 / 3121});
}

TEST(Slice, SharesThePeriodByWeightAndThePeriodGrowsWithMoreThanEightThreads) {
  Bench bench;
  Thread& a = bench.add();
  EXPECT_EQ(bench.queue.slice(a), 24ms);
  bench.add();
  EXPECT_EQ(bench.queue.slice(a), 12ms);
  for (int i = 2; i < 8; ++i) bench.add();
  EXPECT_EQ(bench.queue.slice(a), 3ms);
  bench.add();
  EXPECT_EQ(bench.queue.slice(a), 3ms);  // of 27 ms
  Thread& heavy = bench.add(Arrival::kMoved, -10);
  EXPECT_EQ(bench.queue.slice(heavy), Duration{30ms} * 9548 / (9548 + 9 * 1024));
}

TEST(Slice, IsOverOnceItIsExceededAndSomeoneWaits) {
  Bench bench;
  bench.add();
  bench.run_next(1s);
  EXPECT_FALSE(bench.queue.slice_is_over()) << "nobody waits";
  bench.add();
  EXPECT_TRUE(bench.queue.slice_is_over());
  bench.run_next(12ms);
  EXPECT_FALSE(bench.queue.slice_is_over());
  bench.run(kTick);
  EXPECT_TRUE(bench.queue.slice_is_over());
}

TEST(Slice, EndsEarlyForAThreadFarAheadButNotBeforeTheLeastGranularity) {
  Bench bench;
  Thread& ahead = bench.add();
  bench.run_next(0ms);
  bench.add();
  ahead.fair.vruntime += 20ms;  // as of one that was moved here
  bench.run(3ms - kTick);
  EXPECT_FALSE(bench.queue.slice_is_over());
  bench.run(kTick);
  EXPECT_TRUE(bench.queue.slice_is_over());
}

TEST(WakeUp, BringsASleeperBackHalfAPeriodBehindTheOthersAndNoFurther) {
  Bench bench;
  Thread& sleeper = bench.add();
  bench.run_next(1ms);
  bench.queue.stop(bench.now);
  bench.add();
  bench.run_next(100ms);
  bench.queue.add(sleeper, Arrival::kWoken);
  EXPECT_EQ(sleeper.fair.vruntime, bench.queue.min_vruntime() - 12ms);
}

TEST(WakeUp, DoesNotLetAThreadGainByAShortSleep) {
  Bench bench;
  Thread& sleeper = bench.add();
  bench.add();
  bench.run_next(10ms);
  bench.queue.stop(bench.now);
  bench.run_next(1ms);
  const Duration before = sleeper.fair.vruntime;
  bench.queue.add(sleeper, Arrival::kWoken);
  EXPECT_EQ(sleeper.fair.vruntime, before);
}

TEST(WakeUp, TakesTheCpuFromAThreadFurtherAheadThanTheWakeUpGranularity) {
  Bench bench;
  bench.add();
  bench.run_next(0ms);
  Thread& woken = bench.add();
  bench.run(4ms);
  EXPECT_FALSE(bench.queue.preempts(woken));
  bench.run(kTick);
  EXPECT_TRUE(bench.queue.preempts(woken));
}

TEST(WakeUp, TakesTheCpuSoonerTheHeavierTheThreadIs) {
  Bench bench;
  bench.add();
  bench.run_next(0ms);
  Thread& heavy = bench.add(Arrival::kMoved, -20);
  bench.run(Duration{4ms} * 1024 / 88761);
  EXPECT_FALSE(bench.queue.preempts(heavy));
  bench.run(kTick);
  EXPECT_TRUE(bench.queue.preempts(heavy));
}

TEST(NewThread, WaitsForOneSlice) {
  Bench bench;
  bench.add();
  Thread& fresh = bench.add(Arrival::kNew);
  EXPECT_EQ(fresh.fair.vruntime, bench.queue.min_vruntime() + 12ms);
}

TEST(Moving, KeepsAThreadsDistanceToItsQueue) {
  Bench here, there;
  Thread& moved = here.add();
  here.add();
  here.run_next(5ms);
  here.run_next(2ms);
  there.add();
  there.run_next(1s);
  const Duration distance = moved.fair.vruntime - here.queue.min_vruntime();
  here.queue.remove(moved);
  there.queue.add(moved, Arrival::kMoved);
  EXPECT_EQ(moved.fair.vruntime - there.queue.min_vruntime(), distance);
  EXPECT_EQ(here.queue.load(), 1);
  EXPECT_EQ(there.queue.load(), 2);
}

/// However far the others have got meanwhile; and who slept has no greater lead than by waking up.
TEST(LeavingTheClass, KeepsTheDistanceButNoMoreOfALeadThanASleeper) {
  Bench bench;
  Thread& ran = bench.add();
  Thread& slept = bench.add();
  bench.run_next(5ms);
  bench.run_next(1ms);
  bench.queue.stop(bench.now);  // it sleeps
  bench.add();
  bench.run_next(1s);
  bench.run_next(500ms);
  const Duration distance = ran.fair.vruntime - bench.queue.min_vruntime();
  bench.queue.remove(ran);
  bench.queue.release(ran);
  bench.queue.release(slept);
  bench.run(1s);
  bench.queue.add(ran, Arrival::kMoved);
  EXPECT_EQ(ran.fair.vruntime - bench.queue.min_vruntime(), distance);
  const Duration min = bench.queue.min_vruntime();
  bench.queue.add(slept, Arrival::kMoved);
  EXPECT_EQ(slept.fair.vruntime - min, -bench.params.latency / 2);
}

TEST(MinVruntime, NeverFalls) {
  Bench bench;
  bench.add();
  bench.run_next(50ms);
  const Duration before = bench.queue.min_vruntime();
  EXPECT_EQ(before, 50ms);
  Thread& late = bench.add();
  late.fair.vruntime -= 30ms;
  bench.queue.remove(late);
  bench.queue.add(late, Arrival::kWoken);
  EXPECT_EQ(late.fair.vruntime, before - 12ms);
  bench.run(0ms);
  EXPECT_EQ(bench.queue.min_vruntime(), before);
}

TEST(Yield, PassesTheThreadOverUnlessTheNextOneIsFarAhead) {
  for (const bool far : {false, true}) {
    Bench bench;
    Thread& a = bench.add();
    Thread& b = bench.add();
    b.fair.vruntime += far ? 4ms + kTick : 4ms;
    bench.queue.pick(bench.now);
    bench.queue.yield(bench.now);
    EXPECT_EQ(&bench.queue.pick(bench.now), far ? &a : &b);
  }
}

TEST(Yield, HoldsForOnePickOnly) {
  Bench bench;
  Thread& a = bench.add();
  bench.add();
  bench.queue.pick(bench.now);
  bench.queue.yield(bench.now);
  bench.run_next(1ms);
  EXPECT_EQ(&bench.run_next(1ms), &a);
}

/// Over many slices each thread has its share of the CPU, whatever the weights.
TEST(FairQueue, SharesACpuByWeight) {
  Bench bench;
  std::vector<Thread*> threads;
  std::vector<Duration> ran(4);
  std::int64_t weights = 0;
  for (const int nice : {-5, 0, 0, 5}) {
    threads.push_back(&bench.add(Arrival::kMoved, nice));
    weights += weight_of(nice);
  }
  for (int tick = 0; tick < 20'000; ++tick) {
    if (bench.queue.running() == nullptr || bench.queue.slice_is_over()) bench.run_next(0ms);
    bench.run(1ms);
    for (std::size_t i = 0; i < threads.size(); ++i)
      if (threads[i] == bench.queue.running()) ran[i] += 1ms;
  }
  for (std::size_t i = 0; i < threads.size(); ++i)
    EXPECT_NEAR(sim::to_seconds(ran[i]) / 20,
                double(weight_of(threads[i]->fair.nice)) / double(weights), 0.005);
}

}  // namespace
}  // namespace scheduling
