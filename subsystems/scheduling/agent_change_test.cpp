// SPDX-License-Identifier: Apache-2.0
// One agent goes, another comes (ghost-kernel.md 8), and nothing of the one is taken for the
// other's.
#include <gtest/gtest.h>

#include "subsystems/scheduling/invariants.h"
#include "subsystems/scheduling/test_bench.h"

namespace scheduling {
namespace {

using namespace bench;
using namespace wave::scheduling;
using Type = MessageType;

void attach(Bench& bench) {
  bench.on(Bench::kAgent, [&](core::Core& by) { bench.kernel.attach_agent(by); });
}

void introduce(Bench& bench) {
  bench.on(Bench::kAgent, [&](core::Core& by) {
    bench.kernel.introduce_threads(by, &bench.producers[Bench::kAgent]);
  });
}

void expect_sound(Bench& bench) {
  EXPECT_EQ(Invariants(bench.kernel).broken().value_or("sound"), "sound");
}

TEST(WithoutAnAgent, NothingIsCommittedAndNobodyIsTold) {
  Bench bench;
  Thread& thread = bench.enter({run(50us)});
  bench.kernel.detach_agent();
  const auto told = bench.seen.size();
  EXPECT_EQ(bench.commit(bench.decision(thread)), kNoAgent);
  EXPECT_EQ(bench.kernel.stats().refusals.no_agent, 1);
  bench.enter({run(50us)});
  EXPECT_EQ(bench.seen.size(), told);
  expect_sound(bench);
}

TEST(WithoutAnAgent, AThreadThatRunsGoesOnAndOneThatWasToRunNextDoesNot) {
  Bench bench;
  Thread& running = bench.enter({run(50us)});
  Thread& waiting = bench.enter({run(50us)});
  bench.commit(bench.decision(running));
  bench.commit_silently(bench.decision(waiting));  // latched
  EXPECT_EQ(waiting.latched_on, 0);
  bench.kernel.detach_agent();
  EXPECT_EQ(waiting.latched_on, kNoCpu);
  expect_sound(bench);
  bench.pass(200us);
  EXPECT_EQ(running.status.runtime, 50us);
  EXPECT_EQ(waiting.status.runtime, 0us);
}

TEST(WithoutAnAgent, ADecisionThatIsHeldForLaterIsForgotten) {
  Bench bench({}, {.prestage = true});
  Thread& running = bench.enter({run(20us)});
  Thread& waiting = bench.enter({run(50us)});
  bench.commit(bench.decision(running));
  bench.stage(bench.decision(waiting, kCommitAtSchedule), 1);
  bench.kernel.cpu(0).interrupt(HostCpu::Interrupt::kDecision);  // seen, and held
  bench.pass(2us);
  bench.kernel.detach_agent();
  attach(bench);
  bench.pass(200us);
  EXPECT_EQ(running.status.runtime, 20us);
  EXPECT_EQ(waiting.status.runtime, 0us);
}

/// Whenever in the old agent's system call another agent takes its place.
TEST(WithoutAnAgent, ADecisionThatIsJustBeingCommittedIsNot) {
  for (Duration at = 0ns; at < 1us; at += 10ns) {
    Bench bench;
    Script body({run(50us)});
    Thread& thread = bench.enter(body);
    const Transaction decision = bench.decision(thread);
    core::Core& agent = bench.core(Bench::kAgent);
    agent.start([&] {
      bench.kernel.commit(decision, bench.kernel.cpu(0), agent);
      agent.sync();
    });
    bench.on(Bench::kWaker, [&](core::Core& by) {
      by.sleep_until(by.now() + at);
      bench.kernel.detach_agent();
      bench.kernel.attach_agent(by);
    });
    ASSERT_TRUE(body.asked.empty()) << "it ran; the agent went after " << at.count() << " ps";
    expect_sound(bench);
  }
}

TEST(ANewAgent, IsToldByEachCpuWhetherItWaits) {
  Bench bench;
  Thread& thread = bench.enter({run(50us)});
  bench.stage(bench.decision(thread), 9);
  bench.kernel.cpu(0).interrupt(HostCpu::Interrupt::kDecision);
  bench.pass(5us);
  EXPECT_EQ(bench.outcome(0).sequence, 9u);
  bench.kernel.detach_agent();
  attach(bench);
  // Numbers begin anew.
  EXPECT_EQ(bench.outcome(0).sequence, 0u);
  EXPECT_FALSE(bench.outcome(0).idle);
  EXPECT_TRUE(bench.outcome(1).idle);
  bench.pass(100us);
  EXPECT_EQ(bench.outcome(0).sequence, 0u);
  EXPECT_TRUE(bench.outcome(0).idle) << "it said that it was busy, so it says when it is not";
}

TEST(ANewAgent, IsToldOfEveryThreadWithItsPresentNumber) {
  Bench bench;
  Thread& asleep = bench.enter({}, false);
  Thread& runnable = bench.enter({run(10us)}, false);
  bench.wake(runnable);
  bench.kernel.detach_agent();
  attach(bench);
  const Barrier before = runnable.status.barrier;
  const auto told = bench.seen.size();
  introduce(bench);
  ASSERT_EQ(bench.seen.size(), told + 2);
  EXPECT_EQ(bench.seen[told].message.gtid, asleep.gtid);
  EXPECT_EQ(bench.seen[told].message.flags, 0u);
  const Message& second = bench.seen[told + 1].message;
  EXPECT_EQ(second.type, Type::kTaskNew);
  EXPECT_EQ(second.gtid, runnable.gtid);
  EXPECT_EQ(second.flags, Message::kRunnable);
  EXPECT_EQ(second.seqnum, before + 1);
  EXPECT_EQ(bench.commit(bench.decision(runnable)), kComplete);
}

TEST(ANewAgent, IsToldOfARunningThreadWhenThatLeavesItsCpu) {
  Bench bench;
  Thread& thread = bench.enter({run(20us)});
  bench.commit(bench.decision(thread));
  bench.kernel.detach_agent();
  attach(bench);
  const auto told = bench.seen.size();
  introduce(bench);
  EXPECT_EQ(bench.seen.size(), told);
  bench.pass(100us);
  ASSERT_EQ(bench.seen.size(), told + 2);
  EXPECT_EQ(bench.seen[told].message.type, Type::kTaskNew);
  EXPECT_EQ(bench.seen[told].message.flags, 0u);
  EXPECT_EQ(bench.seen[told + 1].message.type, Type::kTaskBlocked);
}

TEST(ANewAgent, IsNotToldOfTheDead) {
  Bench bench;
  Thread& thread = bench.enter({exit()});
  bench.commit(bench.decision(thread));
  bench.pass(20us);
  bench.kernel.detach_agent();
  attach(bench);
  const auto told = bench.seen.size();
  introduce(bench);
  EXPECT_EQ(bench.seen.size(), told);
}

/// Whenever the agent changes while a thread stops, wakes or is switched to, the new one hears of
/// the thread once and can have it run.
/// The old agent went before it freed the words of a thread that left and came back, of one that
/// left, and of one that died.
TEST(ANewAgent, IsToldOfThreadsWhoseWordsTheOldOneKept) {
  Bench bench;
  Thread& back = bench.enter({run(50us)});
  Thread& gone = bench.enter({}, false);
  Thread& dead = bench.enter({run(5us), exit()});
  bench.commit(bench.decision(dead), 1);
  bench.pass(20us);
  for (Thread* thread : {&back, &gone}) bench.set_class(*thread, SchedulingClass::kFair);
  bench.pass(100us);
  bench.set_class(back, SchedulingClass::kGhost);
  EXPECT_TRUE(back.gated());
  EXPECT_EQ(bench.kernel.enclave().status_words.taken(), 3u);
  bench.kernel.detach_agent();
  attach(bench);
  introduce(bench);
  EXPECT_FALSE(back.gated());
  EXPECT_EQ(bench.last().message.type, Type::kTaskNew);
  EXPECT_EQ(bench.last().message.gtid, back.gtid);
  EXPECT_EQ(bench.kernel.enclave().status_words.taken(), 1u);
  const auto told = bench.seen.size();
  bench.set_class(gone, SchedulingClass::kGhost);
  ASSERT_EQ(bench.seen.size(), told + 1);
  EXPECT_EQ(bench.last().message.type, Type::kTaskNew) << "at once";
}

/// That a thread may not run on a CPU is no agent's decision.
TEST(WithoutAnAgent, AThreadStillLeavesACpuThatIsForbidden) {
  Bench bench;
  Thread& thread = bench.enter({run(1ms)});
  bench.commit(bench.decision(thread));
  CpuSet others;
  others.set(1);
  bench.on(Bench::kWaker, [&](core::Core& by) {
    bench.kernel.set_affinity(thread, others, by, &bench.producers[Bench::kWaker]);
    bench.kernel.detach_agent();
  });
  bench.pass(20us);
  EXPECT_NE(bench.kernel.cpu(0).current(), &thread);
}

TEST(ANewAgent, LosesNoThreadWhateverTheThreadIsAbout) {
  for (Duration at = 0ns; at < 6us; at += 30ns) {
    Bench bench;
    Thread& thread = bench.enter({run(1us), block(), run(1us)});
    bench.commit_without_waiting(bench.decision(thread));
    std::size_t told = 0;
    bench.on(
        Bench::kAgent,
        [&](core::Core& by) {
          by.sleep_until(by.now() + at);
          bench.kernel.detach_agent();
          told = bench.seen.size();
          bench.kernel.attach_agent(by);
          bench.kernel.introduce_threads(by, &bench.producers[Bench::kAgent]);
        },
        30us);
    if (thread.state == Thread::State::kBlocked) bench.wake(thread);
    expect_sound(bench);
    ASSERT_EQ(thread.state, Thread::State::kRunnable);
    int introductions = 0;
    for (std::size_t i = told; i < bench.seen.size(); ++i)
      introductions += bench.seen[i].message.type == Type::kTaskNew;
    EXPECT_EQ(introductions, 1) << at.count();
    EXPECT_EQ(bench.commit(bench.decision(thread)), kComplete) << at.count();
    bench.pass(30us);
    EXPECT_EQ(thread.state, Thread::State::kBlocked) << at.count();
  }
}

TEST(Overflow, IsReportedWhenAMessageFindsItsQueueFull) {
  Bench bench;
  int overflows = 0;
  bench.kernel.on_overflow([&] { ++overflows; });
  for (std::int64_t i = 0; i < Bench::kCapacity + 2; ++i) bench.enter();  // nobody takes messages
  EXPECT_EQ(overflows, 2);
  EXPECT_EQ(bench.kernel.stats().overflows, 2);
  EXPECT_EQ(bench.kernel.stats().messages, Bench::kCapacity);
}

}  // namespace
}  // namespace scheduling
