// SPDX-License-Identifier: Apache-2.0
// What agents are told beside a thread's ordinary life (ghost-kernel.md 3).
#include <gtest/gtest.h>

#include "subsystems/scheduling/test_bench.h"

namespace scheduling {
namespace {

using namespace bench;
using namespace wave::scheduling;
using Type = MessageType;

int count(const Bench& bench, Type type) {
  return static_cast<int>(
      std::ranges::count_if(bench.seen, [type](const Seen& s) { return s.message.type == type; }));
}

CpuSet only(std::size_t cpu) {
  return CpuSet{}.set(cpu);
}

void set_affinity(Bench& bench, Thread& thread, const CpuSet& cpus) {
  bench.on(Bench::kWaker, [&](core::Core& by) {
    bench.kernel.set_affinity(thread, cpus, by, &bench.producers[Bench::kWaker]);
  });
}
void set_nice(Bench& bench, Thread& thread, int nice) {
  bench.on(Bench::kWaker, [&](core::Core& by) {
    bench.kernel.set_nice(thread, nice, by, &bench.producers[Bench::kWaker]);
  });
}

TEST(TaskNew, CarriesTheNiceValueAndTheStatusWordsPlace) {
  Bench bench;
  bench.enter();
  Thread& thread = bench.enter();
  EXPECT_EQ(bench.last().message.status_word, 1);
  EXPECT_EQ(bench.last().message.nice, 0);
  set_nice(bench, thread, -7);
  EXPECT_EQ(bench.last().message.type, Type::kTaskPriorityChanged);
  EXPECT_EQ(bench.last().message.nice, -7);
}

// AFFINITY_CHANGED, PRIORITY_CHANGED

TEST(AffinityChange, TakesTheCpuFromARunningThreadAfterItsMessage) {
  Bench bench;
  Thread& thread = bench.enter({run(100us)});
  bench.commit(bench.decision(thread));
  set_affinity(bench, thread, only(0));
  EXPECT_EQ(bench.story(thread),
            (std::vector{Type::kTaskNew, Type::kTaskAffinityChanged, Type::kTaskPreempt}));
  EXPECT_EQ(bench.last().message.flags & Message::kWasLatched, 0u);
}

TEST(AffinityChange, SendsALatchedThreadBackOnlyFromAForbiddenCpu) {
  for (const std::size_t allowed : {0u, 1u}) {
    Bench bench;
    Thread& thread = bench.enter({run(100us)});
    bench.commit_silently(bench.decision(thread));
    set_affinity(bench, thread, only(allowed));
    EXPECT_EQ(count(bench, Type::kTaskPreempt), allowed == 0 ? 0 : 1);
    EXPECT_EQ(thread.latched_on, allowed == 0 ? 0 : kNoCpu);
  }
}

TEST(AffinityChange, IsNotToldWhileTaskNewIsPending) {
  Bench bench;
  Thread& thread = bench.enter_fair({run(100us)}, 0);
  bench.on(Bench::kWaker, [&](core::Core& by) {
    bench.kernel.free_status_word(thread.gtid, by, &bench.producers[Bench::kWaker]);
  });
  bench.set_class(thread, SchedulingClass::kGhost);
  set_affinity(bench, thread, only(1));
  EXPECT_EQ(bench.story(thread), (std::vector{Type::kTaskNew, Type::kTaskPreempt}));
}

TEST(AffinityChange, MakesDecisionsForOtherCpusInvalid) {
  Bench bench;
  Thread& thread = bench.enter({run(10us)});
  set_affinity(bench, thread, only(1));
  EXPECT_EQ(bench.commit(bench.decision(thread), 0), kInvalidCpu);
  EXPECT_EQ(bench.commit(bench.decision(thread), 1), kComplete);
}

TEST(PriorityChange, TakesTheCpuFromARunningThreadAfterItsMessage) {
  Bench bench;
  Thread& thread = bench.enter({run(100us)});
  bench.commit(bench.decision(thread));
  set_nice(bench, thread, 5);
  EXPECT_EQ(bench.story(thread),
            (std::vector{Type::kTaskNew, Type::kTaskPriorityChanged, Type::kTaskPreempt}));
}

TEST(PriorityChange, OfAFairThreadChangesItsShareFromNowOn) {
  Bench bench;
  Thread& heavy = bench.enter_fair({run(1s)}, 0);
  Thread& light = bench.enter_fair({run(1s)}, 0);
  set_nice(bench, heavy, -3);
  bench.pass(900ms);
  const double share = double(heavy.status.runtime.count()) /
                       double((heavy.status.runtime + light.status.runtime).count());
  EXPECT_NEAR(share, 1991.0 / (1991 + 1024), 0.02);
}

// TASK_ON_CPU, TASK_WAKEUP

TEST(TaskOnCpu, IsToldOnceACommitAndWhenTheThreadIsThere) {
  for (const bool asked : {false, true}) {
    Bench bench;
    const Thread& thread = bench.enter({run(10us), yield(), run(10us)});
    bench.commit(bench.decision(thread, asked ? kSendTaskOnCpu : 0u));
    EXPECT_EQ(count(bench, Type::kTaskOnCpu), asked ? 1 : 0);
    EXPECT_EQ(bench.last().on_cpu, asked);
    bench.pass(20us);
    bench.commit(bench.decision(thread));
    EXPECT_EQ(count(bench, Type::kTaskOnCpu), asked ? 1 : 0);
  }
}

TEST(TaskWakeup, NamesTheWakersCpuIfTheEnclaveWantsThat) {
  for (const bool at_waker : {false, true}) {
    Bench bench;
    bench.kernel.enclave().tunables.wake_on_waker_cpu = at_waker;
    Thread& thread = bench.enter_sleeper(2);
    bench.wake(thread);
    EXPECT_EQ(bench.last().message.type, Type::kTaskWakeup);
    EXPECT_EQ(bench.last().message.cpu, at_waker ? Bench::kWaker : 2);
  }
}

TEST(TaskWakeup, IsDeferrableIfTheWorkloadSaysSo) {
  for (const bool deferrable : {false, true}) {
    Bench bench;
    Thread& thread = bench.enter({}, false);
    thread.wakes_deferrably = deferrable;
    bench.wake(thread);
    EXPECT_EQ(bench.last().message.flags, deferrable ? Message::kDeferrable : 0u);
  }
}

// Messages about CPUs

TEST(CpuTick, ComesWhileAGhostThreadRunsAndOnlyIfWanted) {
  for (const bool wanted : {false, true}) {
    Bench bench;
    bench.kernel.enclave().tunables.deliver_ticks = wanted;
    bench.commit(bench.decision(bench.enter({run(3500us)})));
    bench.pass(10ms);
    EXPECT_EQ(count(bench, Type::kCpuTick), wanted ? 3 : 0);
    for (const Seen& s : bench.seen)
      if (s.message.type == Type::kCpuTick) {
        EXPECT_EQ(s.message.gtid, 0);
        EXPECT_EQ(s.message.cpu, 0);
      }
  }
}

TEST(CpuTick, DoesNotComeWhileAnotherClassRuns) {
  Bench bench;
  bench.kernel.enclave().tunables.deliver_ticks = true;
  bench.enter_fair({run(3500us)}, 0);
  bench.pass(10ms);
  EXPECT_EQ(bench.kernel.cpu(0).stats().ticks, 3);
  EXPECT_EQ(count(bench, Type::kCpuTick), 0);
}

TEST(CpuTimerExpired, ComesWhenItWasSetFor) {
  Bench bench;
  const Time due = bench.sim.now() + 50us;
  bench.kernel.arm_timer(bench.kernel.cpu(1), due);
  bench.sim.run_until(due - Duration{1});
  EXPECT_TRUE(bench.seen.empty());
  bench.pass(5us);
  ASSERT_EQ(bench.seen.size(), 1u);
  EXPECT_EQ(bench.last().message.type, Type::kCpuTimerExpired);
  EXPECT_EQ(bench.last().message.cpu, 1);
}

TEST(CpuNotIdle, IsToldOnceAfterACommitThatAskedForIt) {
  for (const bool asked : {false, true}) {
    Bench bench;
    bench.commit({.target = kIdle, .commit_flags = asked ? kNeedCpuNotIdle : 0u});
    bench.enter_fair({run(10us)}, 0);
    bench.pass(50us);
    EXPECT_EQ(count(bench, Type::kCpuNotIdle), asked ? 1 : 0);
    bench.enter_fair({run(10us)}, 0);
    bench.pass(50us);
    EXPECT_EQ(count(bench, Type::kCpuNotIdle), asked ? 1 : 0);
  }
}

/// The CPU is not idle when the decision comes, and no thread but of other classes runs afterwards.
TEST(CpuNotIdle, IsToldOfOneThreadOfAnotherClassAfterAnother) {
  Bench bench;
  bench.enter_fair({run(50us)}, 0);
  bench.commit({.target = kIdle, .commit_flags = kNeedCpuNotIdle});
  EXPECT_EQ(count(bench, Type::kCpuNotIdle), 0);
  bench.enter_fair({run(50us)}, 0);
  bench.pass(70us);
  EXPECT_EQ(count(bench, Type::kCpuNotIdle), 1);
}

TEST(CpuAvailability, IsToldAsOtherClassesComeAndGoIfWanted) {
  for (const bool wanted : {false, true}) {
    Bench bench;
    bench.kernel.enclave().tunables.deliver_cpu_availability = wanted;
    Thread& thread = bench.enter_fair({run(10us), block(), run(10us)}, 0);
    bench.pass(50us);
    bench.wake(thread);
    bench.pass(50us);
    EXPECT_EQ(count(bench, Type::kCpuBusy), wanted ? 2 : 0);
    EXPECT_EQ(count(bench, Type::kCpuAvailable), wanted ? 2 : 0);
  }
}

// The enclave's patience, and what it counts

TEST(RunnableTimeout, EndsAnEnclaveWhoseAgentForgetsAThread) {
  for (const bool limited : {false, true}) {
    Bench bench;
    bench.kernel.enclave().tunables.runnable_timeout = limited ? 5ms : 0ms;
    bench.commit(bench.decision(bench.enter({run(100ms)})));
    const Thread& forgotten = bench.enter({run(1ms)});
    bench.sim.run_until(Time{5ms});
    EXPECT_TRUE(bench.kernel.enclave().has_agent);
    bench.pass(10ms);
    EXPECT_EQ(bench.kernel.enclave().has_agent, !limited);
    EXPECT_EQ(forgotten.status.runtime, limited ? Duration{1ms} : 0ms);
  }
}

/// An enclave that ends when a thread has waited for 5 ms, and CPU 1 runs for long: it looks.
struct ImpatientBench : Bench {
  ImpatientBench() {
    kernel.enclave().tunables.runnable_timeout = 5ms;
    commit(decision(enter({run(100ms)})), 1);
  }
};

/// A thread's wait begins when it loses its CPU, not when it woke up: one that ran for longer than
/// the limit has not waited for it.
TEST(RunnableTimeout, CountsFromTheLossOfTheLastCpu) {
  for (const bool yields : {false, true}) {
    ImpatientBench bench;
    const Thread& thread =
        bench.enter(yields ? std::vector{run(20ms), yield(), run(1ms)} : std::vector{run(60ms)});
    bench.commit(bench.decision(thread));
    bench.sim.run_until(Time{20500us});
    if (!yields) bench.commit(bench.decision(bench.enter({run(100ms)})));
    EXPECT_TRUE(thread.waits_for_agent());
    bench.sim.run_until(Time{25ms});
    EXPECT_TRUE(bench.kernel.has_agent()) << "it has waited for less than 5 ms";
    bench.sim.run_until(Time{26500us});
    EXPECT_FALSE(bench.kernel.has_agent());
  }
}

/// To be latched is not to run, and to be told that it is not any more is no turn.
TEST(RunnableTimeout, IsNotPutOffByALatchThatComesToNothing) {
  ImpatientBench bench;
  const Thread& thread = bench.enter({run(1ms)});
  bench.sim.run_until(Time{4ms});
  bench.commit_silently(bench.decision(thread));
  bench.commit_silently({.target = kIdle});
  ASSERT_EQ(bench.last().message.flags, Message::kWasLatched);
  bench.sim.run_until(Time{6500us});
  EXPECT_FALSE(bench.kernel.has_agent());
}

/// An agent answers for its own time only.
TEST(RunnableTimeout, BeginsAnewWithEachAgent) {
  ImpatientBench bench;
  bench.enter({run(1ms)});
  bench.sim.run_until(Time{4200us});
  bench.on(Bench::kWaker, [&](core::Core& by) {
    bench.kernel.detach_agent();
    bench.kernel.attach_agent(by);
  });
  bench.sim.run_until(Time{9100us});
  EXPECT_TRUE(bench.kernel.has_agent()) << "the tick at 9 ms came too early";
  bench.sim.run_until(Time{10500us});
  EXPECT_FALSE(bench.kernel.has_agent());
}

TEST(CpuSeqnum, CountsEveryChangeOfWhatIsToRun) {
  Bench bench;
  const Thread& thread = bench.enter({run(10us)});
  EXPECT_EQ(bench.kernel.cpu(0).seqnum(), 0u);
  bench.commit(bench.decision(thread));
  EXPECT_EQ(bench.kernel.cpu(0).seqnum(), 1u);
  bench.commit({.target = -3});
  EXPECT_EQ(bench.kernel.cpu(0).seqnum(), 1u);
  bench.commit({.target = kIdle});
  EXPECT_EQ(bench.kernel.cpu(0).seqnum(), 2u);
  EXPECT_EQ(bench.kernel.cpu(1).seqnum(), 0u);
}

TEST(AgentBarrier, CountsDecisionsUnlessElidedAndFailuresIfAsked) {  // 2.2
  Bench bench;
  HostCpu& cpu = bench.kernel.cpu(0);
  bench.commit({.target = kIdle});
  EXPECT_EQ(cpu.agent_barrier(), 1u);
  bench.commit({.target = kIdle, .commit_flags = kElideAgentBarrierInc});
  EXPECT_EQ(cpu.agent_barrier(), 1u);
  bench.commit({.target = -3});
  EXPECT_EQ(cpu.agent_barrier(), 1u);
  bench.commit({.target = -3, .commit_flags = kIncAgentBarrierOnFailure});
  EXPECT_EQ(cpu.agent_barrier(), 2u);
}

}  // namespace
}  // namespace scheduling
