// SPDX-License-Identifier: Apache-2.0
// Numbers in comments are those of the sections of ghOSt's kernel-side rules: 2 sequence numbers,
// 3 messages, 5 transactions, 6 picking the next task.
#include "subsystems/scheduling/host_cpu.h"

#include <gtest/gtest.h>

#include "subsystems/scheduling/test_bench.h"
#include "subsystems/wave/consumer.h"

namespace scheduling {
namespace {

using namespace bench;
using namespace wave::scheduling;
using Type = MessageType;

constexpr KernelOptions kPrestage{.prestage = true};
const Duration kHit = core::CoreParams{}.clock.time_for(core::CoreParams{}.l1_hit);

// What the agent is told (3)

TEST(HostCpu, TellsOfAThreadThatSleepsWithItsRuntimeAndItsCpu) {
  Bench bench;
  const Thread& thread = bench.enter({run(7us)});
  bench.commit(bench.decision(thread), 1);
  bench.pass(20us);
  EXPECT_EQ(bench.story(thread), (std::vector{Type::kTaskNew, Type::kTaskBlocked}));
  EXPECT_EQ(bench.last().message.cpu, 1);
  EXPECT_EQ(bench.last().queue, 1);
  EXPECT_EQ(bench.last().message.runtime_ns, 7000);
  EXPECT_FALSE(thread.status.has(StatusWord::kRunnable));
}

TEST(HostCpu, ClearsOnCpuOnlyWhenTheMessageIsOut) {  // 2.5
  for (const Step last : {block(), yield(), exit()}) {
    Bench bench;
    const Thread& thread = bench.enter({run(1us), last});
    bench.commit(bench.decision(thread));
    bench.pass(20us);
    const Seen& off = bench.seen[1];
    EXPECT_NE(off.message.type, Type::kTaskDead);
    EXPECT_TRUE(off.on_cpu);
    EXPECT_FALSE(thread.status.has(StatusWord::kOnCpu));
  }
}

/// A queue in which a message waits for the consumer to be asked whether there is room: it is full
/// but for what `room` messages need.
void fill(Bench& bench, int cpu, int room) {
  wave::Producer& producer = bench.producers[static_cast<std::size_t>(cpu)];
  bench.on(
      Bench::kWaker,
      [&](core::Core& by) {
        for (std::int64_t i = 0; i < Bench::kCapacity; ++i)
          producer.send(by, encode(Message{.type = Type::kCpuTick}, wave::kFree));
      },
      50us);
  wave::Consumer consumer(bench.mapping, Bench::queue(cpu));
  bench.on(
      Bench::kAgent,
      [&](core::Core& by) {
        for (int i = 0; i < room; ++i) consumer.take(by);
      },
      50us);
}

/// Two agents come one after the other while a CPU tells of a thread's departure: the second one
/// while the message that introduces the thread to the first one waits for room. Whoever is there
/// in the end has been told.
TEST(HostCpu, TellsOfADepartureToTheAgentThatCameLast) {
  int told_both = 0;
  for (Duration first = 1us; first < 3us; first += 20ns)
    for (Duration between = 10ns; between < 200ns; between += 20ns) {
      Bench bench;
      Thread& thread = bench.enter({run(1us)});
      fill(bench, 0, 8);
      bench.commit_without_waiting(bench.decision(thread));
      bench.on(
          Bench::kAgent,
          [&](core::Core& by) {
            for (const Duration after : {first, between}) {
              by.sleep_until(by.now() + after);
              bench.kernel.detach_agent();
              bench.kernel.attach_agent(by);
              bench.kernel.introduce_threads(by, &bench.producers[Bench::kAgent]);
            }
          },
          30us);
      ASSERT_EQ(thread.state, Thread::State::kBlocked);
      EXPECT_FALSE(thread.new_message_due) << first.count() << " and " << between.count() << " ps";
      int told = 0;
      for (const Seen& seen : bench.seen)
        told += seen.queue == 0 && seen.message.gtid == thread.gtid &&
                seen.message.type == Type::kTaskNew;
      told_both += told == 2;
    }
  EXPECT_GT(told_both, 0);
}

/// The enclave ends while a CPU that was unscheduled tells of that and waits for room. The thread
/// joins the CPU's fair threads when its message is out, and nobody else will look for it.
TEST(HostCpu, RunsAThreadThatChangesClassesWhileItsDepartureIsTold) {
  KernelParams params;
  params.tick = 0ns;  // or that would find it
  for (Duration at = 0ns; at < 3us; at += 20ns) {
    Bench bench(params);
    Script body({run(300us)});
    Thread& thread = bench.enter(body);
    thread.affinity.reset();
    thread.affinity.set(0);
    bench.commit(bench.decision(thread));
    fill(bench, 0, 0);
    bench.commit_without_waiting({.target = wave::scheduling::kUnschedule});
    bench.pass(at);
    bench.on(Bench::kWaker, [&](core::Core& by) { bench.kernel.destroy_enclave(by); });
    bench.on(Bench::kAgent, [&](core::Core& by) {
      wave::Consumer consumer(bench.mapping, Bench::queue(0));
      for (std::int64_t i = 0; i < Bench::kCapacity; ++i) consumer.take(by);
    });
    bench.pass(500us);
    ASSERT_EQ(body.asked.size(), 2u) << at.count() << " ps after the commit";
  }
}

TEST(HostCpu, SetsOnCpuAndTheSwitchTimeWhenTheThreadIsSwitchedIn) {  // 3
  Bench bench;
  Script body({run(100us)});
  const Thread& thread = bench.enter(body);
  EXPECT_FALSE(thread.status.has(StatusWord::kOnCpu));
  bench.commit(bench.decision(thread));
  EXPECT_TRUE(thread.status.has(StatusWord::kOnCpu));
  EXPECT_EQ(thread.status.switch_time, body.asked.front());
}

TEST(HostCpu, TellsOfAYieldAndTheThreadStaysRunnable) {
  Bench bench;
  const Thread& thread = bench.enter({run(1us), yield(), run(1us)});
  bench.commit(bench.decision(thread));
  bench.pass(20us);
  EXPECT_EQ(bench.story(thread), (std::vector{Type::kTaskNew, Type::kTaskYield}));
  EXPECT_TRUE(thread.status.has(StatusWord::kRunnable));
  EXPECT_EQ(bench.commit(bench.decision(thread)), kComplete);
  bench.pass(20us);
  EXPECT_EQ(bench.last().message.type, Type::kTaskBlocked);
}

TEST(HostCpu, TellsOfADeathAfterTheFinalBlockWithTheStatusWordFreed) {  // 3 TASK_DEAD
  Bench bench;
  const Thread& thread = bench.enter({run(1us), exit()});
  bench.commit(bench.decision(thread));
  bench.pass(20us);
  EXPECT_EQ(bench.story(thread),
            (std::vector{Type::kTaskNew, Type::kTaskBlocked, Type::kTaskDead}));
  EXPECT_TRUE(thread.status.has(StatusWord::kCanFree));
  EXPECT_EQ(thread.state, Thread::State::kDead);
}

TEST(HostCpu, BlockedIsTheLastWordBeforeDeathWhoeverWakesTheThreadMeanwhile) {  // 3 TASK_DEAD
  for (Duration at = 0ns; at < 2us; at += 20ns) {
    Bench bench;
    Thread& thread = bench.enter({run(3us), exit()});
    bench.commit_without_waiting(bench.decision(thread));
    bench.on(
        Bench::kWaker,
        [&](core::Core& by) {
          by.spend(4us + at);
          bench.kernel.wake(thread, by, bench.producers[Bench::kWaker], Bench::kWaker);
        },
        20us);
    EXPECT_EQ(bench.story(thread),
              (std::vector{Type::kTaskNew, Type::kTaskBlocked, Type::kTaskDead}))
        << "woken " << at.count() << " ps into the window";
  }
}

TEST(HostCpu, AThreadThatIsWokenBeforeItSleepsGoesOnAndDoesNotSleep) {
  Bench bench;
  Script body({run(20us), block(), run(10us), block()});
  Thread& thread = bench.enter(body);
  ASSERT_EQ(bench.commit(bench.decision(thread)), wave::scheduling::kComplete);
  bench.wake(thread);
  ASSERT_EQ(body.asked.size(), 1u);  // it runs still
  bench.pass(15us);
  EXPECT_EQ(body.asked.size(), 3u);
  EXPECT_EQ(thread.state, Thread::State::kRunnable);
  bench.pass(15us);
  EXPECT_EQ(body.asked.size(), 4u);
  EXPECT_EQ(thread.state, Thread::State::kBlocked);  // the one wake-up was for one sleep
}

TEST(HostCpu, TellsOfAWakeUpAfterTheThreadIsRunnableAndWhoWokeItAndWhereItRan) {  // 3
  Bench bench;
  Thread& thread = bench.enter_sleeper(2);
  bench.wake(thread);
  EXPECT_EQ(bench.last().message.type, Type::kTaskWakeup);
  EXPECT_EQ(bench.last().message.cpu, 2);
  EXPECT_EQ(bench.last().message.waker_cpu, Bench::kWaker);
  EXPECT_TRUE(thread.status.has(StatusWord::kRunnable));
}

// Waking (3, 4)

TEST(WakeUp, FromFarAwayIsFinishedByTheCpuOnWhichTheThreadRanLast) {
  for (const bool near : {true, false}) {
    Bench bench({}, {}, near ? 23ns : 107ns);
    Thread& thread = bench.enter_sleeper(2);
    const auto interrupts = bench.kernel.cpu(2).stats().interrupts;
    bench.wake(thread);
    EXPECT_EQ(bench.last().message.type, Type::kTaskWakeup);
    EXPECT_EQ(bench.last().queue, near ? Bench::kWaker : 2);
    EXPECT_EQ(bench.last().message.waker_cpu, Bench::kWaker);
    EXPECT_EQ(bench.kernel.cpu(2).stats().interrupts - interrupts, near ? 0 : 1);
  }
}

TEST(WakeUp, OfAThreadThatHasNeverRunIsFinishedByTheWaker) {
  Bench bench({}, {}, 107ns);
  Thread& thread = bench.enter({}, false);
  bench.wake(thread);
  EXPECT_EQ(bench.last().message.type, Type::kTaskWakeup);
  EXPECT_EQ(bench.last().queue, Bench::kWaker);
}

TEST(WakeUp, OfAThreadThatIsAwakeSaysNothing) {  // 3
  Bench bench;
  Thread& thread = bench.enter({run(1ms)});
  bench.wake(thread);
  EXPECT_EQ(bench.story(thread), (std::vector{Type::kTaskNew}));
}

/// The waker comes at any instant around the thread's going to sleep, which it does because it
/// found nothing to do: it never sleeps through it, and the agent is told of both halves or of
/// neither.
TEST(WakeUp, IsNeverLostWhileTheThreadGoesToSleep) {
  int stayed = 0, slept = 0;
  for (const Duration apart : {23ns, 107ns})
    for (Duration at = 0ns; at < 4us; at += 10ns) {
      Bench bench({}, {}, apart);
      Script body({run(2us)});
      Thread& thread = bench.enter(body);
      bench.commit_without_waiting(bench.decision(thread));
      bench.on(
          Bench::kWaker,
          [&](core::Core& by) {
            by.spend(1500ns + at);
            by.sync();
            body.then(run(1us));
            bench.kernel.wake(thread, by, bench.producers[Bench::kWaker], Bench::kWaker);
          },
          20us);
      if (thread.state == Thread::State::kRunnable) {
        EXPECT_EQ(bench.story(thread),
                  (std::vector{Type::kTaskNew, Type::kTaskBlocked, Type::kTaskWakeup}));
        EXPECT_EQ(bench.commit(bench.decision(thread)), kComplete);
        bench.pass(20us);
        ++slept;
      } else {
        // It went on without sleeping, then slept for good.
        EXPECT_EQ(bench.story(thread), (std::vector{Type::kTaskNew, Type::kTaskBlocked}));
        ++stayed;
      }
      ASSERT_EQ(thread.status.runtime, 3us) << "woken " << at.count() << " ps into the window";
    }
  EXPECT_GT(stayed, 0);
  EXPECT_GT(slept, 0);
}

TEST(WakeUp, ByTwoAtOnceIsToldOnce) {
  for (Duration apart = 0ns; apart < 1us; apart += 20ns) {
    Bench bench({}, {}, 107ns);
    Thread& thread = bench.enter({run(1us)});
    bench.commit(bench.decision(thread));
    bench.pass(10us);
    bench.core(Bench::kAgent).start([&] {
      core::Core& by = bench.core(Bench::kAgent);
      by.spend(apart);
      bench.kernel.wake(thread, by, bench.producers[Bench::kAgent], Bench::kAgent);
      by.sync();
    });
    bench.wake(thread);
    EXPECT_EQ(bench.story(thread),
              (std::vector{Type::kTaskNew, Type::kTaskBlocked, Type::kTaskWakeup}));
  }
}

// COMMIT_AT_SCHEDULE: the home of a prestaged decision (5, 6)

/// CPU 0 runs one thread, and the decision for another one, its number 1, is in its slot.
struct StagedBench : Bench {
  StagedBench() : Bench({}, kPrestage) {
    commit(decision(first));
    stage(decision(second, kCommitAtSchedule), 1);
  }
  const Thread& first = enter({run(50us)});
  const Thread& second = enter({run(10us)});
};

TEST(Prestaged, DecisionRunsWhenTheThreadBeforeItStopsAndNotBefore) {
  StagedBench bench;
  bench.pass(20us);
  EXPECT_FALSE(bench.second.status.has(StatusWord::kOnCpu));
  bench.pass(30us);
  EXPECT_TRUE(bench.second.status.has(StatusWord::kOnCpu));
  EXPECT_EQ(bench.story(bench.first), (std::vector{Type::kTaskNew, Type::kTaskBlocked}));
  EXPECT_EQ(bench.outcome().sequence, 1u);
  EXPECT_EQ(bench.outcome().state, kComplete);
  EXPECT_FALSE(bench.outcome().idle);
}

TEST(Prestaged, DecisionForACpuThatIsBusyWaitsEvenIfItIsInterrupted) {
  StagedBench bench;
  bench.kernel.cpu(0).interrupt(HostCpu::Interrupt::kDecision);
  bench.pass(20us);
  EXPECT_TRUE(bench.first.status.has(StatusWord::kOnCpu));
  bench.pass(40us);
  EXPECT_EQ(bench.story(bench.first), (std::vector{Type::kTaskNew, Type::kTaskBlocked}));
  EXPECT_EQ(bench.second.cpu, 0);
}

/// A younger one that the agent carries out by interrupt, or leaves in the slot, takes its place.
TEST(Prestaged, DecisionThatIsHeldGivesWayToAYoungerOne) {
  for (const bool notified : {true, false}) {
    StagedBench bench;
    bench.kernel.cpu(0).interrupt(HostCpu::Interrupt::kDecision);  // seen, and held
    bench.pass(5us);
    const Thread& third = bench.enter({run(20us)});
    bench.stage(bench.decision(third, notified ? 0u : std::uint32_t{kCommitAtSchedule}), 2);
    if (notified) bench.kernel.cpu(0).interrupt(HostCpu::Interrupt::kDecision);
    bench.pass(150us);
    EXPECT_EQ(third.status.runtime, 20us);
    EXPECT_EQ(bench.outcome().sequence, 2u);
    EXPECT_EQ(bench.second.status.runtime, 0us);
  }
}

TEST(Prestaged, DecisionTakesTheCpuFromNobodyIfTheCpuChoosesAnewForNothing) {
  StagedBench bench;
  bench.on(Bench::kWaker, [&](core::Core& by) { bench.kernel.cpu(0).reschedule(by); });
  EXPECT_TRUE(bench.first.status.has(StatusWord::kOnCpu));
  bench.pass(60us);
  EXPECT_EQ(bench.story(bench.first), (std::vector{Type::kTaskNew, Type::kTaskBlocked}));
  EXPECT_EQ(bench.second.cpu, 0);
}

TEST(Prestaged, CpuThatFindsNothingSaysThatItIsIdle) {
  Bench bench({}, kPrestage);
  const Thread& thread = bench.enter({run(5us)});
  bench.stage(bench.decision(thread), 1);
  bench.kernel.cpu(0).interrupt(HostCpu::Interrupt::kDecision);
  bench.pass(4us);
  EXPECT_FALSE(bench.outcome().idle);
  bench.pass(10us);
  EXPECT_EQ(bench.outcome().sequence, 1u);
  EXPECT_TRUE(bench.outcome().idle);
}

TEST(Prestaged, DecisionOnAnOldBarrierIsRefusedAndTheCpuSaysThatItIsIdle) {
  Bench bench({}, kPrestage);
  Script next({run(5us)});
  const Thread& first = bench.enter({run(5us)});
  const Thread& second = bench.enter(next);
  bench.commit(bench.decision(first));
  Transaction stale = bench.decision(second, kCommitAtSchedule);
  ++stale.task_barrier;
  bench.stage(stale, 1);
  bench.pass(20us);
  EXPECT_EQ(bench.outcome().sequence, 1u);
  EXPECT_EQ(bench.outcome().state, kTargetStale);
  EXPECT_TRUE(bench.outcome().idle);
  EXPECT_EQ(next.asked.size(), 0u);
}

// What comes first (6)

/// A decision for the same thread may be committed for two CPUs; the latch follows the second one.
/// Here that happens while the first CPU tells of the thread that had to make way.
TEST(Prestaged, CpuThatLosesItsLatchedThreadToAnotherSaysThatItIsIdle) {
  int lost = 0;
  for (Duration at = 0ns; at < 4us; at += 20ns) {
    Bench bench({}, kPrestage);
    bench.use_up(0);
    const Thread& first = bench.enter({run(1ms)});
    const Thread& second = bench.enter({run(1ms)});
    bench.commit(bench.decision(first));
    bench.stage(bench.decision(second), 1);
    bench.kernel.cpu(0).interrupt(HostCpu::Interrupt::kDecision);
    bench.on(Bench::kAgent, [&](core::Core& by) {
      by.spend(at);
      if (bench.kernel.commit(bench.decision(second), bench.kernel.cpu(1), by) == kComplete)
        bench.kernel.cpu(1).interrupt(HostCpu::Interrupt::kReschedule);
    });
    bench.pass(20us);
    const bool has_first = first.status.has(StatusWord::kOnCpu);
    if (second.cpu != 1 || has_first || bench.outcome().sequence != 1) continue;
    ++lost;
    EXPECT_TRUE(bench.outcome().idle) << "after " << at.count() << " ps";
  }
  EXPECT_GT(lost, 0);
}

TEST(PickNext, PrefersALatchedThreadToOneThatStillRunsAndThatToAStagedOne) {  // 6.4, 6.5
  Bench bench({}, kPrestage);
  const Thread& running = bench.enter({run(100us)});
  const Thread& latched = bench.enter({run(10us)});
  const Thread& staged = bench.enter({run(10us)});
  bench.commit(bench.decision(running));
  bench.stage(bench.decision(staged, kCommitAtSchedule), 1);
  bench.commit(bench.decision(latched));
  bench.pass(1us);
  EXPECT_TRUE(latched.status.has(StatusWord::kOnCpu));
  EXPECT_EQ(bench.story(running), (std::vector{Type::kTaskNew, Type::kTaskPreempt}));
  bench.pass(10us);
  EXPECT_TRUE(staged.status.has(StatusWord::kOnCpu));
}

TEST(PickNext, LetsAThreadGoOnThroughInterruptsThatBringNothing) {  // 6.5
  Bench bench;
  const Thread& thread = bench.enter({run(10us)});
  bench.commit(bench.decision(thread));
  for (int i = 0; i < 5; ++i) {
    bench.kernel.cpu(0).interrupt(HostCpu::Interrupt::kReschedule);
    bench.pass(500ns);
  }
  bench.pass(20us);
  EXPECT_EQ(bench.story(thread), (std::vector{Type::kTaskNew, Type::kTaskBlocked}));
  EXPECT_EQ(thread.status.runtime, 10us);
  EXPECT_EQ(bench.kernel.cpu(0).stats().switches, 1);
}

/// A decision that waits in the slot is read at whatever instant it is put there relative to the
/// thread's stopping, or its CPU says that it is idle and an interrupt makes it look again.
TEST(Prestaged, DecisionIsNeverLostWheneverItIsStaged) {
  int found = 0, missed = 0;
  for (Duration at = 0ns; at < 3us; at += 10ns) {
    Bench bench({}, kPrestage);
    const Thread& first = bench.enter({run(3us)});
    const Thread& second = bench.enter({run(1us)});
    bench.commit_without_waiting(bench.decision(first));
    bench.on(
        Bench::kAgent,
        [&](core::Core& by) {
          by.spend(2500ns + at);
          by.store(bench.mapping, Bench::slot(0).decision(),
                   encode(bench.decision(second, kCommitAtSchedule), 1));
          by.store_fence();
        },
        15us);
    if (bench.outcome().idle && bench.outcome().sequence == 0) {
      ++missed;
      bench.kernel.cpu(0).interrupt(HostCpu::Interrupt::kDecision);
      bench.pass(15us);
    } else {
      ++found;
    }
    ASSERT_EQ(second.status.runtime, 1us) << "staged " << at.count() << " ps into the window";
    EXPECT_EQ(bench.outcome().sequence, 1u);
  }
  EXPECT_GT(found, 0);
  EXPECT_GT(missed, 0);
}

// Waking a thread on an idle core: 1.07 us by futex when its core polls, 1.15 us in C1, 3.55 us in
// C2 (hardware.md 9.6). The differences are the model's own idle states; the rest is the kernel's.

core::IdleParams always(core::IdleState state) {
  core::IdleParams p;
  p.c1_residency = state == core::IdleState::kPoll ? Duration::max() : 0ns;
  p.c2_residency = state == core::IdleState::kC2 ? 0ns : Duration::max();
  return p;
}

/// From an interrupt at an idle CPU until the thread that is latched there runs.
Duration interrupt_to_run(core::IdleState state) {
  KernelParams params;
  params.idle = always(state);
  Bench bench(params);
  Script body({run(10us)});
  const Thread& thread = bench.enter(body);
  bench.commit_silently(bench.decision(thread));
  const Time begin = bench.sim.now();
  bench.kernel.cpu(0).interrupt(HostCpu::Interrupt::kReschedule);
  bench.pass(10us);
  return body.asked.front() - begin;
}

TEST(IdleCore, TakesAsMuchLongerToWakeFromC1AndC2AsFutexWakeUpsDo) {
  const Duration poll = interrupt_to_run(core::IdleState::kPoll);
  EXPECT_EQ(interrupt_to_run(core::IdleState::kC1) - poll, 1154ns - 1071ns);
  EXPECT_EQ(interrupt_to_run(core::IdleState::kC2) - poll, 3554ns - 1071ns);
}

/// The waker's call, then what a switch takes. Without the message, which CFS does not send.
TEST(IdleCore, IsWokenByFutexFromNearbyInAboutOneMicrosecond) {
  KernelParams params;
  params.message = 0ns;
  Bench bench(params);
  Thread& thread = bench.enter_sleeper();
  const Time begin = bench.sim.now();
  bench.wake(thread);
  // The queue's line comes from memory, once.
  const Duration call = bench.last().at - begin - bench.domain.params().dram;
  const Duration all = call + params.pick_next + params.context_switch + params.return_to_user;
  EXPECT_GE(all, 1071ns);
  EXPECT_LE(all, 1300ns) << "measured: 1071 ns, of which 540 ns are the call; here " << call.count()
                         << " ps";
}

// A CPU that watches its flag is woken without an interrupt.

/// Of a thread of the fair class, the second time that it is woken.
struct WakeUp {
  Duration call{};  // the waker's
  Duration all{};   // until the thread runs
  std::int64_t interrupts = 0;
};
WakeUp wake_up(core::IdleState state, bool by_flag, Duration apart = 23ns,
               KernelParams params = {}) {
  params.idle = always(state);
  params.flag_wakes_pollers = by_flag;
  Bench bench(params, {}, apart);
  Script body({run(1us), block(), run(1us), block(), run(1us)});
  Thread& thread = bench.enter_fair(body, 0);
  bench.pass(20us);
  bench.wake(thread);
  bench.pass(20us);
  const std::int64_t before = bench.kernel.cpu(0).stats().interrupts;
  WakeUp found;
  const Time begin = bench.sim.now();
  bench.on(
      Bench::kWaker,
      [&](core::Core& by) {
        bench.kernel.wake(thread, by, bench.producers[Bench::kWaker], Bench::kWaker);
        found.call = by.now() - begin;
      },
      20us);
  found.all = body.asked.back() - 1us - begin;
  found.interrupts = bench.kernel.cpu(0).stats().interrupts - before;
  return found;
}

/// In place of sending, flight, entry and exit: the flag's line to the waker and back.
TEST(IdleCore, IsWokenByItsFlagWithoutAnInterruptWhereItWatchesIt) {
  const core::InterruptParams interrupt;
  const Duration line = 23ns + kHit;
  for (const core::IdleState state : {core::IdleState::kPoll, core::IdleState::kC1}) {
    const WakeUp sent = wake_up(state, false);
    const WakeUp seen = wake_up(state, true);
    EXPECT_EQ(sent.interrupts, 1);
    EXPECT_EQ(seen.interrupts, 0);
    EXPECT_EQ(sent.call - seen.call, interrupt.ipi_send - line);
    EXPECT_EQ(sent.all - seen.all, interrupt.ipi_send + interrupt.ipi_deliver + interrupt.receive +
                                       interrupt.leave - 2 * line);
  }
}

TEST(IdleCore, IsInterruptedInC2WhichWatchesNothing) {
  const WakeUp sent = wake_up(core::IdleState::kC2, false);
  const WakeUp seen = wake_up(core::IdleState::kC2, true);
  EXPECT_EQ(seen.interrupts, 1);
  EXPECT_EQ(seen.all, sent.all);
}

/// A waker without a common cache leaves the wake-up's second half to the idle loop.
TEST(IdleCore, FinishesAWakeUpFromAfarThatItsFlagTellsItOf) {
  const core::InterruptParams interrupt;
  const Duration line = 107ns + kHit;
  const WakeUp sent = wake_up(core::IdleState::kPoll, false, 107ns);
  const WakeUp seen = wake_up(core::IdleState::kPoll, true, 107ns);
  EXPECT_EQ(seen.interrupts, 0);
  EXPECT_EQ(sent.all - seen.all, interrupt.ipi_send + interrupt.ipi_deliver + interrupt.receive +
                                     interrupt.leave - 2 * line);
}

/// Of the waker's call; the thread's own, in which it went to sleep, is over when it runs.
TEST(WakeUp, LeavesBeforeTheWayBackFromTheCall) {
  for (const Duration apart : {23ns, 107ns}) {
    const auto changed = [&](sim::Duration KernelParams::*part) {
      KernelParams params;
      params.*part += 100ns;
      const WakeUp found = wake_up(core::IdleState::kPoll, false, apart, params);
      const WakeUp usual = wake_up(core::IdleState::kPoll, false, apart);
      return std::pair(found.call - usual.call, found.all - usual.all);
    };
    EXPECT_EQ(changed(&KernelParams::syscall_entry), std::pair(Duration{100ns}, Duration{100ns}));
    EXPECT_EQ(changed(&KernelParams::syscall_exit), std::pair(Duration{100ns}, Duration{0}));
  }
}

TEST(HostCpu, AThreadThatIsWokenBeforeItSleepsReturnsFromItsCall) {
  const auto went_on_after = [](const KernelParams& params) {
    Bench bench(params);
    Script body({run(1us), block(), run(1us)});
    Thread& thread = bench.enter(body);
    thread.woken_while_blocking = true;
    bench.commit(bench.decision(thread));
    return body.asked.at(2) - body.asked.at(1);
  };
  const KernelParams usual;
  EXPECT_EQ(went_on_after(usual), usual.syscall_entry + usual.futex_wait + usual.syscall_exit);
}

// Ticks

/// Halts and wake-ups, as a package would see them.
struct Halts : core::Package {
  void halted(memory::CoreIndex, core::IdleState state) override { states.push_back(state); }
  void resumed(memory::CoreIndex) override {}
  bool gated(memory::CoreIndex) const override { return false; }
  std::vector<core::IdleState> states;
};

/// What a tick takes on a core at full speed.
Duration cost_of_a_tick(const KernelParams& params) {
  return params.interrupts.receive + params.tick_work + params.interrupts.leave;
}

TEST(HostCpu, TakesATickInEachPeriodWhetherItRunsSomethingOrNot) {
  Bench bench({}, {.ticks = Ticks::kAlways});
  bench.commit(bench.decision(bench.enter({run(50ms)})), 0);
  bench.sim.run_until(Time{10ms - 1ns});
  EXPECT_EQ(bench.kernel.cpu(0).stats().ticks, 9);
  EXPECT_EQ(bench.kernel.cpu(1).stats().ticks, 9);
  bench.sim.run_until(Time{10ms + 10us});
  EXPECT_EQ(bench.kernel.cpu(0).stats().ticks, 10);
  EXPECT_EQ(bench.kernel.cpu(1).stats().ticks, 10);
}

TEST(HostCpu, TakesNoTicksWhileIdleOrAtAllWhenToldSo) {
  for (const Ticks ticks : {Ticks::kWhileBusy, Ticks::kNever}) {
    Bench bench({}, {.ticks = ticks});
    bench.commit(bench.decision(bench.enter({run(50ms)})), 0);
    bench.sim.run_until(Time{5ms + 10us});
    EXPECT_EQ(bench.kernel.cpu(0).stats().ticks, ticks == Ticks::kNever ? 0 : 5);
    EXPECT_EQ(bench.kernel.cpu(1).stats().ticks, 0);
  }
}

TEST(HostCpu, ATickTakesItsCostFromTheThread) {
  Bench bench({}, {.ticks = Ticks::kAlways});
  Script body({run(2500us)});
  bench.commit(bench.decision(bench.enter(body)));
  bench.sim.run_until(Time{5ms});
  ASSERT_EQ(body.asked.size(), 2);
  EXPECT_EQ(body.asked[1] - body.asked[0], 2500us + 2 * cost_of_a_tick({}));
}

class GuestScript : public Script {
 public:
  using Script::Script;
  bool is_guest() const override { return true; }
};

TEST(HostCpu, AnInterruptOfAGuestCostsLeavingItToo) {
  Bench bench({}, {.ticks = Ticks::kAlways});
  GuestScript body({run(2500us)});
  bench.commit(bench.decision(bench.enter(body)));
  bench.sim.run_until(Time{5ms});
  ASSERT_EQ(body.asked.size(), 2);
  EXPECT_EQ(body.asked[1] - body.asked[0],
            2500us + 2 * (KernelParams{}.vm_exit + cost_of_a_tick({})));
}

class ScriptOf : public Script {
 public:
  ScriptOf(int process, std::vector<Step> steps) : Script(std::move(steps)), process_(process) {}
  int process() const override { return process_; }

 private:
  const int process_;
};

/// How long after its commit, to a CPU that idles and ran a thread of process 0 last, one of this
/// process runs. `neighbours` of its CPUs have done the same since.
Duration starts_within(int process, bool lazy_tlb, int neighbours = 0) {
  KernelParams params;
  params.lazy_tlb = lazy_tlb;
  Bench bench(params);
  for (int cpu = 0; cpu <= neighbours; ++cpu) bench.enter_sleeper(cpu);
  ScriptOf body(process, {run(1us)});
  const Thread& thread = bench.enter(body);
  const Time begin = bench.sim.now();
  bench.commit(bench.decision(thread));
  return body.asked.front() - begin;
}

/// Both sets of CPUs are changed; nobody ever was in that of the other process, so it comes from
/// memory, as does where its page tables are.
TEST(HostCpu, SwitchesPageTablesForAThreadOfAnotherProcess) {
  EXPECT_EQ(starts_within(1, true) - starts_within(0, true),
            KernelParams{}.address_space + 2 * memory::DomainParams{}.dram + 3 * kHit);
}

/// The kernel's own then give way to those of whichever process comes.
TEST(HostCpu, GivesItsPageTablesUpWhenItIdlesUnlessItIsLazy) {
  EXPECT_EQ(starts_within(0, false) - starts_within(0, true),
            KernelParams{}.address_space + 3 * kHit);
  EXPECT_EQ(starts_within(1, false) - starts_within(0, false), 2 * memory::DomainParams{}.dram);
}

/// Whoever began to idle last has the line in which these are counted.
TEST(HostCpu, HoldsAReferenceToTheProcessThatRanLastWhileItIdles) {
  EXPECT_EQ(starts_within(0, true, 1) - starts_within(0, true), 23ns);
}

/// The tick that ends an idle spell is over after 2.1 us; the next one is a period later.
TEST(HostCpu, EntersC2BetweenTicksOnlyIfTheNextOneIsFarEnoughAway) {
  for (const Duration period : {800us, 810us}) {
    KernelParams params;
    params.idle.remembered = 100ms;
    params.tick = period;
    Bench bench(params, {.ticks = Ticks::kAlways});
    Halts halts;
    bench.core(0).attach(halts);
    bench.pass(2 * period - 10us);
    ASSERT_FALSE(halts.states.empty());
    EXPECT_EQ(halts.states.back(), period == 800us ? core::IdleState::kC1 : core::IdleState::kC2);
  }
}

// Work that is done while the speed changes

TEST(HostCpu, CountsWorkByWhatWasDoneAndUserTimeByTheClock) {
  Bench bench({}, {.ticks = Ticks::kNever});
  bench.commit(bench.decision(bench.enter({run(10ms)})));
  const CpuStats at_first = bench.kernel.cpu(0).stats();
  bench.pass(1ms);
  const CpuStats full = bench.kernel.cpu(0).stats() - at_first;
  EXPECT_EQ(full.user, 1ms);
  EXPECT_EQ(full.work, 1ms);
  bench.core(0).set_speed(sim::Frequency::gigahertz(1.75), 0.5);
  bench.pass(1ms);
  const CpuStats quarter = bench.kernel.cpu(0).stats() - at_first - full;
  EXPECT_EQ(quarter.user, 1ms);
  EXPECT_EQ(quarter.work, 250us);
  bench.sim.run_until(Time{100ms});
  EXPECT_EQ(bench.kernel.cpu(0).stats().work, 10ms);
}

/// 2 ms of work: 1 ms less the switch before it until the tick, which takes 2 us; half way through
/// the core slows down for good.
TEST(HostCpu, GoesOnAtTheSpeedThatItFindsWhenTheKernelHasDone) {
  Bench bench({}, {.ticks = Ticks::kAlways});
  Script body({run(2ms)});
  bench.commit(bench.decision(bench.enter(body)));
  bench.sim.at(Time{1ms + 1us},
               [&] { bench.core(0).set_speed(sim::Frequency::gigahertz(1.75), 1); });
  bench.sim.run_until(Time{1900us});
  const Duration before = Time{1ms} - body.asked[0];
  const KernelParams params;
  const Duration handler_left = params.tick_work - (1us - params.interrupts.receive);
  const Duration after = 899us - 2 * handler_left - params.interrupts.leave;
  EXPECT_NEAR(sim::to_ns(bench.kernel.cpu(0).stats().work), sim::to_ns(before + after / 2), 0.01);
}

TEST(HostCpu, LeavesWhatIsLeftToTheNextTimeWhateverTheSpeedWas) {
  Bench bench({}, {.ticks = Ticks::kNever});
  Thread& thread = bench.enter({run(1ms)});
  bench.commit(bench.decision(thread));
  bench.sim.run_until(thread.status.switch_time + 100us);
  bench.core(0).set_speed(sim::Frequency::gigahertz(1.75), 1);
  bench.sim.run_until(thread.status.switch_time + 300us);
  bench.commit({.target = kUnschedule});
  EXPECT_NEAR(sim::to_ns(thread.unfinished), 800e3, 1e3);  // the interrupt was under way
  EXPECT_EQ(thread.unfinished + bench.kernel.cpu(0).stats().work, 1ms);
}

}  // namespace
}  // namespace scheduling
