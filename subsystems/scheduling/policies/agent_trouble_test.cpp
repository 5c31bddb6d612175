// SPDX-License-Identifier: Apache-2.0
// The agent program where something is not as usual: it takes over from another, or an interrupt is
// lost.
#include <gtest/gtest.h>
#include <vector>

#include "subsystems/scheduling/policies/fifo.h"
#include "subsystems/scheduling/policies/test_bench.h"

namespace scheduling {
namespace {

using namespace wave::scheduling;
using namespace bench;
using namespace std::chrono_literals;

struct TroubleBench : AgentBench<Fifo> {
  explicit TroubleBench(std::optional<Instant> renotify_after = {})
      : AgentBench<Fifo>(2, {.commit_flags = kFlags, .renotify_after = renotify_after}) {}
};

// Taking over

TEST(AFreshAgent, TakesThreadsAtTheNumberThatTheyHave) {
  TroubleBench bench;
  bench.idle(0);
  bench.tell(MessageType::kTaskNew, 3, 41, kNoCpu, Message::kRunnable);
  ASSERT_EQ(bench.decisions(), 1u);
  EXPECT_EQ(bench.last().transaction.task_barrier, 41u);
}

TEST(AFreshAgent, KeepsWhatItHearsOfAThreadThatItDoesNotKnowYetIfItIsNews) {
  TroubleBench bench;
  bench.idle(0);
  bench.tell(MessageType::kTaskWakeup, 3, 42);
  bench.tell(MessageType::kTaskBlocked, 3, 40, 1);  // older than what it is about to be told
  EXPECT_EQ(bench.decisions(), 0u);
  bench.tell(MessageType::kTaskNew, 3, 41);
  ASSERT_EQ(bench.decisions(), 1u);
  EXPECT_EQ(bench.last().transaction.task_barrier, 42u);
  EXPECT_EQ(bench.agent.backlog(), 1u) << "a decision, and nothing kept";
}

TEST(AFreshAgent, ToldTwiceOfAThreadGivesItToOneCpu) {
  TroubleBench bench;
  bench.tell(MessageType::kTaskNew, 3, 41, kNoCpu, Message::kRunnable);
  bench.tell(MessageType::kTaskNew, 3, 42, kNoCpu, Message::kRunnable);
  bench.idle(0);
  bench.idle(1);
  ASSERT_EQ(bench.decisions(), 1u);
  EXPECT_EQ(bench.last().transaction.task_barrier, 42u);
}

TEST(AFreshAgent, ForgetsAtOnceWhatIsOlderThanWhatItWasTold) {
  TroubleBench bench;
  bench.tell(MessageType::kTaskNew, 3, 41);
  bench.tell(MessageType::kTaskWakeup, 3, 40);
  EXPECT_EQ(bench.agent.backlog(), 0u);
}

// A thread that leaves and comes back under another name, its messages in several queues

struct Returning : TroubleBench {
  Returning() { run_the_first(3); }
  void tell_again(MessageType type, Barrier number, std::uint32_t flags = 0) {
    tell({.type = type, .seqnum = number, .gtid = make_gtid(3, 2), .cpu = kNoCpu, .flags = flags});
  }
};

TEST(AReturningThread, BeginsAnewAtItsFirstNumber) {
  Returning bench;
  bench.tell(MessageType::kTaskDeparted, 3, 2, 0);
  bench.tell_again(MessageType::kTaskNew, 1, Message::kRunnable);
  bench.answer(0, 1, kComplete, true);
  ASSERT_EQ(bench.decisions(), 2u);
  EXPECT_EQ(bench.last().transaction.target, make_gtid(3, 2));
  EXPECT_EQ(bench.last().transaction.task_barrier, 1u);
}

TEST(AReturningThread, IsNotBelievedToBeBackBeforeItHasLeft) {
  Returning bench;
  bench.tell_again(MessageType::kTaskWakeup, 2);
  bench.tell_again(MessageType::kTaskNew, 1);
  bench.idle(1);
  EXPECT_EQ(bench.decisions(), 1u);
  bench.tell(MessageType::kTaskDeparted, 3, 2, 0);
  ASSERT_EQ(bench.decisions(), 2u);
  EXPECT_EQ(bench.last().transaction.target, make_gtid(3, 2));
  EXPECT_EQ(bench.last().transaction.task_barrier, 2u);
}

TEST(AReturningThread, IsNotGivenBackByWhatBecomesOfADecisionForItsFormerSelf) {
  TroubleBench bench;
  bench.idle(0);
  bench.arrives(3);  // decided for CPU 0, on number 1
  bench.tell(MessageType::kTaskDeparted, 3, 2);
  bench.tell({.type = MessageType::kTaskNew,
              .seqnum = 1,
              .gtid = make_gtid(3, 2),
              .flags = Message::kRunnable});
  bench.idle(1);  // decided for CPU 1, on number 1 again
  ASSERT_EQ(bench.decisions(), 2u);
  bench.answer(0, 1, kTargetNotFound, true);
  EXPECT_EQ(bench.decisions(), 2u) << "CPU 1 has it";
}

// Lost interrupts

TEST(ALostInterrupt, IsSentAgainWhenNothingIsHeardForLong) {
  TroubleBench bench(Instant{50us});
  bench.idle(0);
  bench.arrives(1);
  EXPECT_EQ(bench.runtime.notified.size(), 1u);
  EXPECT_EQ(bench.patience(), Instant{50us});
  bench.pass(Instant{50us} - Instant{1});
  EXPECT_EQ(bench.runtime.notified.size(), 1u);
  bench.pass(Instant{1});
  EXPECT_EQ(bench.runtime.notified, (std::vector<int>{0, 0}));
  EXPECT_EQ(bench.decisions(), 1u) << "the decision lies there";
  EXPECT_EQ(bench.agent.stats().renotified, 1);
  bench.pass(Instant{50us});
  EXPECT_EQ(bench.runtime.notified.size(), 3u) << "and again";
}

TEST(ALostInterrupt, IsNotSuspectedOnceTheOutcomeIsKnown) {
  TroubleBench bench(Instant{50us});
  bench.run_the_first();
  EXPECT_EQ(bench.patience(), wave::kNever);
  bench.pass(Instant{1ms});
  EXPECT_EQ(bench.agent.stats().renotified, 0);
}

TEST(ALostInterrupt, IsNotSuspectedOfADecisionThatAnotherHasReplaced) {
  TroubleBench bench(Instant{50us});
  bench.idle(0);
  bench.arrives(1);
  bench.pass(Instant{20us});
  bench.answer(0, 1, kTargetStale, true);  // decided again, at once
  ASSERT_EQ(bench.decisions(), 2u);
  bench.pass(Instant{40us});
  EXPECT_EQ(bench.agent.stats().renotified, 0);
  bench.pass(Instant{10us});
  EXPECT_EQ(bench.agent.stats().renotified, 1);
}

TEST(ALostInterrupt, IsNothingThatAnAgentWaitsForUnlessItIsTold) {
  TroubleBench bench;
  bench.idle(0);
  bench.arrives(1);
  EXPECT_EQ(bench.patience(), wave::kNever);
}

}  // namespace
}  // namespace scheduling
