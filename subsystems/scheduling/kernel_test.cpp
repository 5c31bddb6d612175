// SPDX-License-Identifier: Apache-2.0
// Numbers in comments are those of the sections of ghOSt's kernel-side rules: 2 sequence numbers,
// 3 messages, 5 transactions, 6 picking the next task.
#include "subsystems/scheduling/kernel.h"

#include <gtest/gtest.h>

#include "subsystems/scheduling/syscall_notifier.h"
#include "subsystems/scheduling/test_bench.h"

namespace scheduling {
namespace {

using namespace bench;
using namespace wave::scheduling;

TransactionState commit_of(Bench& bench, Transaction t, std::uint32_t flags,
                           std::uint32_t run_flags = 0) {
  t.commit_flags = flags;
  t.run_flags = run_flags;
  return bench.commit(t);
}

/// A thread that runs on CPU `cpu` for a long time.
struct Busy {
  Busy(Bench& bench, int cpu) : thread(bench.enter({run(1ms)})) {
    EXPECT_EQ(bench.commit(bench.decision(thread), cpu), kComplete);
  }
  Thread& thread;
};

TEST(Kernel, AnIpiTakesLongerToTheOtherSocket) {
  sim::Simulation sim;
  memory::Domain sockets(
      "host", memory::Joined{.nodes = {{}, {}},
                             .node_of = {0, 0, 1},
                             .transfer = {0ns, 23ns, 197ns, 23ns, 0ns, 197ns, 197ns, 197ns, 0ns},
                             .apart = {0ns, 90ns, 90ns, 0ns}});
  const core::Core here(sim, "cpu0", sockets, 0, {});
  const core::Core beside(sim, "cpu1", sockets, 1, {});
  const core::Core there(sim, "cpu2", sockets, 2, {});
  const KernelParams params;
  const Kernel kernel(params, {});
  EXPECT_EQ(kernel.ipi_flight(here, beside), params.interrupts.ipi_deliver);
  EXPECT_EQ(kernel.ipi_flight(there, here), params.interrupts.ipi_deliver_cross);
  EXPECT_LT(params.interrupts.ipi_deliver, params.interrupts.ipi_deliver_cross);
}

// Sequence numbers (2)

TEST(Kernel, StartsAThreadsBarrierAtOneWithTaskNewWhichSaysWhetherItIsRunnable) {  // 2.1, 3
  for (const bool runnable : {false, true}) {
    Bench bench;
    const Thread& thread = bench.enter({}, runnable);
    ASSERT_EQ(bench.seen.size(), 1u);
    EXPECT_EQ(bench.last().message.type, MessageType::kTaskNew);
    EXPECT_EQ(bench.last().message.seqnum, 1u);
    EXPECT_EQ(bench.last().message.gtid, thread.gtid);
    EXPECT_EQ((bench.last().message.flags & Message::kRunnable) != 0, runnable);
    EXPECT_EQ(thread.status.has(StatusWord::kRunnable), runnable);
    EXPECT_EQ(thread.status.barrier, 1u);
  }
}

TEST(Kernel, MovesTheBarrierEvenWhenTheMessageCannotBeDelivered) {  // 2.1
  Bench bench;
  Thread& thread = bench.enter({}, false);
  thread.status.set(StatusWord::kMessageGated);
  bench.wake(thread);
  EXPECT_EQ(thread.status.barrier, 2u);
  EXPECT_EQ(bench.seen.size(), 1u);
}

TEST(Kernel, CountsAMessageThatFindsItsQueueFull) {  // 1, 2.1
  Bench bench;
  for (std::int64_t i = 0; i <= Bench::kCapacity; ++i) bench.enter({}, false);
  EXPECT_EQ(bench.kernel.stats().messages, Bench::kCapacity);
  EXPECT_EQ(bench.kernel.stats().overflows, 1);
  const Thread* unlucky = bench.kernel.find(make_gtid(Bench::kCapacity + 1, 1));
  ASSERT_NE(unlucky, nullptr);
  EXPECT_EQ(unlucky->status.barrier, 1u);
}

TEST(Kernel, NamesAThreadByItsNumberAndIncarnation) {  // 1
  Bench bench;
  Thread& thread = bench.enter();
  EXPECT_EQ(thread.gtid, make_gtid(1, 1));
  EXPECT_EQ(bench.kernel.find(thread.gtid), &thread);
  EXPECT_EQ(bench.kernel.find(make_gtid(1, 2)), nullptr);
  EXPECT_EQ(bench.kernel.find(make_gtid(2, 1)), nullptr);
  EXPECT_EQ(bench.kernel.find(kIdle), nullptr);
}

// The checks of a commit (5)

TEST(Commit, RefusesBothInstantsOfCommittingAtOnce) {  // 5
  Bench bench;
  const Thread& thread = bench.enter();
  const Transaction t = bench.decision(thread);
  EXPECT_EQ(commit_of(bench, t, kCommitAtSchedule | kCommitAtTxnCommit), kInvalidFlags);
  EXPECT_EQ(commit_of(bench, t, kCommitAtTxnCommit), kComplete);
}

TEST(Commit, AllowsReturnToAgentOnIdleOnlyWithAThreadOrAnUnscheduling) {  // 5.1
  Bench bench;
  const Thread& thread = bench.enter();
  EXPECT_EQ(commit_of(bench, {.target = kAgent}, 0, kRtlaOnIdle), kInvalidFlags);
  EXPECT_EQ(commit_of(bench, {.target = kIdle}, 0, kRtlaOnIdle), kInvalidFlags);
  EXPECT_EQ(commit_of(bench, {.target = kUnschedule}, 0, kRtlaOnIdle), kComplete);
  EXPECT_EQ(commit_of(bench, bench.decision(thread), 0, kRtlaOnIdle), kComplete);
}

TEST(Commit, AllowsNeedCpuNotIdleOnlyWithIdle) {  // 5.1
  Bench bench;
  const Thread& thread = bench.enter();
  EXPECT_EQ(commit_of(bench, bench.decision(thread), kNeedCpuNotIdle), kInvalidFlags);
  EXPECT_EQ(commit_of(bench, {.target = kIdle}, kNeedCpuNotIdle), kComplete);
}

TEST(Commit, ChecksFlagsBeforeItLooksForTheThread) {  // 5, order of 1 and 2
  Bench bench;
  EXPECT_EQ(commit_of(bench, {.target = make_gtid(77, 1)}, kNeedCpuNotIdle), kInvalidFlags);
  EXPECT_EQ(commit_of(bench, {.target = make_gtid(77, 1)}, 0), kTargetNotFound);
}

TEST(Commit, RefusesNamesWithoutMeaning) {  // 5.2
  Bench bench;
  EXPECT_EQ(bench.commit({.target = -3}), kInvalidTarget);
}

TEST(Commit, RefusesADecisionMadeOnAnOldBarrierBeforeItAsksWhetherTheThreadRuns) {  // 5.2
  Bench bench;
  const Busy busy(bench, 0);
  Transaction old = bench.decision(busy.thread);
  --old.task_barrier;
  EXPECT_EQ(bench.commit(old, 1), kTargetStale);
  EXPECT_EQ(bench.commit(bench.decision(busy.thread), 1), kTargetOncpu);
}

TEST(Commit, RefusesAThreadThatSleeps) {  // 5.2
  Bench bench;
  const Thread& thread = bench.enter({}, false);
  EXPECT_EQ(bench.commit(bench.decision(thread)), kTargetNotRunnable);
}

TEST(Commit, RefusesAThreadThatHasDiedAsStaleWhateverTheBarrier) {  // 5.2
  Bench bench;
  const Thread& thread = bench.enter({exit()});
  EXPECT_EQ(bench.commit(bench.decision(thread)), kComplete);
  EXPECT_EQ(bench.commit(bench.decision(thread)), kTargetStale);
}

TEST(Commit, AllowsAThreadOnCpuOnlyOnThatVeryCpuAndOnlyIfAsked) {  // 5.2
  Bench bench;
  const Busy busy(bench, 0);
  const Transaction t = bench.decision(busy.thread);
  EXPECT_EQ(commit_of(bench, t, 0), kTargetOncpu);
  EXPECT_EQ(bench.commit(bench.decision(busy.thread, kAllowTaskOncpu), 1), kTargetOncpu);
  const std::size_t before = bench.seen.size();
  EXPECT_EQ(commit_of(bench, t, kAllowTaskOncpu), kComplete);
  EXPECT_EQ(bench.seen.size(), before) << "it keeps its CPU and nothing is said";
  EXPECT_TRUE(busy.thread.status.has(StatusWord::kOnCpu));
}

/// Or the thread sleeps before its CPU has noticed.
TEST(Commit, ThatLetsAThreadKeepItsCpuComesToNothingIfTheThreadStopsMeanwhile) {
  for (Duration at = 15us; at < 24us; at += 100ns) {
    Bench bench;
    const Thread& thread = bench.enter({run(20us)});
    bench.commit(bench.decision(thread));
    bench.pass(at - 5us);
    bench.commit(bench.decision(thread, kAllowTaskOncpu));
    bench.pass(20us);
    EXPECT_EQ(thread.state, Thread::State::kBlocked);
    EXPECT_EQ(thread.latched_on, kNoCpu);
    EXPECT_EQ(bench.last().message.type, MessageType::kTaskBlocked);
  }
}

TEST(Commit, ThatLetsAThreadKeepItsCpuComesToNothingIfTheThreadYieldsMeanwhile) {
  int yielded = 0;
  for (Duration at = 15us; at < 24us; at += 100ns) {
    Bench bench;
    const Thread& thread = bench.enter({run(20us), yield(), run(1ms)});
    bench.commit(bench.decision(thread));
    bench.pass(at - 5us);
    bench.commit(bench.decision(thread, kAllowTaskOncpu));
    bench.pass(20us);
    EXPECT_EQ(thread.latched_on, kNoCpu);
    EXPECT_EQ(bench.last().message.type, MessageType::kTaskYield);
    yielded += thread.status.has(StatusWord::kOnCpu) ? 0 : 1;
  }
  EXPECT_GT(yielded, 40) << "the others were committed when they had yielded";
  EXPECT_LT(yielded, 90);
}

TEST(Commit, IsForAgentsOnly) {  // 5.3, after the target's own checks
  Bench bench;
  const Thread& thread = bench.enter();
  EXPECT_EQ(bench.commit(bench.decision(thread), 0, Kernel::Caller::kNobody), kNotPermitted);
  EXPECT_EQ(bench.commit({.target = make_gtid(9, 1)}, 0, Kernel::Caller::kNobody), kTargetNotFound);
}

TEST(Commit, DoesNotPreemptIfAskedNotTo) {  // 5.3
  Bench bench;
  const Busy busy(bench, 0);
  const Thread& other = bench.enter({run(1ms)});
  EXPECT_EQ(bench.commit(bench.decision(other, kDoNotPreempt)), kAgentStale);
  EXPECT_EQ(bench.commit(bench.decision(other, kDoNotPreempt), 1), kComplete);
}

TEST(Commit, DoesNotReplaceALatchedThreadIfAskedNotTo) {  // 5.3
  Bench bench;
  const Thread& first = bench.enter();
  const Thread& second = bench.enter();
  EXPECT_EQ(bench.commit_silently(bench.decision(first)), kComplete);
  EXPECT_EQ(bench.commit_silently(bench.decision(second, kDoNotPreempt)), kAgentStale);
  EXPECT_EQ(first.latched_on, 0);
}

TEST(Commit, CountsWhatItDidAndWhatItRefused) {
  Bench bench;
  const Thread& thread = bench.enter();
  bench.commit({.target = -3});
  bench.commit(bench.decision(thread));
  EXPECT_EQ(bench.kernel.stats().commits, 1);
  EXPECT_EQ(bench.kernel.stats().refusals.total(), 1);
  EXPECT_EQ(bench.kernel.stats().refusals.invalid_target, 1);
}

/// Of a CPU that there is not, so that nothing is committed and nobody interrupted.
TEST(SyscallNotifier, TakesTheAgentItsSystemCallAndWhatEachSubmissionDoes) {
  Bench bench;
  Duration took{};
  bench.on(Bench::kAgent, [&](core::Core& agent) {
    const Time begin = agent.now();
    SyscallNotifier(bench.kernel).notify(agent, 99);
    took = agent.now() - begin;
  });
  EXPECT_EQ(took,
            KernelParams{}.syscall_entry + KernelParams{}.submit + KernelParams{}.syscall_exit);
}

// Latching (5.5)

TEST(Latch, IsNotRunningYet) {
  Bench bench;
  const Thread& thread = bench.enter({run(1ms)});
  EXPECT_EQ(bench.commit_silently(bench.decision(thread)), kComplete);
  bench.pass(50us);
  EXPECT_FALSE(thread.status.has(StatusWord::kOnCpu)) << "nobody told the CPU";
  bench.kernel.cpu(0).interrupt(HostCpu::Interrupt::kReschedule);
  bench.pass(10us);
  EXPECT_TRUE(thread.status.has(StatusWord::kOnCpu));
}

TEST(Latch, ReplacedOneIsPreemptedWithoutHavingRun) {  // 3 TASK_PREEMPT, 5.5
  Bench bench;
  const Thread& first = bench.enter({run(1ms)});
  const Thread& second = bench.enter({run(1ms)});
  bench.commit_silently(bench.decision(first));
  bench.commit_silently(bench.decision(second));
  EXPECT_EQ(bench.last().message.type, MessageType::kTaskPreempt);
  EXPECT_EQ(bench.last().message.gtid, first.gtid);
  EXPECT_EQ(bench.last().message.flags, Message::kWasLatched);
  EXPECT_EQ(bench.last().message.seqnum, 2u);
  EXPECT_EQ(first.latched_on, kNoCpu);
  EXPECT_EQ(second.latched_on, 0);
  EXPECT_EQ(bench.commit(bench.decision(first), 1), kComplete) << "with the new barrier";
}

TEST(Latch, MovesToAnotherCpuWithoutAMessage) {  // 5.2
  Bench bench;
  const Thread& thread = bench.enter({run(1ms)});
  bench.commit_silently(bench.decision(thread), 0);
  EXPECT_EQ(bench.commit(bench.decision(thread), 1), kComplete);
  bench.kernel.cpu(0).interrupt(HostCpu::Interrupt::kReschedule);
  bench.pass(10us);
  EXPECT_EQ(thread.cpu, 1);
  EXPECT_EQ(bench.seen.size(), 1u);
}

TEST(Latch, OfTheSameThreadAgainSaysNothing) {
  Bench bench;
  const Thread& thread = bench.enter({run(1ms)});
  bench.commit_silently(bench.decision(thread));
  EXPECT_EQ(bench.commit(bench.decision(thread)), kComplete);
  EXPECT_EQ(bench.seen.size(), 1u);
  EXPECT_EQ(bench.kernel.cpu(0).stats().switches, 1);
}

TEST(Latch, IsDroppedWithAMessageWhenTheCpuIsUnscheduled) {  // 5.5: whatever the new target is
  Bench bench;
  const Thread& thread = bench.enter({run(1ms)});
  bench.commit_silently(bench.decision(thread));
  EXPECT_EQ(bench.commit({.target = kUnschedule}), kComplete);
  EXPECT_EQ(bench.story(thread), (std::vector{MessageType::kTaskNew, MessageType::kTaskPreempt}));
  EXPECT_EQ(bench.last().message.flags, Message::kWasLatched);
  EXPECT_FALSE(thread.status.has(StatusWord::kOnCpu));
}

TEST(Latch, OfIdleTakesTheCpuFromItsThread) {  // 5.2, 6.4
  Bench bench;
  const Busy busy(bench, 0);
  EXPECT_EQ(bench.commit({.target = kIdle}), kComplete);
  EXPECT_EQ(bench.last().message.type, MessageType::kTaskPreempt);
  EXPECT_EQ(bench.last().message.flags, 0u);
  EXPECT_FALSE(busy.thread.status.has(StatusWord::kOnCpu));
}

// Losing the CPU (3, 6)

TEST(Preemption, TellsTheAgentOnceAndTheSuccessorRuns) {  // 3, 6.4
  Bench bench;
  const Busy busy(bench, 0);
  const Thread& other = bench.enter({run(1ms)});
  EXPECT_EQ(bench.commit(bench.decision(other)), kComplete);
  EXPECT_EQ(bench.story(busy.thread),
            (std::vector{MessageType::kTaskNew, MessageType::kTaskPreempt}));
  EXPECT_TRUE(other.status.has(StatusWord::kOnCpu));
  EXPECT_FALSE(busy.thread.status.has(StatusWord::kOnCpu));
  EXPECT_TRUE(busy.thread.status.has(StatusWord::kRunnable));
}

TEST(Preemption, LosesNoneOfTheThreadsWork) {
  Bench bench;
  Script victim({run(40us)});
  const Thread& v = bench.enter(victim);
  const Thread& o = bench.enter({run(10us)});
  bench.commit(bench.decision(v));
  bench.commit(bench.decision(o));
  bench.pass(50us);
  EXPECT_EQ(victim.asked.size(), 1u);
  bench.commit(bench.decision(v));
  bench.pass(60us);
  ASSERT_EQ(victim.asked.size(), 2u);
  EXPECT_EQ(victim.resumed, 1);
  const Duration runtime = v.status.runtime;
  EXPECT_GE(runtime, 40us - Duration{2});
  EXPECT_LE(runtime, 40us);
}

TEST(Preemption, IsSilentIfTheCommitAskedForThat) {  // 3, ELIDE_PREEMPT
  Bench bench;
  const Busy busy(bench, 0);
  const Thread& other = bench.enter({run(1ms)});
  bench.commit(bench.decision(other, kElidePreempt));
  EXPECT_EQ(bench.story(busy.thread), (std::vector{MessageType::kTaskNew}));
  EXPECT_FALSE(busy.thread.status.has(StatusWord::kOnCpu));
}

TEST(Preemption, IsSilentOnceOnly) {  // 3: "suppressed once"
  Bench bench;
  const Thread& thread = bench.enter({run(1ms)});
  bench.commit(bench.decision(thread, kElidePreempt));  // there is nobody to preempt
  bench.commit({.target = kUnschedule});
  EXPECT_EQ(bench.story(thread), (std::vector{MessageType::kTaskNew, MessageType::kTaskPreempt}));
}

/// The thread for whose sake there was to be silence was taken elsewhere.
TEST(Preemption, IsToldIfItComesAfterTheSilentLatchHasMoved) {
  Bench bench;
  const Busy busy(bench, 0);
  const Thread& other = bench.enter({run(1ms)});
  bench.commit_silently(bench.decision(other, kElidePreempt | kSendTaskOnCpu), 0);
  bench.commit(bench.decision(other), 1);
  bench.kernel.cpu(0).interrupt(HostCpu::Interrupt::kReschedule);
  bench.pass(10us);
  const Thread& third = bench.enter({run(1ms)});
  bench.on(Bench::kWaker, [&](core::Core& by) {
    bench.kernel.set_nice(busy.thread, 5, by, &bench.producers[Bench::kWaker]);
  });
  bench.pass(10us);
  EXPECT_EQ(bench.story(busy.thread),
            (std::vector{MessageType::kTaskNew, MessageType::kTaskPriorityChanged,
                         MessageType::kTaskPreempt}));
  bench.commit(bench.decision(third));
  EXPECT_EQ(bench.story(third), (std::vector{MessageType::kTaskNew})) << "nor of its beginning";
}

TEST(Preemption, ByUnschedulingLeavesTheCpuIdle) {  // 5.2, 6.5
  Bench bench;
  const Busy busy(bench, 0);
  bench.commit({.target = kUnschedule});
  EXPECT_EQ(bench.last().message.type, MessageType::kTaskPreempt);
  EXPECT_FALSE(busy.thread.status.has(StatusWord::kOnCpu));
  const Duration idle = bench.kernel.cpu(0).stats().idle;
  EXPECT_EQ(bench.commit(bench.decision(busy.thread)), kComplete);
  EXPECT_TRUE(busy.thread.status.has(StatusWord::kOnCpu));
  EXPECT_GT(bench.kernel.cpu(0).stats().idle, idle);
}

TEST(Preemption, MessageIsOutBeforeTheStatusWordSaysOffCpu) {  // 2.5
  Bench bench;
  const Busy busy(bench, 0);
  bench.commit({.target = kUnschedule});
  EXPECT_TRUE(bench.last().on_cpu);
}

TEST(Preemption, TakesTheThreadThatIsLatchedAtTheEndOfThePreemptMessage) {
  // The message takes a while to send. A thread that another CPU takes over meanwhile must not run
  // on both.
  for (Duration at = 0ns; at < 1us; at += 10ns) {
    Bench bench;
    const Busy busy(bench, 0);
    const Thread& other = bench.enter({run(1ms)});
    const Transaction t = bench.decision(other);
    TransactionState second = kReady;
    bench.commit_without_waiting(t, 0);
    bench.on(
        Bench::kAgent,
        [&](core::Core& by) {
          by.spend(at);
          second = bench.kernel.commit(t, bench.kernel.cpu(1), by);
        },
        3us);
    bench.kernel.cpu(1).interrupt(HostCpu::Interrupt::kReschedule);
    bench.pass(10us);
    EXPECT_EQ(other.cpu, second == kComplete ? 1 : 0) << "after " << at.count() << " ps";
    EXPECT_TRUE(other.status.has(StatusWord::kOnCpu));
  }
}

}  // namespace
}  // namespace scheduling
