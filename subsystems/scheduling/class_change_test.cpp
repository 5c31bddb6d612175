// SPDX-License-Identifier: Apache-2.0
// Threads between the classes, and the enclave's end (ghost-kernel.md 3: TASK_DEPARTED, TASK_NEW).
#include <gtest/gtest.h>

#include "subsystems/scheduling/test_bench.h"

namespace scheduling {
namespace {

using namespace bench;
using namespace wave::scheduling;
using Type = MessageType;
using Class = SchedulingClass;

bool free_word(Bench& bench, Gtid gtid) {
  bool freed = false;
  bench.on(Bench::kAgent, [&](core::Core& by) {
    freed = bench.kernel.free_status_word(gtid, by, &bench.producers[Bench::kAgent]);
  });
  return freed;
}

TEST(Departure, IsToldOnceWithTheStatusWordFreeToGoAndTheThreadGoesOn) {
  Bench bench;
  Thread& thread = bench.enter({run(50us)});
  bench.commit(bench.decision(thread));
  bench.set_class(thread, Class::kFair);
  EXPECT_EQ(bench.story(thread), (std::vector{Type::kTaskNew, Type::kTaskDeparted}));
  EXPECT_EQ(bench.last().message.flags, Message::kWasCurrent);
  EXPECT_TRUE(thread.status.has(StatusWord::kCanFree));
  EXPECT_TRUE(thread.status.has(StatusWord::kMessageGated));
  EXPECT_FALSE(thread.status.has(StatusWord::kOnCpu));
  bench.pass(100us);
  EXPECT_EQ(thread.status.runtime, 50us);
  EXPECT_EQ(bench.seen.size(), 2u) << "nothing about it any more";
}

/// Linux changes a class under the runqueue's lock, and so not while the message about the thread's
/// sleep goes out, however long that waits for room.
TEST(Departure, WaitsUntilTheThreadIsOffItsCpu) {
  int waited = 0;
  for (Duration when = 49us; when < 53us; when += 20ns) {
    Bench bench;
    bench.use_up(0);
    Script body({run(50us)});
    Thread& thread = bench.enter(body);
    bench.commit(bench.decision(thread));
    bench.on(
        Bench::kWaker,
        [&](core::Core& by) {
          by.sleep_until(body.asked[0] + when);
          bench.kernel.set_class(thread, Class::kFair, by, &bench.producers[Bench::kWaker]);
          if (!thread.class_change_due) return;
          ++waited;
          EXPECT_TRUE(thread.is_ghost()) << "until the message is out";
        },
        100us);
    EXPECT_TRUE(thread.is_fair());
    EXPECT_EQ(thread.status.runtime, 50us);
    EXPECT_EQ(bench.story(thread).back(), Type::kTaskDeparted) << sim::to_ns(when);
    EXPECT_LE(bench.story(thread).size(), 3u) << "and once";
  }
  EXPECT_GT(waited, 0);
}

TEST(Departure, OfAThreadThatDoesNotRunSaysSoAndItRunsWithoutAnAgent) {
  Bench bench;
  Thread& thread = bench.enter({run(50us)});
  bench.set_class(thread, Class::kFair);
  EXPECT_EQ(bench.last().message.type, Type::kTaskDeparted);
  EXPECT_EQ(bench.last().message.flags, 0u);
  bench.pass(100us);
  EXPECT_EQ(thread.status.runtime, 50us);
}

TEST(Departure, DropsTheLatchWithoutAnotherMessage) {
  Bench bench;
  Thread& thread = bench.enter({run(50us)});
  bench.commit_silently(bench.decision(thread));
  bench.set_class(thread, Class::kFair);
  EXPECT_EQ(bench.story(thread), (std::vector{Type::kTaskNew, Type::kTaskDeparted}));
  EXPECT_EQ(thread.latched_on, kNoCpu);
}

TEST(Departure, MakesDecisionsStaleUntilTheStatusWordIsFreedAndInvalidAfterwards) {  // 5.2
  Bench bench;
  Thread& thread = bench.enter();
  bench.set_class(thread, Class::kFair);
  const Transaction t = bench.decision(thread);
  EXPECT_EQ(bench.commit(t), kTargetStale);
  EXPECT_TRUE(free_word(bench, thread.gtid));
  EXPECT_EQ(bench.commit(t), kInvalidTarget);
}

TEST(Departure, WhileItsMessageIsUnderWayComesAfterThatMessage) {
  int told = 0;
  for (Duration at = 0ns; at < 2us; at += 20ns) {
    Bench bench;
    Thread& thread = bench.enter({run(3us)});
    bench.commit_without_waiting(bench.decision(thread));
    bench.on(
        Bench::kWaker,
        [&](core::Core& by) {
          by.spend(3500ns + at);
          by.sync();
          bench.kernel.set_class(thread, Class::kFair, by, &bench.producers[Bench::kWaker]);
        },
        20us);
    const auto story = bench.story(thread);
    ASSERT_EQ(story.back(), Type::kTaskDeparted);
    ASSERT_EQ(thread.scheduled_by, Class::kFair);
    ASSERT_EQ(thread.status.runtime, 3us);
    told += story.size() == 3 ? 1 : 0;
  }
  EXPECT_GT(told, 0) << "some departures came after BLOCKED";
  EXPECT_LT(told, 100);
}

/// A CPU whose queue has to be looked into before a message fits says no less.
struct FullQueue : Bench {
  FullQueue() : Bench({}, {}, 300ns) {}

  /// The thread changes classes at `when`, and the message about that waits for room.
  void depart(Thread& thread, Time when) {
    use_up(kWaker);
    core(kWaker).start([this, &thread, when] {
      core(kWaker).sleep_until(when);
      kernel.set_class(thread, Class::kFair, core(kWaker), &producers[kWaker]);
      core(kWaker).sync();
    });
  }
  /// Whoever uses the waker's queue finds room without looking.
  Thread& enter_from_agent(ThreadBody& body) {
    Thread* made = nullptr;
    on(kAgent, [&](core::Core& by) { made = &kernel.enter(body, true, by, producers[kAgent]); });
    return *made;
  }
};

TEST(Departure, IsTheLastWordOfAThreadThatStopsWhileItWaitsForRoom) {
  int told = 0;
  for (Duration when = 49us; when < 51us; when += 20ns) {
    FullQueue bench;
    Script body({run(50us)});
    Thread& thread = bench.enter_from_agent(body);
    bench.commit(bench.decision(thread));
    bench.depart(thread, body.asked[0] + when);
    bench.pass(100us);
    EXPECT_TRUE(thread.is_fair());
    EXPECT_EQ(thread.status.runtime, 50us);
    ASSERT_EQ(bench.story(thread).back(), Type::kTaskDeparted) << sim::to_ns(when);
    told += bench.story(thread).size() == 3 ? 1 : 0;
    bench.kernel.cpu(0).interrupt(HostCpu::Interrupt::kReschedule);
    bench.pass(10us);
  }
  EXPECT_GT(told, 0) << "some departures came after BLOCKED";
  EXPECT_LT(told, 100);
}

TEST(Departure, IsTheLastWordOfAThreadThatIsWokenWhileItWaitsForRoom) {
  for (Duration at = 0ns; at < 2us; at += 20ns) {
    FullQueue bench;
    Thread& thread = bench.enter_sleeper();
    const Time when = bench.sim.now() + 20us;
    bench.depart(thread, when);
    bench.on(
        Bench::kAgent,
        [&](core::Core& by) {
          by.sleep_until(when + at);
          by.sync();
          bench.kernel.wake_or_mark(thread, by, bench.producers[Bench::kAgent], 0);
        },
        50us);
    ASSERT_EQ(bench.story(thread).back(), Type::kTaskDeparted) << sim::to_ns(at);
  }
}

// Coming back

TEST(Return, IsToldOnlyWhenTheAgentHasFreedTheOldStatusWord) {
  Bench bench;
  Thread& thread = bench.enter();
  const Gtid old = thread.gtid;
  bench.set_class(thread, Class::kFair);
  bench.pass(20us);  // it has slept
  bench.set_class(thread, Class::kGhost);
  bench.wake(thread);
  EXPECT_EQ(bench.last().message.type, Type::kTaskDeparted) << "the gate is shut";
  EXPECT_EQ(bench.commit(bench.decision(thread)), kTargetStale);

  EXPECT_TRUE(free_word(bench, old));
  EXPECT_EQ(bench.last().message.type, Type::kTaskNew);
  EXPECT_EQ(bench.last().message.seqnum, 1u);
  EXPECT_EQ(bench.last().message.gtid, thread.gtid);
  EXPECT_EQ(bench.last().message.flags, Message::kRunnable);
  EXPECT_NE(thread.gtid, old);
  EXPECT_EQ(tid_of(thread.gtid), tid_of(old));
  EXPECT_EQ(bench.commit(bench.decision(thread)), kComplete);
}

TEST(Return, OfAThreadThatRunsIsToldWhenItLeavesItsCpu) {  // 3 TASK_NEW
  Bench bench;
  Thread& thread = bench.enter_fair({run(50us)}, 0);
  free_word(bench, thread.gtid);
  const std::size_t before = bench.seen.size();
  bench.set_class(thread, Class::kGhost);
  EXPECT_EQ(bench.seen.size(), before);
  EXPECT_TRUE(thread.status.has(StatusWord::kOnCpu));
  bench.pass(100us);
  ASSERT_EQ(bench.story(thread), (std::vector{Type::kTaskNew, Type::kTaskBlocked}));
  EXPECT_EQ(bench.seen[before].message.flags, 0u) << "it is not runnable by then";
  EXPECT_EQ(thread.status.runtime, 50us);
}

TEST(Return, AndDepartureAgainWhileItRunsAreToldTogether) {  // 3 TASK_NEW
  Bench bench;
  Thread& thread = bench.enter_fair({run(50us)}, 0);
  free_word(bench, thread.gtid);
  bench.set_class(thread, Class::kGhost);
  bench.set_class(thread, Class::kFair);
  EXPECT_EQ(bench.story(thread), (std::vector{Type::kTaskNew, Type::kTaskDeparted}));
  EXPECT_EQ(bench.last().message.flags, Message::kWasCurrent);
  bench.pass(100us);
  EXPECT_EQ(thread.status.runtime, 50us);
}

TEST(Return, IsImmediateIfTheKernelFreesStatusWordsItself) {
  Bench bench;
  bench.kernel.enclave().tunables.agent_frees_status_words = false;
  Thread& thread = bench.enter();
  bench.set_class(thread, Class::kFair);
  bench.set_class(thread, Class::kGhost);
  EXPECT_EQ(bench.story(thread), (std::vector{Type::kTaskNew}));
  EXPECT_EQ(bench.last().message.gtid, thread.gtid);
}

TEST(Departure, LeavesNoStatusWordBehindIfTheKernelFreesThem) {
  Bench bench;
  bench.kernel.enclave().tunables.agent_frees_status_words = false;
  Thread& thread = bench.enter({run(50us)});
  bench.commit(bench.decision(thread));
  const Gtid gtid = thread.gtid;
  bench.set_class(thread, Class::kFair);
  EXPECT_EQ(bench.last().message.type, Type::kTaskDeparted);
  EXPECT_EQ(thread.gtid, gtid) << "it has not come back";
  EXPECT_EQ(thread.status.flags, 0u);
  EXPECT_EQ(bench.kernel.enclave().status_words.taken(), 0u);
}

// Status words

/// Whoever was away did not run, and is owed nothing for that.
TEST(Return, ToTheFairClassBringsNoCreditForTheTimeAway) {
  Bench bench;
  Thread& stayed = bench.enter_fair({run(10s)}, 0);
  Thread& back = bench.enter_fair({run(10s)}, 0);
  bench.pass(100ms);
  bench.set_class(back, Class::kGhost);
  EXPECT_TRUE(free_word(bench, back.gtid));
  bench.pass(200ms);
  bench.set_class(back, Class::kFair);
  const Duration before_stayed = stayed.status.runtime;
  const Duration before_back = back.status.runtime;
  bench.pass(200ms);
  EXPECT_NEAR(sim::to_us(stayed.status.runtime - before_stayed), 100e3, 10e3);
  EXPECT_NEAR(sim::to_us(back.status.runtime - before_back), 100e3, 10e3);
}

TEST(StatusWords, AreTakenOnEntryAndFreedByTheAgentOnce) {
  Bench bench;
  const Thread& thread = bench.enter({exit()});
  const Thread& other = bench.enter();
  EXPECT_NE(thread.status.index, other.status.index);
  EXPECT_FALSE(free_word(bench, thread.gtid)) << "it is in use";
  bench.commit(bench.decision(thread));
  EXPECT_EQ(bench.kernel.enclave().status_words.taken(), 2u);
  EXPECT_TRUE(free_word(bench, thread.gtid));
  EXPECT_FALSE(free_word(bench, thread.gtid));
  EXPECT_EQ(bench.kernel.enclave().status_words.taken(), 1u);
}

/// How long a message about `thread` takes that `core` sends.
Duration message_takes(Bench& bench, Thread& thread, int core) {
  Duration took{};
  bench.on(core, [&](core::Core& by) {
    const Time begin = by.now();
    bench.kernel.post(thread, Type::kTaskPriorityChanged, by, &bench.producers[std::size_t(core)],
                      0);
    took = by.now() - begin;
  });
  return took;
}

TEST(StatusWords, OfTwoNeighboursTakeTheirLineFromEachOther) {
  Bench bench;
  Thread& first = bench.enter();
  Thread& second = bench.enter();
  Thread& third = bench.enter();
  const auto after_one_about = [&](Thread& other) {
    message_takes(bench, first, Bench::kWaker);
    message_takes(bench, other, Bench::kAgent);
    return message_takes(bench, first, Bench::kWaker);
  };
  EXPECT_EQ(after_one_about(second) - after_one_about(third), 23ns);
}

TEST(StatusWords, TableHoldsSixtyFiveThousand) {
  StatusWordTable table;
  for (std::uint32_t i = 0; i < StatusWordTable::kCapacity; ++i) ASSERT_EQ(table.take(), i);
  EXPECT_EQ(table.take(), std::nullopt);
  table.give_back(77);
  EXPECT_EQ(table.take(), 77u);
}

// The enclave's end

/// Threads in every state when the agent dies: all of them finish their work in the fair class.
TEST(Enclave, LosesNothingWhenItIsDestroyed) {
  for (Duration at = 0ns; at < 12us; at += 100ns) {
    Bench bench;
    std::deque<Script> bodies(5, Script({run(8us), yield(), run(8us)}));
    std::vector<Thread*> threads;
    for (Script& body : bodies) threads.push_back(&bench.enter(body, threads.size() != 4));
    bench.commit_silently(bench.decision(*threads[0]), 0);
    bench.commit_silently(bench.decision(*threads[1]), 1);
    for (const int cpu : {0, 1}) bench.kernel.cpu(cpu).interrupt(HostCpu::Interrupt::kReschedule);
    bench.pass(at);
    bench.commit_silently(bench.decision(*threads[2]), 1);
    bench.on(Bench::kWaker, [&](core::Core& by) { bench.kernel.destroy_enclave(by); });
    bench.wake(*threads[4]);
    const std::size_t told = bench.seen.size();
    bench.pass(1ms);
    for (const Thread* t : threads) {
      ASSERT_EQ(t->status.runtime, 16us) << "destroyed " << at.count() << " ps into the run";
      ASSERT_EQ(t->scheduled_by, Class::kFair);
      ASSERT_EQ(t->state, Thread::State::kBlocked);
    }
    ASSERT_EQ(bench.seen.size(), told) << "there is nobody to tell";
    ASSERT_EQ(bench.kernel.enclave().status_words.taken(), 0u);
  }
}

/// Nobody is left who could say that it has seen the last of a thread.
TEST(Enclave, FreesTheWordOfAThreadThatLeavesItsCpuWhenItIsDestroyed) {
  int waited = 0;
  for (Duration when = 49us; when < 53us; when += 20ns) {
    Bench bench;
    bench.use_up(0);
    ASSERT_TRUE(bench.kernel.enclave().tunables.agent_frees_status_words);
    Script body({run(50us)});
    const Thread& thread = bench.enter(body);
    bench.commit(bench.decision(thread));
    bench.on(
        Bench::kWaker,
        [&](core::Core& by) {
          by.sleep_until(body.asked[0] + when);
          bench.kernel.destroy_enclave(by);
          waited += thread.class_change_due ? 1 : 0;
        },
        100us);
    ASSERT_FALSE(thread.gated()) << sim::to_ns(when);
    ASSERT_EQ(bench.kernel.enclave().status_words.taken(), 0u) << sim::to_ns(when);
  }
  EXPECT_GT(waited, 0);
}

TEST(Enclave, IsNotEnteredWhenItIsDestroyed) {
  Bench bench;
  bench.on(Bench::kWaker, [&](core::Core& by) { bench.kernel.destroy_enclave(by); });
  Thread& entered_without = bench.enter({run(8us)});
  bench.pass(100us);
  EXPECT_EQ(entered_without.status.runtime, 8us);
  bench.on(Bench::kWaker, [&](core::Core& by) { bench.kernel.attach_agent(by); });
  EXPECT_EQ(bench.enter({run(8us)}).scheduled_by, Class::kGhost);
}

TEST(Enclave, HasNoAgentAfterwardsAndTakesThreadsAgainOnceItHas) {  // 5.3 NO_AGENT
  Bench bench;
  std::deque<Script> bodies(3, Script({run(8us), block(), run(8us)}));
  std::vector<Thread*> threads;
  for (Script& body : bodies) threads.push_back(&bench.enter(body));
  bench.on(Bench::kWaker, [&](core::Core& by) { bench.kernel.destroy_enclave(by); });
  EXPECT_EQ(bench.commit({.target = kIdle}), kNoAgent);
  bench.on(Bench::kWaker, [&](core::Core& by) { bench.kernel.attach_agent(by); });
  EXPECT_EQ(bench.commit({.target = kIdle}), kComplete);
  bench.pass(100us);
  for (Thread* t : threads) {
    bench.set_class(*t, Class::kGhost);
    bench.wake(*t);
    EXPECT_EQ(bench.story(*t), (std::vector{Type::kTaskNew, Type::kTaskWakeup}));
    EXPECT_EQ(bench.commit(bench.decision(*t)), kComplete);
    bench.pass(50us);
    EXPECT_EQ(t->status.runtime, 16us);
  }
}

}  // namespace
}  // namespace scheduling
