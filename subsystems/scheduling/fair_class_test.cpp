// SPDX-License-Identifier: Apache-2.0
// The fair class on simulated CPUs: its place before the ghost class, slices, wake-ups, balancing.
#include "subsystems/scheduling/fair_class.h"

#include <gtest/gtest.h>
#include <optional>

#include "subsystems/scheduling/test_bench.h"

namespace scheduling {
namespace {

using namespace bench;
using namespace wave::scheduling;
using Type = MessageType;

constexpr KernelOptions kFairOnly{.threads_enter = SchedulingClass::kFair};

bool runs(const Bench& bench, const Thread& thread) {
  return const_cast<Bench&>(bench).kernel.cpu(thread.cpu).current() == &thread;
}

// Before the ghost class (6.3, 3 TASK_PREEMPT)

TEST(FairThread, TakesTheCpuOfAGhostThreadWhoseAgentIsTold) {
  Bench bench;
  const Thread& victim = bench.enter({run(100us)});
  bench.commit(bench.decision(victim));
  const Thread& other = bench.enter_fair({run(20us)}, 0);
  EXPECT_TRUE(runs(bench, other));
  EXPECT_EQ(bench.story(victim), (std::vector{Type::kTaskNew, Type::kTaskPreempt}));
  EXPECT_EQ(bench.last().message.flags & Message::kWasLatched, 0u);
  EXPECT_FALSE(victim.status.has(StatusWord::kOnCpu));
  bench.pass(100us);
  EXPECT_EQ(other.status.runtime, 20us);
  EXPECT_EQ(bench.commit(bench.decision(victim)), kComplete);
  bench.pass(100us);
  EXPECT_EQ(victim.status.runtime, 100us) << "nothing of its work is lost";
}

TEST(FairThread, TakesTheCpuEvenIfTheCommitAskedForSilence) {  // 3: not for other classes
  Bench bench;
  const Thread& victim = bench.enter({run(100us)});
  bench.commit(bench.decision(victim, kElidePreempt));
  bench.enter_fair({run(20us)}, 0);
  EXPECT_EQ(bench.story(victim).back(), Type::kTaskPreempt);
}

/// A thread is latched in silence, and does not get to take the CPU.
TEST(FairThread, TakesTheCpuEvenIfTheNextCommitAskedForSilence) {
  Bench bench;
  const Thread& victim = bench.enter({run(100us)});
  const Thread& latched = bench.enter({run(100us)});
  bench.commit(bench.decision(victim));
  bench.commit_silently(bench.decision(latched, kElidePreempt));
  bench.enter_fair({run(20us)}, 0);
  EXPECT_EQ(bench.story(victim).back(), Type::kTaskPreempt);
  EXPECT_EQ(bench.story(latched).back(), Type::kTaskPreempt);
}

TEST(FairThread, SendsALatchedThreadBackToItsAgent) {  // 3 was_latched
  Bench bench;
  const Thread& latched = bench.enter({run(100us)});
  bench.commit_silently(bench.decision(latched));
  bench.enter_fair({run(20us)}, 0);
  EXPECT_EQ(bench.story(latched).back(), Type::kTaskPreempt);
  EXPECT_EQ(bench.last().message.flags & Message::kWasLatched, Message::kWasLatched);
  EXPECT_EQ(latched.latched_on, kNoCpu);
}

TEST(FairThread, MakesItsCpuUnavailableToThreadsButNotToOtherDecisions) {  // 5.3
  Bench bench;
  const Thread& thread = bench.enter({run(100us)});
  bench.enter_fair({run(50us)}, 0);
  EXPECT_EQ(bench.commit(bench.decision(thread)), kCpuUnavail);
  EXPECT_EQ(bench.commit({.target = kIdle}), kComplete);
  EXPECT_EQ(bench.commit({.target = kUnschedule}), kComplete);
  EXPECT_EQ(bench.commit(bench.decision(thread), 1), kComplete);
}

TEST(FairThread, IsReportedAsTheEndOfIdlenessOnlyAfterARefusal) {
  for (const bool prestage : {false, true}) {
    Bench bench({}, {.prestage = prestage});
    const Thread& thread = bench.enter({run(10us)});
    bench.enter_fair({run(30us)}, 0);
    bench.stage(bench.decision(thread), 1);
    bench.kernel.cpu(0).interrupt(HostCpu::Interrupt::kDecision);
    bench.pass(5us);
    EXPECT_EQ(bench.outcome().state, kCpuUnavail);
    EXPECT_FALSE(bench.outcome().idle);
    bench.pass(50us);
    EXPECT_TRUE(bench.outcome().idle) << "its agent waits for that";
    EXPECT_EQ(bench.outcome().sequence, 1u);
  }
}

TEST(FairThread, SaysNothingToAnyAgent) {
  Bench bench({}, kFairOnly);
  Thread& thread = bench.enter({run(5us), yield(), run(5us), block(), run(5us), exit()});
  bench.pass(50us);
  bench.wake(thread);
  bench.pass(50us);
  EXPECT_EQ(thread.state, Thread::State::kDead);
  EXPECT_EQ(thread.status.runtime, 15us);
  EXPECT_TRUE(bench.seen.empty());
  EXPECT_FALSE(bench.kernel.has_fair_threads());
}

// Slices

TEST(FairThreads, ShareACpuByWeight) {
  Bench bench;
  Thread& heavy = bench.enter_fair({run(1s)}, 0, false);
  Thread& light = bench.enter_fair({run(1s)}, 0, false);
  heavy.fair.nice = -3;
  bench.wake(heavy);
  bench.wake(light);
  bench.pass(900ms);
  const double share = double(heavy.status.runtime.count()) /
                       double((heavy.status.runtime + light.status.runtime).count());
  EXPECT_NEAR(share, 1991.0 / (1991 + 1024), 0.02);
}

TEST(FairThreads, ChangeAtTheTickAfterTheirSlice) {
  Bench bench;
  Thread& first = bench.enter_fair({run(1s)}, 0);
  Thread& second = bench.enter_fair({run(1s)}, 0);
  bench.sim.run_until(Time{12ms});
  EXPECT_TRUE(runs(bench, first));
  bench.sim.run_until(Time{13ms + 10us});
  EXPECT_TRUE(runs(bench, second)) << "its slice of 12 ms began some us after the beginning";
}

TEST(FairThreads, DoNotChangeWithoutTicks) {
  KernelParams params;
  params.tick = 0ms;
  Bench bench(params);
  const Thread& first = bench.enter_fair({run(100ms)}, 0);
  bench.enter_fair({run(1ms)}, 0);
  bench.pass(99ms);
  EXPECT_TRUE(runs(bench, first));
}

// Ticks

TEST(Tick, ComesEveryMillisecondWhileTheCpuIsNotIdle) {
  Bench bench;
  bench.enter_fair({run(10500us)}, 0);
  bench.pass(50ms);
  EXPECT_EQ(bench.kernel.cpu(0).stats().ticks, 10);
  EXPECT_EQ(bench.kernel.cpu(1).stats().ticks, 0);
}

TEST(Tick, GoesOnAfterIdlenessAtTheSameInstants) {
  Bench bench;
  Thread& thread = bench.enter_fair({run(1500us), block(), run(1500us)}, 0);
  bench.sim.run_until(Time{5600us});
  EXPECT_EQ(bench.kernel.cpu(0).stats().ticks, 1);
  bench.wake(thread);
  bench.sim.run_until(Time{6ms - 1us});
  EXPECT_EQ(bench.kernel.cpu(0).stats().ticks, 1);
  bench.sim.run_until(Time{6ms + 1us});
  EXPECT_EQ(bench.kernel.cpu(0).stats().ticks, 2);
}

TEST(Tick, CostsAThreadItsWorkAndTheInterrupt) {
  KernelParams params;
  Bench bench(params);
  Script body({run(2500us), block()});
  bench.kernel.cpu(0).balance().next = Time::max();
  bench.enter_fair(body, 0);
  bench.pass(5ms);
  ASSERT_EQ(bench.kernel.cpu(0).stats().ticks, 2);
  const Duration each = params.tick_work + params.interrupts.receive + params.interrupts.leave;
  EXPECT_EQ(body.asked[1] - body.asked[0], 2500us + 2 * each);
}

// Waking

/// A thread that has run on `cpu` and sleeps, with more to do when it is woken.
Thread& enter_fair_sleeper(Bench& bench, int cpu) {
  Thread& thread = bench.enter_fair({run(10us), block(), run(10us)}, cpu);
  bench.pass(50us);
  return thread;
}

TEST(FairWakeUp, GoesToAnIdleCpuThatSharesTheCacheIfTheLastOneIsBusy) {
  for (const Duration apart : {23ns, 107ns}) {
    Bench bench({}, {}, apart);
    Thread& thread = enter_fair_sleeper(bench, 0);
    thread.affinity.set();
    bench.enter_fair({run(10ms)}, 0);
    bench.wake(thread);
    bench.pass(5us);
    EXPECT_EQ(thread.cpu, apart == 23ns ? 1 : 0);
  }
}

TEST(FairWakeUp, StaysOnItsLastCpuIfThatIsIdle) {
  Bench bench;
  Thread& thread = enter_fair_sleeper(bench, 2);
  thread.affinity.set();
  bench.wake(thread);
  EXPECT_EQ(thread.cpu, 2);
  EXPECT_TRUE(runs(bench, thread));
}

/// The waker took an interrupt: it is idle, and so is the thread's last CPU.
TEST(FairWakeUp, IsDrawnToAnIdleWakerThatSharesTheCache) {
  for (const Duration apart : {23ns, 107ns}) {
    Bench bench({}, {}, apart);
    Thread& thread = enter_fair_sleeper(bench, 2);
    thread.affinity.set();
    bench.wake_from(1, thread);
    EXPECT_EQ(thread.cpu, apart == 23ns ? 1 : 2);
  }
}

/// With the thread the waker's CPU would have two. There is no cache to share, so that nobody looks
/// for an idle CPU.
TEST(FairWakeUp, IsDrawnToAWakerThatIsNotMoreLoadedThanTheLastCpu) {
  for (const int on_last : {1, 2}) {
    Bench bench({}, {}, 107ns);
    Thread& thread = enter_fair_sleeper(bench, 2);
    thread.affinity.set();
    bench.enter_fair({run(10ms)}, 1);
    for (int i = 0; i < on_last; ++i) bench.enter_fair({run(10ms)}, 2);
    bench.wake_from(1, thread);
    EXPECT_EQ(thread.cpu, on_last == 2 ? 1 : 2);
  }
}

TEST(FairWakeUp, RespectsTheThreadsAffinity) {
  Bench bench;
  Thread& thread = enter_fair_sleeper(bench, 0);
  bench.enter_fair({run(10ms)}, 0);
  bench.wake(thread);
  EXPECT_EQ(thread.cpu, 0);
}

TEST(FairWakeUp, TakesTheCpuOfAThreadThatIsFarAhead) {
  for (const Duration ran : {1ms, 40ms}) {
    Bench bench;
    Thread& thread = enter_fair_sleeper(bench, 0);
    bench.enter_fair({run(1s)}, 0);
    bench.pass(ran);
    bench.wake(thread);
    EXPECT_EQ(runs(bench, thread), ran == 40ms);
  }
}

TEST(FairWakeUp, FarAwayIsFinishedByTheTargetCpu) {
  Bench bench({}, {}, 107ns);
  Thread& thread = enter_fair_sleeper(bench, 2);
  bench.wake(thread);
  bench.pass(20us);
  EXPECT_EQ(thread.status.runtime, 20us);
}

// Balancing

/// Two threads on CPU 0, one of which waits, and a CPU whose thread stops.
struct Unbalanced {
  explicit Unbalanced(std::optional<Duration> usual_idle) {
    runner = &bench.enter_fair({run(100ms)}, 0);
    waiter = &bench.enter_fair({run(20ms)}, 0);
    waiter->affinity.set();
    bench.enter_fair({run(100us)}, 1);
    if (usual_idle) bench.kernel.cpu(1).balance().usual_idle = *usual_idle;
  }
  Bench bench;
  Thread* runner;
  Thread* waiter;
};

TEST(NewlyIdleCpu, TakesAWaitingThreadIfItsIdleSpellsAreLong) {
  Unbalanced u(600us);
  u.bench.pass(200us);
  EXPECT_EQ(u.waiter->cpu, 1);
  EXPECT_TRUE(runs(u.bench, *u.waiter));
  EXPECT_EQ(u.bench.kernel.cpu(1).stats().migrations, 1);
}

TEST(NewlyIdleCpu, TakesAWaitingThreadBeforeItHasEverIdled) {
  Unbalanced u({});
  u.bench.pass(200us);
  EXPECT_EQ(u.waiter->cpu, 1);
}

TEST(NewlyIdleCpu, DoesNotLookElsewhereIfItsIdleSpellsAreShort) {
  Unbalanced u(499us);
  u.bench.pass(200us);
  EXPECT_EQ(u.waiter->cpu, 0);
}

TEST(NewlyIdleCpu, LeavesAThreadThatRanLatelyWhereItsCacheIs) {
  for (const Duration ago : {480us, 520us}) {
    Unbalanced u(600us);
    u.bench.pass(50us);
    u.waiter->fair.last_ran = u.bench.sim.now() + 50us - ago;
    u.bench.pass(200us);
    EXPECT_EQ(u.waiter->cpu, ago == 480us ? 0 : 1) << ago.count();
  }
}

TEST(IdleCpu, IsRemindedByABusyOneAndTakesAThread) {
  Bench bench;
  bench.enter_fair({run(1s)}, 0);
  Thread& waiter = bench.enter_fair({run(1s)}, 0);
  waiter.affinity.set();
  bench.pass(1ms);
  EXPECT_NE(waiter.cpu, 0);
  EXPECT_TRUE(runs(bench, waiter));
}

TEST(NewThread, StartsOnTheCpuToWhichTheFewestBelong) {
  Bench bench({}, kFairOnly);
  Script bodies[5];
  for (int i = 0; i < 5; ++i) EXPECT_EQ(bench.enter(bodies[i], false).cpu, i % Bench::kCpus);
}

TEST(BusyCpu, TakesAThreadAtItsTickFromOneWithTwoMore) {
  Bench bench;
  for (const int cpu : {0, 0, 0, 1, 2}) bench.enter_fair({run(1s)}, cpu);
  for (Gtid tid = 1; tid <= 3; ++tid) bench.kernel.find(make_gtid(tid, 1))->affinity.set();
  bench.pass(2ms);
  EXPECT_EQ(bench.kernel.cpu(0).fair().load(), 2);
  EXPECT_EQ(bench.kernel.cpu(1).fair().load() + bench.kernel.cpu(2).fair().load(), 3);
}

}  // namespace
}  // namespace scheduling
