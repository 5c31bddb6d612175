// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "subsystems/scheduling/policies/fifo.h"
#include "subsystems/scheduling/policies/multi_queue_shinjuku.h"
#include "subsystems/scheduling/policies/shinjuku.h"
#include "subsystems/scheduling/policies/test_bench.h"

// What the agent program does when a thread runs for long: preemption by slices, and staged threads
// that would wait too long.

namespace scheduling {
namespace {

using namespace std::chrono_literals;
using namespace bench;

constexpr Instant kSlice{30us};
constexpr Instant kStep{1};  // the least

struct Slices : AgentBench<Shinjuku> {
  explicit Slices(int cpus, bool prestage = false)
      : AgentBench<Shinjuku>(cpus, {.prestage = prestage, .commit_flags = kFlags}, kSlice) {}
};

TEST(AgentSlices, TakeTheCpuFromAThreadWhoseSliceIsOverWhileAnotherWaits) {
  Slices bench(1);
  bench.run_the_first();
  bench.arrives(2);
  bench.pass(kSlice - kStep);
  EXPECT_EQ(bench.decisions(), 1u);
  bench.pass(kStep);
  ASSERT_EQ(bench.decisions(), 2u);
  EXPECT_EQ(bench.last().transaction.target, gtid(2));
  EXPECT_EQ(bench.last().transaction.commit_flags, kFlags) << "now, not at the next schedule";
  EXPECT_TRUE(bench.last().notified);
  EXPECT_EQ(bench.agent.stats().preemptions, 1);
}

TEST(AgentSlices, ThatEndWhileTheAgentDecidesSomethingElseAreNotForgotten) {
  Slices bench(1, true);
  bench.run_the_first();
  bench.pass(kSlice - 300ns);
  bench.runtime.cost = 200ns;
  bench.arrives(2);
  ASSERT_EQ(bench.decisions(), 2u);
  EXPECT_FALSE(bench.last().notified) << "staged";
  bench.pass(Instant{0});
  EXPECT_LE(bench.runtime.deadline, bench.runtime.now());
  bench.pass(Instant{0});
  EXPECT_TRUE(bench.last().notified);
  EXPECT_EQ(bench.agent.stats().preemptions, 1);
}

TEST(AgentSlices, BeginWhenTheThreadDoesNotWhenItWasChosen) {
  Slices bench(1);
  bench.idle(0);
  bench.arrives(1);
  bench.pass(20us);
  bench.commits(0, 1);
  bench.arrives(2);
  bench.pass(kSlice - kStep);
  EXPECT_EQ(bench.decisions(), 1u);
  bench.pass(kStep);
  EXPECT_EQ(bench.decisions(), 2u);
}

TEST(AgentSlices, LetAThreadGoOnWhileNobodyWaits) {
  Slices bench(1);
  bench.run_the_first();
  bench.pass(10 * kSlice);
  EXPECT_EQ(bench.decisions(), 1u);
}

TEST(AgentSlices, EndAtOnceForWhoeverComesLater) {
  Slices bench(1);
  bench.run_the_first();
  bench.pass(10 * kSlice);
  bench.arrives(2);
  ASSERT_EQ(bench.decisions(), 2u);
  EXPECT_EQ(bench.runtime.notified, std::vector<int>{0});
}

TEST(AgentSlices, DisturbNobodyWhileACpuIsIdle) {
  Slices bench(2);
  bench.run_the_first();
  bench.idle(1);
  bench.pass(2 * kSlice);
  bench.arrives(2);
  EXPECT_EQ(bench.last().cpu, 1);
  EXPECT_EQ(bench.agent.stats().preemptions, 0);
}

TEST(AgentSlices, TakeTheCpuOfTheLongestRun) {
  Slices bench(2);
  for (const Cpu cpu : {1, 0}) {
    bench.idle(cpu);
    bench.arrives(cpu + 1);
    bench.commits(cpu, 1);
    bench.pass(1us);
  }
  bench.pass(2 * kSlice);
  bench.arrives(3);
  EXPECT_EQ(bench.last().cpu, 1);
  EXPECT_EQ(bench.decisions(), 3u);
}

TEST(AgentSlices, AreOverOnceUntilTheHostHasAnswered) {
  Slices bench(1);
  bench.run_the_first();
  bench.pass(2 * kSlice);
  bench.arrives(2);
  bench.arrives(3);
  bench.pass(2 * kSlice);
  EXPECT_EQ(bench.decisions(), 2u) << "the interrupt is on its way";
}

TEST(AgentSlices, GiveThePreemptedThreadBackBehindTheOthers) {
  Slices bench(1);
  bench.run_the_first();
  bench.pass(2 * kSlice);
  bench.arrives(2);
  bench.arrives(3);
  bench.commits(0, 2);
  bench.tell(MessageType::kTaskPreempt, 1, 2, 0);
  bench.pass(kSlice);
  EXPECT_EQ(bench.last().transaction.target, gtid(3));
  bench.commits(0, 3);
  bench.tell(MessageType::kTaskPreempt, 2, 2, 0);
  bench.pass(kSlice);
  EXPECT_EQ(bench.last().transaction.target, gtid(1));
  EXPECT_EQ(bench.last().transaction.task_barrier, 2u);
}

TEST(AgentSlices, OfTheSuccessorBeginWithItWhicheverMessageIsSeenFirst) {
  for (const bool outcome_first : {true, false}) {
    Slices bench(1);
    bench.run_the_first();
    bench.pass(2 * kSlice);
    bench.arrives(2);
    if (outcome_first) bench.commits(0, 2);
    bench.tell(MessageType::kTaskPreempt, 1, 2, 0);
    if (!outcome_first) bench.commits(0, 2);
    EXPECT_EQ(bench.decisions(), 2u) << "the CPU is busy with thread 2";
    bench.pass(kSlice - kStep);
    EXPECT_EQ(bench.decisions(), 2u);
    bench.pass(kStep);
    EXPECT_EQ(bench.decisions(), 3u);
    EXPECT_EQ(bench.last().transaction.target, gtid(1));
  }
}

/// The victim works on while the interrupt flies, and stops by itself.
TEST(AgentSlices, NeedNoSecondDecisionWhenTheVictimBlocksMeanwhile) {
  Slices bench(1);
  bench.run_the_first();
  bench.pass(2 * kSlice);
  bench.arrives(2);
  bench.tell(MessageType::kTaskBlocked, 1, 2, 0);
  bench.arrives(3);
  EXPECT_EQ(bench.decisions(), 2u);
  bench.commits(0, 2);
  bench.pass(kSlice);
  EXPECT_EQ(bench.last().transaction.target, gtid(3));
}

TEST(AgentSlices, StartOverWhenTheHostRefusesAndTheVictimRunsOn) {
  Slices bench(1);
  bench.run_the_first();
  bench.pass(2 * kSlice);
  bench.arrives(2);
  bench.answer(0, 2, kTargetStale, false);
  ASSERT_EQ(bench.decisions(), 3u);
  EXPECT_EQ(bench.last().transaction.target, gtid(2));
  EXPECT_TRUE(bench.last().notified);
}

TEST(AgentSlices, MakeTheAgentLookAtTheClockOnlyWhileSomebodyWaits) {
  Slices bench(1);
  bench.run_the_first();
  EXPECT_EQ(bench.patience(), wave::kNever);
  bench.pass(10us);
  bench.arrives(2);
  EXPECT_EQ(bench.patience(), kSlice - 10us);
  bench.pass(kSlice - 10us);
  EXPECT_EQ(bench.patience(), wave::kNever) << "the CPU has its decision";
}

TEST(AgentSlices, UnderFifoHaveNoEnd) {
  AgentBench<Fifo> bench(1, {.prestage = false, .commit_flags = kFlags});
  bench.run_the_first();
  bench.arrives(2);
  EXPECT_EQ(bench.patience(), wave::kNever);
  bench.pass(1s);
  EXPECT_EQ(bench.decisions(), 1u);
}

// A decision that is staged for the CPU already

TEST(StagedDecision, IsSentAgainToBeCommittedNowWhenTheSliceIsOver) {
  Slices bench(1, true);
  bench.run_the_first();
  bench.arrives(2);
  EXPECT_EQ(bench.last().transaction.commit_flags, kCommitAtSchedule);
  EXPECT_EQ(bench.patience(), kSlice);
  bench.pass(kSlice);
  ASSERT_EQ(bench.decisions(), 3u);
  EXPECT_EQ(bench.last().sequence, 3u);
  EXPECT_EQ(bench.last().transaction.target, gtid(2));
  EXPECT_EQ(bench.last().transaction.commit_flags, kFlags);
  EXPECT_TRUE(bench.last().notified);
}

struct Promoted : Slices {
  /// Thread 2's decision has been staged as number 2 and sent again as number 3; 3 and 4 wait.
  Promoted() : Slices(1, true) {
    run_the_first();
    for (const int thread : {2, 3, 4}) arrives(thread);
    pass(kSlice);
  }
};

TEST(PromotedDecision, IsCommittedLikeAnyOther) {
  Promoted bench;
  bench.commits(0, 3);
  bench.tell(MessageType::kTaskPreempt, 1, 2, 0);
  ASSERT_EQ(bench.decisions(), 4u);
  EXPECT_EQ(bench.last().transaction.target, gtid(3)) << "staged behind thread 2";
  EXPECT_EQ(bench.agent.stats().refused, 0);
}

/// The victim stopped before the interrupt came, and its CPU found the decision as first staged.
TEST(PromotedDecision, IsRefusedWhenTheStagedOneWasFaster) {
  Promoted bench;
  bench.tell(MessageType::kTaskBlocked, 1, 2, 0);
  bench.commits(0, 2);
  EXPECT_EQ(bench.last().transaction.target, gtid(3)) << "staged behind thread 2";
  bench.answer(0, 3, kTargetOncpu, false);
  EXPECT_EQ(bench.agent.stats().refused, 1);
  EXPECT_EQ(bench.decisions(), 4u) << "thread 2 runs, nobody decides for it again";
  bench.tell(MessageType::kTaskBlocked, 2, 2, 0);
  bench.answer(0, 4, kComplete, false);
  EXPECT_EQ(bench.last().transaction.target, gtid(4));
}

TEST(PromotedDecision, SaysByItsRefusalThatTheStagedOneWasCommitted) {
  Promoted bench;
  bench.tell(MessageType::kTaskBlocked, 1, 2, 0);
  bench.answer(0, 3, kTargetOncpu, false);  // the outcome of number 2 was overwritten unseen
  EXPECT_EQ(bench.last().transaction.target, gtid(3)) << "staged behind thread 2";
  bench.pass(kSlice);
  EXPECT_TRUE(bench.last().notified) << "thread 2's slice is known";
}

TEST(PromotedDecision, IsForgottenWhenItsThreadHasRunAndStopped) {
  Promoted bench;
  bench.tell(MessageType::kTaskBlocked, 1, 2, 0);
  bench.tell(MessageType::kTaskBlocked, 2, 2, 0);
  EXPECT_EQ(bench.last().transaction.target, gtid(3));
  bench.answer(0, 3, kTargetStale, true);
  EXPECT_EQ(bench.decisions(), 4u) << "number 4 is on its way";
  bench.commits(0, 4);
  EXPECT_EQ(bench.last().transaction.target, gtid(4));
}

/// Thread 1 has lost its CPU to thread 2, which sleeps by now, and runs again by decision 3.
struct PreemptedOnce : Slices {
  PreemptedOnce() : Slices(1, true) {
    run_the_first();
    pass(2 * kSlice);
    arrives(2);  // preempts 1
    commits(0, 2);
    tell(MessageType::kTaskPreempt, 1, 2, 0);
    EXPECT_EQ(last().transaction.commit_flags, kCommitAtSchedule);
    EXPECT_EQ(last().transaction.target, gtid(1)) << "behind 2, of which nothing is known";
    tell(MessageType::kTaskBlocked, 2, 2, 0);
    commits(0, 3);
  }
};

TEST(AgentSlices, StageNothingBehindAThreadThatLostACpuBefore) {
  PreemptedOnce bench;
  bench.arrives(3);
  EXPECT_EQ(bench.decisions(), 3u) << "1 is going to use its whole slice";
  EXPECT_EQ(bench.patience(), kSlice);
  bench.pass(kSlice);
  EXPECT_EQ(bench.last().transaction.target, gtid(3));
  EXPECT_TRUE(bench.last().notified);
}

TEST(AgentSlices, StageBehindAThreadAgainOnceItHasSlept) {
  PreemptedOnce bench;
  bench.tell(MessageType::kTaskBlocked, 1, 3, 0);
  bench.answer(0, 3, kComplete, true);
  bench.tell(MessageType::kTaskWakeup, 1, 4);
  bench.commits(0, 4);
  bench.arrives(3);
  ASSERT_EQ(bench.decisions(), 5u);
  EXPECT_EQ(bench.last().transaction.commit_flags, kCommitAtSchedule);
}

// A staged thread whose CPU is busy for long, and a CPU that is idle

constexpr Instant kLong{20us};

struct Moving : AgentBench<Fifo> {
  Moving() : AgentBench<Fifo>(2, {.prestage = true, .commit_flags = kFlags, .long_run = kLong}) {
    for (const Cpu cpu : {0, 1}) {
      idle(cpu);
      arrives(cpu + 1);
      commits(cpu, 1);
    }
    arrives(3);  // staged for CPU 0
  }
  void cpu_1_becomes_idle() {
    tell(MessageType::kTaskBlocked, 2, 2, 1);
    answer(1, 1, kComplete, true);
  }
};

TEST(StagedThread, StaysWhereItIsWhileTheThreadBeforeItMayStopSoon) {
  Moving bench;
  ASSERT_EQ(bench.last().cpu, 0);
  bench.cpu_1_becomes_idle();
  EXPECT_EQ(bench.decisions(), 3u);
  EXPECT_EQ(bench.patience(), kLong);
}

TEST(StagedThread, MovesToAnIdleCpuWhenTheThreadBeforeItRunsLong) {
  Moving bench;
  bench.cpu_1_becomes_idle();
  bench.pass(kLong - kStep);
  EXPECT_EQ(bench.decisions(), 3u);
  bench.pass(kStep);
  ASSERT_EQ(bench.decisions(), 4u);
  EXPECT_EQ(bench.last().cpu, 1);
  EXPECT_EQ(bench.last().transaction.target, gtid(3));
  EXPECT_TRUE(bench.last().notified);
  EXPECT_EQ(bench.agent.stats().moved, 1);
}

TEST(StagedThread, MovesAtOnceToACpuThatBecomesIdleLater) {
  Moving bench;
  bench.pass(2 * kLong);
  EXPECT_EQ(bench.patience(), wave::kNever) << "both CPUs are busy";
  bench.cpu_1_becomes_idle();
  EXPECT_EQ(bench.last().cpu, 1);
}

/// Both CPUs have a decision for it. The second commit is refused.
TEST(StagedThread, ThatHasMovedRunsOnceWhicheverCpuWasFaster) {
  for (const bool old_cpu_first : {true, false}) {
    Moving bench;
    bench.pass(2 * kLong);
    bench.cpu_1_becomes_idle();
    const std::size_t decisions = bench.decisions();
    bench.tell(MessageType::kTaskBlocked, 1, 2, 0);
    if (old_cpu_first) bench.commits(0, 2);
    bench.answer(1, 2, old_cpu_first ? kTargetOncpu : kComplete, old_cpu_first);
    if (!old_cpu_first) bench.answer(0, 2, kTargetOncpu, true);
    EXPECT_EQ(bench.decisions(), decisions);
    EXPECT_EQ(bench.agent.stats().refused, 1);
    bench.arrives(4);
    EXPECT_EQ(bench.last().cpu, old_cpu_first ? 1 : 0) << "the other runs thread 3";
  }
}

TEST(StagedThread, ThatHasMovedIsNotDecidedAgainWhenItsRefusalIsSeenFirst) {
  Moving bench;
  bench.pass(2 * kLong);
  bench.cpu_1_becomes_idle();
  const std::size_t decisions = bench.decisions();
  bench.answer(1, 2, kTargetOncpu, true);  // it runs on CPU 0 already
  EXPECT_EQ(bench.decisions(), decisions);
  bench.tell(MessageType::kTaskBlocked, 1, 2, 0);
  bench.commits(0, 2);
  EXPECT_EQ(bench.decisions(), decisions);
  bench.tell(MessageType::kTaskBlocked, 3, 2, 0);
  bench.arrives(4);
  bench.arrives(5);
  EXPECT_EQ(bench.decisions(), decisions + 2) << "both CPUs are free again";
}

/// A latch follows the younger of two commits; the CPU that lost it says that it is idle.
TEST(StagedThread, ThatWasCommittedTwiceRunsWhereItWasCommittedLast) {
  for (const bool idle_said_last : {true, false}) {
    Moving bench;
    bench.pass(2 * kLong);
    bench.cpu_1_becomes_idle();
    bench.tell(MessageType::kTaskBlocked, 1, 2, 0);
    if (idle_said_last) bench.commits(0, 2);
    bench.commits(1, 2);
    bench.answer(0, 2, kComplete, true);
    bench.arrives(4);
    EXPECT_EQ(bench.last().cpu, 0);
    EXPECT_TRUE(bench.last().notified);
  }
}

TEST(StagedThread, IsNotPutBehindOneThatRunsLongAlready) {
  Moving bench;
  bench.pass(kLong);
  bench.arrives(4);
  EXPECT_EQ(bench.decisions(), 3u) << "it waits for whichever CPU is free first";
  bench.cpu_1_becomes_idle();
  EXPECT_EQ(bench.last().transaction.target, gtid(4));
  EXPECT_EQ(bench.last().cpu, 1);
}

/// An outcome that is seen late can make the agent offer a thread that runs; the message puts it
/// right.
TEST(RunnableThread, IsNotGivenToAnyCpuOnceItIsHeardToSleep) {
  Slices bench(1);
  bench.arrives(1);
  bench.tell(MessageType::kTaskBlocked, 1, 2, 0);
  bench.idle(0);
  EXPECT_EQ(bench.decisions(), 0u);
}

TEST(RunnableThread, ThatWasLatchedAndNeverRanKeepsItsPlace) {
  Slices bench(1);
  bench.idle(0);
  bench.arrives(1);
  bench.arrives(2);
  bench.commits(0, 1);
  bench.tell(MessageType::kTaskPreempt, 1, 2, 0, Message::kWasLatched);
  EXPECT_EQ(bench.last().transaction.target, gtid(1)) << "before thread 2";
}

/// What was decided before the host said more of it no longer counts.
TEST(RefusedDecision, GivesBackAThreadThatHadBeenDecidedForBefore) {
  Slices bench(1);
  bench.idle(0);
  bench.arrives(1);
  bench.tell(MessageType::kTaskPreempt, 1, 2, 0, Message::kWasLatched);
  ASSERT_EQ(bench.decisions(), 2u);
  bench.answer(0, 2, kTargetStale, true);
  ASSERT_EQ(bench.decisions(), 3u);
  EXPECT_EQ(bench.last().transaction.target, gtid(1));
}

/// It runs threads of another class, and says so when it is idle again.
TEST(RefusedDecision, IsNotRepeatedForACpuThatWasIdleAndIsNotAnyMore) {
  Slices bench(1);
  bench.idle(0);
  bench.arrives(1);
  bench.answer(0, 1, kCpuUnavail, false);
  EXPECT_EQ(bench.decisions(), 1u);
  bench.answer(0, 1, kCpuUnavail, true);
  EXPECT_EQ(bench.decisions(), 2u);
  EXPECT_EQ(bench.last().transaction.target, gtid(1));
}

/// What the application wrote about a thread is read when it wakes up, not before and not later.
TEST(ThreadsWord, IsReadAtEachWakeUp) {
  AgentBench<MultiQueueShinjuku> bench(1, {.prestage = false, .commit_flags = kFlags}, kSlice,
                                       std::vector<Instant>{100us, 10ms});
  for (const int thread : {1, 2}) bench.runtime.words[thread] = 1;
  bench.arrives(1);
  bench.tell(MessageType::kTaskNew, 2, 1);  // sleeps
  bench.runtime.words[2] = 0;
  bench.tell(MessageType::kTaskWakeup, 2, 2);
  bench.runtime.words[2] = 1;
  bench.pass(10us);
  bench.idle(0);
  EXPECT_EQ(bench.last().transaction.target, gtid(2)) << "the more urgent one";
}

}  // namespace
}  // namespace scheduling
