// SPDX-License-Identifier: Apache-2.0
#include "subsystems/scheduling/policies/agent_program.h"

#include <gtest/gtest.h>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "subsystems/scheduling/policies/fifo.h"
#include "subsystems/scheduling/policies/test_bench.h"

namespace scheduling {
namespace {

using namespace wave::scheduling;
using namespace bench;

/// The agent with the policy of most tests.
struct Bench : AgentBench<Fifo> {
  explicit Bench(int cpus, bool prestage = false)
      : AgentBench<Fifo>(cpus, {.prestage = prestage, .commit_flags = kFlags}) {}
};

TEST(AgentProgram, GivesAnIdleCpuARunnableThreadAndNotifiesIt) {
  Bench bench(2);
  bench.idle(1);
  bench.arrives(5);
  ASSERT_EQ(bench.decisions(), 1u);
  EXPECT_EQ(bench.last().cpu, 1);
  EXPECT_EQ(bench.last().sequence, 1u);
  EXPECT_EQ(bench.last().transaction.target, gtid(5));
  EXPECT_EQ(bench.last().transaction.task_barrier, 1u);
  EXPECT_EQ(bench.last().transaction.commit_flags, kFlags);
  EXPECT_TRUE(bench.last().notified);
}

TEST(AgentProgram, DecidesNothingForACpuThatHasNotAskedNorForAThreadThatSleeps) {
  Bench bench(2);
  bench.arrives(1);
  EXPECT_EQ(bench.decisions(), 0u);
  Bench other(1);
  other.idle(0);
  other.tell(MessageType::kTaskNew, 1, 1);
  EXPECT_EQ(other.decisions(), 0u);
}

TEST(AgentProgram, ServesIdleCpusInTheOrderInWhichTheyBecameIdle) {
  Bench bench(3);
  for (const Cpu cpu : {2, 0, 1}) bench.idle(cpu);
  for (const int thread : {7, 8, 9}) bench.arrives(thread);
  ASSERT_EQ(bench.decisions(), 3u);
  EXPECT_EQ(bench.runtime.notified, (std::vector<int>{2, 0, 1}));
}

TEST(AgentProgram, NumbersTheDecisionsOfEachCpuOneByOne) {
  Bench bench(1);
  bench.run_the_first();
  bench.arrives(2);
  bench.tell(MessageType::kTaskBlocked, 1, 2, 0);
  ASSERT_EQ(bench.decisions(), 2u);
  EXPECT_EQ(bench.last().sequence, 2u);
  EXPECT_EQ(bench.last().transaction.target, gtid(2));
}

TEST(AgentProgram, PutsMessagesOfOneThreadInOrderByTheirNumbers) {
  // Woken on one CPU's queue, blocked on another's, new on a third's: seen in the worst order.
  Bench bench(1);
  bench.idle(0);
  bench.tell(MessageType::kTaskWakeup, 3, 3);
  bench.tell(MessageType::kTaskBlocked, 3, 2, 0);
  EXPECT_EQ(bench.decisions(), 0u);
  bench.tell(MessageType::kTaskNew, 3, 1);
  ASSERT_EQ(bench.decisions(), 1u);
  EXPECT_EQ(bench.last().transaction.task_barrier, 3u);
}

TEST(AgentProgram, MissesNoWakeupThatOvertookItsBlockedMessage) {
  Bench bench(2);
  bench.run_the_first(3);
  bench.tell(MessageType::kTaskWakeup, 3, 3);
  EXPECT_EQ(bench.decisions(), 1u) << "it still runs, as far as the agent was told";
  bench.tell(MessageType::kTaskBlocked, 3, 2, 0);
  ASSERT_EQ(bench.decisions(), 2u);
  EXPECT_EQ(bench.last().transaction.task_barrier, 3u);
}

TEST(AgentProgram, SchedulesARefusedThreadNextAndBeforeTheOthers) {
  Bench bench(1);
  bench.idle(0);
  bench.arrives(1);
  bench.arrives(2);
  bench.answer(0, 1, kTargetStale, true);
  ASSERT_EQ(bench.decisions(), 2u);
  EXPECT_EQ(bench.last().transaction.target, gtid(1));
  EXPECT_EQ(bench.last().sequence, 2u);
  EXPECT_EQ(bench.agent.stats().refused, 1);
}

TEST(AgentProgram, BelievesARefusalOnlyOnceAndOnlyOfTheYoungestDecision) {
  Bench bench(1);
  bench.idle(0);
  bench.arrives(1);
  bench.answer(0, 1, kTargetStale, true);
  bench.answer(0, 1, kTargetStale, true);
  EXPECT_EQ(bench.agent.stats().refused, 1);
}

TEST(AgentProgram, DecidesAThreadOnlyOnceUntilItIsHeardOfAgain) {
  Bench bench(2);
  bench.idle(0);
  bench.idle(1);
  bench.arrives(1);
  bench.idle(1);
  bench.tell(MessageType::kTaskAffinityChanged, 1, 2);
  EXPECT_EQ(bench.decisions(), 1u);
}

TEST(AgentProgram, ForgetsAThreadThatDiedWhileItWaited) {
  Bench bench(1);
  bench.arrives(1);
  bench.arrives(2);
  bench.tell(MessageType::kTaskDead, 1, 2, 0);
  bench.idle(0);
  ASSERT_EQ(bench.decisions(), 1u);
  EXPECT_EQ(bench.last().transaction.target, gtid(2));
}

TEST(AgentProgram, DoesNotScheduleADeadThreadAgainWhenItsDecisionIsRefused) {
  Bench bench(1);
  bench.idle(0);
  bench.arrives(1);
  bench.tell(MessageType::kTaskDead, 1, 2, 0);
  bench.answer(0, 1, kTargetStale, true);
  EXPECT_EQ(bench.decisions(), 1u);
}

TEST(AgentProgram, GivesAPreemptedThreadBackBeforeTheOthers) {
  Bench bench(1);
  bench.run_the_first();
  bench.arrives(2);
  bench.tell(MessageType::kTaskPreempt, 1, 2, 0);
  EXPECT_EQ(bench.last().transaction.target, gtid(1));
}

// Prestaging

TEST(AgentProgram, LeavesADecisionForABusyCpuWithoutNotifyingIt) {
  Bench bench(1, true);
  bench.run_the_first();
  bench.arrives(2);
  ASSERT_EQ(bench.decisions(), 2u);
  EXPECT_FALSE(bench.last().notified);
  EXPECT_EQ(bench.last().transaction.commit_flags, kCommitAtSchedule);
  EXPECT_EQ(bench.agent.stats().staged, 1);
}

TEST(AgentProgram, DoesNotStageWhilePrestagingIsOff) {
  Bench bench(1, false);
  bench.run_the_first();
  bench.arrives(2);
  EXPECT_EQ(bench.decisions(), 1u);
}

TEST(AgentProgram, PrefersACpuThatWaitsToOneThatIsBusy) {
  Bench bench(2, true);
  bench.run_the_first();
  bench.idle(1);
  bench.arrives(2);
  EXPECT_EQ(bench.last().cpu, 1);
  EXPECT_TRUE(bench.last().notified);
}

TEST(AgentProgram, NotifiesACpuThatLookedBeforeItsStagedDecisionWasThere) {
  Bench bench(1, true);
  bench.run_the_first();
  bench.arrives(2);
  bench.answer(0, 1, kComplete, true);  // has seen number 1 only, and found nothing
  EXPECT_EQ(bench.runtime.notified, (std::vector<int>{0}));
  EXPECT_EQ(bench.decisions(), 2u) << "the decision is already there";
  EXPECT_EQ(bench.agent.stats().missed, 1);
}

TEST(AgentProgram, NotifiesACpuOfADecisionOnceThoughItSaysAgainThatItIsIdle) {
  Bench bench(1, true);
  bench.idle(0);
  bench.arrives(1);
  bench.answer(0, 0, kUnsupportedVersion, true);  // said before the notification got there
  EXPECT_EQ(bench.runtime.notified, (std::vector<int>{0}));
  EXPECT_EQ(bench.agent.stats().missed, 0);
}

TEST(AgentProgram, KeepsTheStagedDecisionWhenItsCpusThreadStops) {
  Bench bench(1, true);
  bench.run_the_first();
  bench.arrives(2);
  bench.arrives(3);
  bench.tell(MessageType::kTaskBlocked, 1, 2, 0);
  EXPECT_EQ(bench.decisions(), 2u) << "its CPU is looking for number 2 right now";
  bench.commits(0, 2);
  ASSERT_EQ(bench.decisions(), 3u);
  EXPECT_EQ(bench.last().transaction.target, gtid(3));
}

/// It was taken for lost, and had run on the one while it was staged for the other.
TEST(AgentProgram, ForgetsWhatItStagedWhenItHearsOfTheThreadFromAnotherCpu) {
  Bench bench(2, true);
  bench.run_the_first();
  bench.idle(1);
  bench.arrives(2);
  bench.commits(1, 1);
  bench.arrives(3);
  const Cpu staged_for = bench.last().cpu;
  bench.arrives(4);
  bench.arrives(5);  // waits: there is one behind each
  const std::size_t before = bench.decisions();
  bench.tell(MessageType::kTaskBlocked, 3, 2, 1 - staged_for);
  ASSERT_EQ(bench.decisions(), before + 1);
  EXPECT_EQ(bench.last().cpu, staged_for);
  EXPECT_EQ(bench.last().transaction.target, gtid(5));
}

/// A CPU posts the message about the thread that stopped before the outcome of the decision that it
/// then found in its slot, but the agent may look at the slot first.
TEST(AgentProgram, DoesNotTakeACpuForIdleBecauseTheOldThreadsMessageIsSeenLate) {
  Bench bench(1, true);
  bench.run_the_first();
  bench.arrives(2);
  bench.commits(0, 2);                             // thread 2 runs already
  bench.tell(MessageType::kTaskBlocked, 1, 2, 0);  // thread 1 had stopped before
  bench.arrives(3);
  EXPECT_TRUE(bench.runtime.notified.empty()) << "thread 2 would lose its CPU";
  ASSERT_EQ(bench.decisions(), 3u);
  EXPECT_EQ(bench.last().transaction.commit_flags, kCommitAtSchedule);
}

TEST(AgentProgram, UnderstandsAStopThatItHearsOfBeforeTheOutcomeOfTheStart) {
  Bench bench(1, true);
  bench.idle(0);
  bench.arrives(1);
  bench.tell(MessageType::kTaskBlocked, 1, 2, 0);  // it has run and stopped
  bench.arrives(2);
  bench.commits(0, 1);  // an outcome that says nothing new
  ASSERT_EQ(bench.decisions(), 2u);
  EXPECT_EQ(bench.last().transaction.target, gtid(2));
  EXPECT_TRUE(bench.last().notified);
}

// Over long runs

/// A host of `cpus` CPUs, as the agent sees it, with its own bookkeeping: which thread is where,
/// and whether it may be decided at all.
class Host {
 public:
  explicit Host(Bench& bench, int cpus)
      : bench_(bench), running_(std::size_t(cpus), 0), seen_(std::size_t(cpus), 0) {}

  /// Takes the decisions written since the last call; false if one of them is for a thread that is
  /// not runnable or was decided before.
  bool take_decisions() {
    const std::vector<Written> written = std::exchange(bench_.runtime.written, {});
    bench_.runtime.notified.clear();
    for (const Written& w : written) {
      const int thread = static_cast<int>(tid_of(w.transaction.target));
      if (runnable_.erase(thread) == 0) return false;
      if (w.transaction.task_barrier != barriers_[thread]) return false;
      if (!decided_.emplace(w.cpu, w).second) return false;
    }
    return true;
  }
  void wake(int thread) {
    runnable_.insert(thread);
    const bool known = barriers_[thread]++ > 0;
    bench_.tell(known ? MessageType::kTaskWakeup : MessageType::kTaskNew, thread, barriers_[thread],
                kNoCpu, Message::kRunnable);
  }
  bool has_decision(Cpu cpu) const { return decided_.contains(cpu); }
  void commit(Cpu cpu) {
    const Written w = decided_[cpu];
    decided_.erase(cpu);
    running_[std::size_t(cpu)] = static_cast<int>(tid_of(w.transaction.target));
    seen_[std::size_t(cpu)] = w.sequence;
    bench_.commits(cpu, w.sequence);
  }
  /// The running thread stops; returns it.
  int stop(Cpu cpu) {
    const int thread = std::exchange(running_[std::size_t(cpu)], 0);
    bench_.tell(MessageType::kTaskBlocked, thread, ++barriers_[thread], cpu);
    return thread;
  }
  int running(Cpu cpu) const { return running_[std::size_t(cpu)]; }
  std::uint32_t seen(Cpu cpu) const { return seen_[std::size_t(cpu)]; }
  bool somebody_waits() const { return !runnable_.empty(); }
  bool idle_cpu_without_decision() const {
    for (std::size_t cpu = 0; cpu < running_.size(); ++cpu)
      if (running_[cpu] == 0 && !has_decision(static_cast<Cpu>(cpu))) return true;
    return false;
  }

 private:
  Bench& bench_;
  std::map<int, Barrier> barriers_;
  std::set<int> runnable_;
  std::map<Cpu, Written> decided_;
  std::vector<int> running_;
  std::vector<std::uint32_t> seen_;
};

/// One CPU has a thread that never ends, another serves one request after the other: what the agent
/// noted about the first must not keep what it noted about the second.
TEST(AgentProgram, KeepsNothingOfWhatIsOverThroughAMillionEvents) {
  Bench bench(2, true);
  Host host(bench, 2);
  bench.idle(0);
  host.wake(1);
  ASSERT_TRUE(host.take_decisions());
  host.commit(0);  // for ever
  bench.idle(1);
  std::size_t most = 0;
  for (int round = 0; round < 333'000; ++round) {
    host.wake(2);
    ASSERT_TRUE(host.take_decisions()) << "round " << round;
    ASSERT_TRUE(host.has_decision(1)) << "round " << round;
    host.commit(1);
    host.stop(1);
    most = std::max(most, bench.agent.backlog());
  }
  EXPECT_LE(most, 4u);
  EXPECT_GE(bench.agent.stats().messages, 666'000);
}

/// Any legal order of wake-ups, commits and stops on four CPUs, with threads to spare and without.
TEST(AgentProgram, DecidesEveryRunnableThreadOnceWhateverTheOrderOfEvents) {
  for (const bool prestage : {false, true}) {
    for (std::uint32_t seed = 1; seed <= 20; ++seed) {
      constexpr int kCpus = 4, kThreads = 9;
      Bench bench(kCpus, prestage);
      Host host(bench, kCpus);
      std::uint32_t random = seed;
      const auto pick = [&random](std::uint32_t below) {
        random = random * 1664525u + 1013904223u;
        return static_cast<int>((random >> 16) % below);
      };
      std::set<int> asleep;
      for (int t = 1; t <= kThreads; ++t) asleep.insert(t);
      for (Cpu cpu = 0; cpu < kCpus; ++cpu) bench.idle(cpu);
      int stops = 0;
      for (int event = 0; event < 3000; ++event) {
        const Cpu cpu = pick(kCpus);
        if (pick(2) == 0 && !asleep.empty()) {
          const auto thread = std::next(asleep.begin(), pick(std::uint32_t(asleep.size())));
          const int woken = *thread;
          asleep.erase(thread);
          host.wake(woken);
        } else if (host.running(cpu) != 0) {
          asleep.insert(host.stop(cpu));
          ++stops;
          if (!host.has_decision(cpu) && prestage)
            bench.answer(cpu, host.seen(cpu), kComplete, true);
        } else if (host.has_decision(cpu)) {
          host.commit(cpu);
        }
        ASSERT_TRUE(host.take_decisions()) << "seed " << seed << ", event " << event;
        ASSERT_LE(bench.agent.backlog(), 3u * kCpus + 1) << "seed " << seed << ", event " << event;
        ASSERT_FALSE(host.somebody_waits() && host.idle_cpu_without_decision())
            << "seed " << seed << ", event " << event;
      }
      EXPECT_GT(stops, 300) << "seed " << seed;
    }
  }
}

}  // namespace
}  // namespace scheduling
