// SPDX-License-Identifier: Apache-2.0
#include "native/kernel.h"

#include <gtest/gtest.h>
#include <vector>

#include "native/runtime.h"
#include "native/shared_memory.h"
#include "native/worker.h"

namespace native {
namespace {

using namespace wave::scheduling;

constexpr int kOutside = 2;  // the queue of who is on no CPU

/// A host of two CPUs whose calls the test makes, and the agent's end of its queues and slots.
struct KernelBench {
  explicit KernelBench(const KernelOptions& options = {})
      : kernel(memory.words(), layout, clock, options) {
    kernel.attach_agent(0, kOutside);
    for (int cpu = 0; cpu < 2; ++cpu) kernel.take_interrupts(cpu);
    events();
  }

  Thread& enter(bool runnable = true) {
    return kernel.enter([](Self&) {}, runnable, kOutside);
  }
  /// Everything that the agent has not seen.
  std::vector<wave::Event> events() {
    std::vector<wave::Event> all;
    for (;;) {
      const wave::Event event = agent.poll(wave::Instant{0});
      if (event.kind == wave::Event::Kind::kNone) return all;
      all.push_back(event);
    }
  }
  std::vector<Message> messages() {
    std::vector<Message> all;
    for (const wave::Event& event : events())
      if (event.kind == wave::Event::Kind::kMessage) all.push_back(decode_message(event.slot));
    return all;
  }
  std::vector<MessageType> types() {
    std::vector<MessageType> all;
    for (const Message& m : messages()) all.push_back(m.type);
    return all;
  }
  /// Decides, lets the CPU look, and says what became of it.
  Outcome decide(int cpu, const Transaction& t) {
    agent.write_decision(cpu, encode(t, ++sequence), kTransactionWords);
    agent.notify(cpu);
    kernel.take_interrupts(cpu);
    Outcome outcome;
    for (const wave::Event& event : events())
      if (event.kind == wave::Event::Kind::kOutcome) outcome = decode_outcome(event.outcome);
    return outcome;
  }
  Outcome decide(int cpu, const Thread& thread, std::uint32_t flags = 0) {
    return decide(cpu,
                  {.target = thread.gtid, .task_barrier = thread.barrier, .commit_flags = flags});
  }
  /// Runs a new thread on the CPU.
  Thread& run(int cpu) {
    Thread& thread = enter();
    events();
    EXPECT_EQ(decide(cpu, thread).state, kComplete);
    EXPECT_EQ(kernel.pick_next(cpu), &thread);
    return thread;
  }

  Layout layout{{.cpus = 2, .queues = 3, .queue_capacity = 16, .table_words = 8}};
  SharedMemory memory{layout.bytes()};
  Clock clock;
  Kernel kernel;
  Runtime agent{memory.words(), layout, 0, clock, wave::Instant{0}};
  std::uint64_t sequence = 0;
};

using Types = std::vector<MessageType>;

TEST(NativeKernel, TellsOfAThreadsLife) {
  KernelBench b;
  Thread& thread = b.enter(false);
  EXPECT_EQ(b.types(), Types{MessageType::kTaskNew});
  b.kernel.wake(thread, kOutside, kNoCpu);
  EXPECT_EQ(b.types(), Types{MessageType::kTaskWakeup});
  b.decide(0, thread);
  ASSERT_EQ(b.kernel.pick_next(0), &thread);
  EXPECT_TRUE(b.kernel.stopped(0, Stop::kYield));
  EXPECT_EQ(b.types(), Types{MessageType::kTaskYield});
  b.decide(0, thread);
  ASSERT_EQ(b.kernel.pick_next(0), &thread);
  EXPECT_TRUE(b.kernel.stopped(0, Stop::kExit));
  EXPECT_EQ(b.types(), (Types{MessageType::kTaskBlocked, MessageType::kTaskDead}));
  EXPECT_EQ(b.kernel.threads(), 0);
}

TEST(NativeKernel, CountsTheMessagesAboutAThread) {
  KernelBench b;
  Thread& thread = b.enter(false);
  b.kernel.wake(thread, kOutside, kNoCpu);
  const std::vector<Message> all = b.messages();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].seqnum, 1U);
  EXPECT_EQ(all[1].seqnum, 2U);
  EXPECT_EQ(thread.barrier, 2U);
}

TEST(NativeKernel, DoesNotBlockAThreadWhoseWakeUpHasCome) {
  KernelBench b;
  Thread& thread = b.run(0);
  b.kernel.wake(thread, kOutside, kNoCpu);
  EXPECT_FALSE(b.kernel.stopped(0, Stop::kBlock));
  EXPECT_EQ(b.types(), Types{});
  EXPECT_TRUE(b.kernel.stopped(0, Stop::kBlock));
  EXPECT_EQ(b.types(), Types{MessageType::kTaskBlocked});
}

TEST(NativeKernel, RefusesADecisionOnAnOldBarrier) {
  KernelBench b;
  Thread& thread = b.enter();
  const Outcome outcome = b.decide(0, {.target = thread.gtid, .task_barrier = thread.barrier - 1});
  EXPECT_EQ(outcome.state, kTargetStale);
  EXPECT_TRUE(outcome.idle);
  EXPECT_EQ(b.kernel.pick_next(0), nullptr);
}

TEST(NativeKernel, RefusesAThreadThatItDoesNotKnow) {
  KernelBench b;
  EXPECT_EQ(b.decide(0, {.target = make_gtid(7, 1)}).state, kTargetNotFound);
  EXPECT_EQ(b.decide(0, {.target = kAgent}).state, kInvalidTarget);
  EXPECT_EQ(b.decide(0, {.target = kIdle - 1}).state, kInvalidTarget);
}

TEST(NativeKernel, RefusesAThreadThatSleeps) {
  KernelBench b;
  EXPECT_EQ(b.decide(0, b.enter(false)).state, kTargetNotRunnable);
}

TEST(NativeKernel, RefusesAThreadThatRuns) {
  KernelBench b;
  Thread& thread = b.run(0);
  EXPECT_EQ(b.decide(1, thread).state, kTargetOncpu);
  EXPECT_EQ(b.decide(1, thread, kAllowTaskOncpu).state, kTargetOncpu);
  EXPECT_EQ(b.decide(0, thread, kAllowTaskOncpu).state, kComplete);
}

TEST(NativeKernel, RefusesFlagsThatDoNotGoTogether) {
  KernelBench b;
  EXPECT_EQ(b.decide(0, b.enter(), kCommitAtSchedule | kCommitAtTxnCommit).state, kInvalidFlags);
}

TEST(NativeKernel, DoesNotDisturbACpuThatIsNotToBe) {
  KernelBench b;
  b.run(0);
  EXPECT_EQ(b.decide(0, b.enter(), kDoNotPreempt).state, kAgentStale);
}

TEST(NativeKernel, TakesTheCpuFromAThread) {
  KernelBench b;
  Thread& loser = b.run(0);
  Thread& thread = b.enter();
  EXPECT_EQ(b.decide(0, thread).state, kComplete);
  EXPECT_EQ(b.kernel.pick_next(0), &thread);
  const std::vector<Message> all = b.messages();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].type, MessageType::kTaskPreempt);
  EXPECT_EQ(all[0].gtid, loser.gtid);
  EXPECT_EQ(all[0].flags, 0U);
}

TEST(NativeKernel, SaysNothingOfAPreemptionThatIsElided) {
  KernelBench b;
  b.run(0);
  Thread& thread = b.enter();
  b.decide(0, thread, kElidePreempt);
  EXPECT_EQ(b.kernel.pick_next(0), &thread);
  EXPECT_EQ(b.types(), Types{});
}

TEST(NativeKernel, TellsOfAThreadThatIsReplacedBeforeItRuns) {
  KernelBench b;
  Thread& loser = b.enter();
  Thread& thread = b.enter();
  b.decide(0, loser);
  b.agent.write_decision(0, encode({.target = thread.gtid, .task_barrier = 1}, ++b.sequence),
                         kTransactionWords);
  b.agent.notify(0);
  b.kernel.take_interrupts(0);
  const std::vector<Message> all = b.messages();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].gtid, loser.gtid);
  EXPECT_EQ(all[0].flags, Message::kWasLatched);
  EXPECT_EQ(b.kernel.pick_next(0), &thread);
}

TEST(NativeKernel, GivesAThreadToTheCpuThatIsGivenItLast) {
  KernelBench b;
  Thread& thread = b.enter();
  b.decide(0, thread);
  b.decide(1, thread);
  EXPECT_EQ(b.kernel.pick_next(0), nullptr);
  EXPECT_EQ(b.kernel.pick_next(1), &thread);
}

TEST(NativeKernel, FindsAStagedDecisionWhenAThreadStops) {
  KernelBench b;
  b.run(0);
  Thread& next = b.enter();
  b.agent.write_decision(
      0,
      encode({.target = next.gtid, .task_barrier = 1, .commit_flags = kCommitAtSchedule},
             ++b.sequence),
      kTransactionWords);
  b.kernel.stopped(0, Stop::kBlock);
  EXPECT_EQ(b.kernel.pick_next(0), &next);
}

TEST(NativeKernel, KeepsAStagedDecisionThatItWasNotifiedOfForLater) {
  KernelBench b;
  Thread& first = b.run(0);
  Thread& next = b.enter();
  EXPECT_EQ(b.decide(0, next, kCommitAtSchedule).sequence, 0U);  // not dealt with
  EXPECT_EQ(b.kernel.pick_next(0), &next);                       // a schedule it is
  EXPECT_FALSE(first.on_cpu);
}

TEST(NativeKernel, SaysThatItWaitsWhenItFindsNothing) {
  KernelBench b;
  b.run(0);
  b.kernel.stopped(0, Stop::kBlock);
  b.events();
  EXPECT_EQ(b.kernel.pick_next(0), nullptr);
  const std::vector<wave::Event> all = b.events();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(decode_outcome(all[0].outcome).sequence, 1U);
  EXPECT_TRUE(decode_outcome(all[0].outcome).idle);
}

TEST(NativeKernel, CountsAMessageThatFindsItsQueueFull) {
  KernelBench b;
  for (int i = 0; i < 16; ++i) b.enter();
  EXPECT_FALSE(b.kernel.overflowed());
  b.enter();
  EXPECT_TRUE(b.kernel.overflowed());
  EXPECT_EQ(b.kernel.stats().overflows, 1);
}

TEST(NativeKernel, TellsANewAgentOfEveryThreadOnce) {
  KernelBench b;
  Thread& running = b.run(0);
  Thread& waiting = b.enter();
  Thread& sleeping = b.enter(false);
  b.kernel.detach_agent();
  b.kernel.attach_agent(1, kOutside);
  Runtime next(b.memory.words(), b.layout, 1, b.clock, wave::Instant{0});
  std::vector<Message> all;
  const auto read = [&] {
    for (;;) {
      const wave::Event event = next.poll(wave::Instant{0});
      if (event.kind == wave::Event::Kind::kNone) return;
      if (event.kind == wave::Event::Kind::kMessage) all.push_back(decode_message(event.slot));
    }
  };
  read();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].gtid, waiting.gtid);
  EXPECT_EQ(all[0].flags, Message::kRunnable);
  EXPECT_EQ(all[0].seqnum, waiting.barrier);
  EXPECT_EQ(all[1].gtid, sleeping.gtid);
  EXPECT_EQ(all[1].flags, 0U);
  EXPECT_EQ(b.messages().size(), 2U);  // of the two that came; nothing since

  b.kernel.stopped(0, Stop::kBlock);
  all.clear();
  read();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].gtid, running.gtid);
  EXPECT_EQ(all[0].type, MessageType::kTaskNew);
  EXPECT_EQ(all[1].type, MessageType::kTaskBlocked);
}

TEST(NativeKernel, CarriesNothingOutAfterItsAgentsTime) {
  KernelBench b({.prestage = true, .fallback = false});
  Thread& thread = b.enter();
  EXPECT_EQ(b.decide(0, thread).state, kComplete);
  b.kernel.detach_agent();
  EXPECT_EQ(b.kernel.pick_next(0), nullptr);
  EXPECT_FALSE(b.kernel.has_agent());
}

TEST(NativeKernel, ServesByItselfWithoutAnAgent) {
  KernelBench b;
  Thread& first = b.enter();
  Thread& second = b.enter();
  b.kernel.detach_agent();
  EXPECT_EQ(b.kernel.pick_next(0), &first);
  EXPECT_EQ(b.kernel.pick_next(1), &second);
  b.kernel.check_invariants();
}

}  // namespace
}  // namespace native
