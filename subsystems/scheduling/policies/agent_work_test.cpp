// SPDX-License-Identifier: Apache-2.0
// Threads that wait for work by yielding, and are given it by TASK_WORK.
#include <gtest/gtest.h>
#include <utility>
#include <vector>

#include "subsystems/scheduling/policies/fifo.h"
#include "subsystems/scheduling/policies/multi_queue_shinjuku.h"
#include "subsystems/scheduling/policies/shinjuku.h"
#include "subsystems/scheduling/policies/test_bench.h"

namespace scheduling {
namespace {

using namespace std::chrono_literals;
using namespace wave::scheduling;
using namespace bench;

constexpr AgentOptions kWorkByMessage{.commit_flags = kFlags, .work_by_message = true};

/// Notes what it is told of threads.
class Listener : public Fifo {
 public:
  bool reads_words() const override { return true; }
  void word(ThreadId thread, std::uint64_t word) override { words.emplace_back(thread, word); }
  std::vector<std::pair<ThreadId, std::uint64_t>> words;
};

template <class P>
struct WorkBench : AgentBench<P> {
  template <class... Arguments>
  explicit WorkBench(Arguments... arguments) : AgentBench<P>(1, kWorkByMessage, arguments...) {
    this->idle(0);
  }
  void work(int thread) { this->tell(MessageType::kTaskWork, thread, 0); }
  void work(int thread, std::int64_t word) {
    this->tell({.type = MessageType::kTaskWork,
                .gtid = gtid(thread),
                .runtime_ns = word,
                .flags = Message::kHasWord});
  }
};

using FifoWork = WorkBench<Fifo>;

TEST(AgentWork, MakesANewThreadWaitUntilItIsGivenSome) {
  FifoWork bench;
  bench.arrives(1);
  EXPECT_EQ(bench.decisions(), 0u);
  bench.work(1);
  ASSERT_EQ(bench.decisions(), 1u);
  EXPECT_EQ(bench.last().transaction.target, gtid(1));
  EXPECT_EQ(bench.last().transaction.task_barrier, 1u) << "work moves no barrier";
}

TEST(AgentWork, BeforeItsThreadIsKnownIsNotForgotten) {
  FifoWork bench;
  bench.work(1);
  EXPECT_EQ(bench.decisions(), 0u);
  bench.arrives(1);
  EXPECT_EQ(bench.decisions(), 1u);
}

TEST(AgentWork, AndTheYieldBeforeItMayBeSeenInEitherOrder) {
  for (const bool work_first : {true, false}) {
    FifoWork bench;
    bench.arrives(1);
    bench.work(1);
    bench.commits(0, 1);
    if (work_first) bench.work(1);
    EXPECT_EQ(bench.decisions(), 1u) << "it runs, as far as the agent was told";
    bench.tell(MessageType::kTaskYield, 1, 2, 0);
    EXPECT_EQ(bench.decisions(), work_first ? 2u : 1u);
    if (!work_first) bench.work(1);
    ASSERT_EQ(bench.decisions(), 2u);
    EXPECT_EQ(bench.last().transaction.task_barrier, 2u);
  }
}

TEST(AgentWork, IsUsedUpByOneRun) {
  FifoWork bench;
  bench.arrives(1);
  for (std::uint32_t run = 1; run <= 3; ++run) {
    bench.work(1);
    bench.commits(0, run);
    bench.tell(MessageType::kTaskYield, 1, run + 1, 0);
    EXPECT_EQ(bench.decisions(), run);
  }
}

TEST(AgentWork, BringsItsWordOrLeavesItInTheTable) {
  WorkBench<Listener> bench;
  bench.runtime.words[1] = 7;
  bench.arrives(1);
  bench.work(1, 3);
  bench.commits(0, 1);
  bench.tell(MessageType::kTaskYield, 1, 2, 0);
  bench.work(1);
  const std::vector<std::pair<ThreadId, std::uint64_t>> expected{{1, 3}, {1, 7}};
  EXPECT_EQ(bench.policy.words, expected);
}

TEST(AgentWork, OfAPreemptedThreadGoesOnWithoutAMessage) {
  WorkBench<Shinjuku> bench(30us);
  bench.arrives(1);
  bench.arrives(2);
  bench.work(1);
  bench.commits(0, 1);
  bench.work(2);
  bench.pass(30us);
  bench.commits(0, 2);
  bench.tell(MessageType::kTaskPreempt, 1, 2, 0);
  bench.tell(MessageType::kTaskYield, 2, 2, 0);
  ASSERT_EQ(bench.decisions(), 3u);
  EXPECT_EQ(bench.last().transaction.target, gtid(1));
}

/// Thread 3, staged behind thread 1, has run and is waiting for work when its CPU looks at the
/// second decision for it, which is to preempt; so what became of the first is never seen. Taken
/// for lost, it is staged on the other CPU, and then its yield is seen.
TEST(AgentWork, IsNotInventedForAThreadThatWasTakenForLost) {
  AgentBench<MultiQueueShinjuku> bench(
      2, {.prestage = true, .commit_flags = kFlags, .work_by_message = true}, Instant{30us},
      std::vector<Instant>{100us, 10ms});
  const auto work = [&](int thread, std::int64_t request_class) {
    bench.arrives(thread);
    bench.tell({.type = MessageType::kTaskWork,
                .gtid = gtid(thread),
                .runtime_ns = request_class,
                .flags = Message::kHasWord});
  };
  for (const Cpu cpu : {0, 1}) {
    bench.idle(cpu);
    work(1 + cpu, 0);
    bench.commits(cpu, 1);
  }
  work(3, 1);
  work(4, 1);
  work(5, 0);
  bench.pass(30us);
  bench.answer(0, 3, kTargetStale, true);
  EXPECT_EQ(bench.last().transaction.target, gtid(5));
  bench.commits(1, 3);
  ASSERT_EQ(bench.last().transaction.target, gtid(3));
  ASSERT_EQ(bench.last().cpu, 1);
  bench.tell(MessageType::kTaskYield, 3, 2, 0);
  bench.pass(30us);
  for (const Written& written : bench.runtime.written)
    EXPECT_FALSE(written.transaction.target == gtid(3) && written.transaction.task_barrier == 2);
}

TEST(AgentWork, MeansNothingForAThreadThatDied) {
  FifoWork bench;
  bench.arrives(1);
  bench.tell(MessageType::kTaskDead, 1, 2, 0);
  bench.work(1);
  EXPECT_EQ(bench.decisions(), 0u);
}

TEST(AgentWork, DiesWithItsThread) {
  FifoWork bench;
  bench.arrives(1);
  bench.work(1);
  bench.work(1);
  bench.tell(MessageType::kTaskDead, 1, 2, 0);
  bench.tell({.type = MessageType::kTaskNew, .seqnum = 1, .gtid = make_gtid(1, 2)});
  EXPECT_EQ(bench.decisions(), 1u) << "its successor under the same number has none";
}

TEST(AgentWork, ByMessageIsAChoice) {
  AgentBench<Fifo> bench(1, {.commit_flags = kFlags});
  bench.run_the_first();
  bench.tell(MessageType::kTaskYield, 1, 2, 0);
  EXPECT_EQ(bench.decisions(), 2u) << "a thread that yields wants to go on";
}

}  // namespace
}  // namespace scheduling
