// SPDX-License-Identifier: Apache-2.0
// Agents on the CPUs that they schedule. Numbers are those of ghost-kernel.md's sections.
#include <gtest/gtest.h>
#include <optional>

#include "subsystems/scheduling/local_bench.h"

namespace scheduling {
namespace {

using namespace bench;
using namespace wave::scheduling;
using Type = MessageType;

constexpr std::uint32_t kNow = kCommitAtTxnCommit;

/// One request, submitted by an agent.
TransactionState submit(LocalRuntime& r, RunRequest request) {
  r.submit(std::span(&request, 1));
  return request.state;
}

// Yielding (2.3, 4)

TEST(LocalAgent, YieldIsRefusedIfSomethingWasPostedSinceTheSample) {
  LocalBench bench;
  std::optional<Yield> first, second;
  bench.attach(0, [&](LocalRuntime& r) {
    const Barrier sample = r.barrier();
    r.ping(0);
    first = r.yield(sample, 0);
    second = r.yield(r.barrier(), 0);
  });
  bench.start();
  EXPECT_EQ(first, Yield::kStale);
  EXPECT_EQ(second, std::nullopt) << "it sleeps";
}

TEST(LocalAgent, YieldTakesNoFlagButReturnOnIdle) {
  LocalBench bench;
  std::vector<Yield> results;
  bench.attach(0, [&](LocalRuntime& r) {
    for (const std::uint32_t flag : {kRtlaOnPreempt, kRtlaOnBlocked, kRtlaOnYield, kRtlaOnIdle})
      results.push_back(r.yield(r.barrier(), flag));
    r.yield(r.barrier(), 0);
  });
  bench.start();
  EXPECT_EQ(results, (std::vector{Yield::kInvalid, Yield::kInvalid, Yield::kInvalid, Yield::kDone}))
      << "and an idle CPU returns to it at once";
}

TEST(LocalAgent, IsWokenByAMessageInItsQueue) {
  LocalBench bench;
  bench.attach_listener(0);
  bench.start();
  const Barrier before = bench.cpu(0).agent_barrier();
  bench.enter();
  EXPECT_EQ(bench.types(0), (std::vector{Type::kTaskNew}));
  EXPECT_EQ(bench.cpu(0).agent_barrier(), before + 1);
}

/// From the instant at which an agent lets a thread run on its CPU until that runs, and from the
/// end of its step until the agent has the CPU again.
std::pair<Duration, Duration> ways(const KernelParams& params) {
  LocalBench bench(params);
  Script body({run(1us)});
  const Thread& thread = bench.enter(body);
  Time submitted{}, back{};
  bench.attach(0, [&](LocalRuntime& r) {
    while (!r.next_message()) r.yield(r.barrier(), 0);
    submitted = Time{r.now()};
    submit(r, {.cpu = 0,
               .transaction = {.target = thread.gtid,
                               .task_barrier = thread.status.barrier,
                               .agent_barrier = r.barrier(),
                               .commit_flags = kNow}});
    back = Time{r.now()};
    r.yield(r.barrier(), 0);
  });
  bench.start();
  return {body.asked.at(0) - submitted, back - body.asked.at(1)};
}

TEST(LocalAgent, RunsInAProcessOfItsOwn) {
  KernelParams free;
  free.address_space = 0ns;
  const auto [there, back] = ways({});
  const auto [there_free, back_free] = ways(free);
  EXPECT_EQ(there - there_free, KernelParams{}.address_space);
  EXPECT_EQ(back - back_free, KernelParams{}.address_space);
}

/// Neither has the way back from its call, which is in the switch to it.
TEST(LocalAgent, EntersTheKernelToGiveItsCpuAwayAsItsThreadDoes) {
  const auto [there, back] = ways({});
  KernelParams slow;
  slow.syscall_exit += 100ns;
  EXPECT_EQ(ways(slow), std::pair(there, back));
  slow.syscall_entry += 100ns;
  EXPECT_EQ(ways(slow), std::pair(there + 100ns, back + 100ns));
}

TEST(LocalAgent, LeavesTheKernelAfterACallInWhichItKeepsItsCpu) {
  std::vector<Duration> took;
  LocalBench bench;
  bench.attach(0, [&](LocalRuntime& r) {
    const std::vector<std::function<void()>> calls{
        [&] { r.ping(99); }, [&] { r.associate(99, 0, 0); }, [&] { r.free_status_word(99); },
        [&] { r.yield(r.barrier() + 1, 0); }, [&] { r.yield(r.barrier(), kRtlaOnYield); }};
    for (const auto& call : calls) {
      const Time begin{r.now()};
      call();
      took.push_back(Time{r.now()} - begin);
    }
    r.yield(r.barrier(), 0);
  });
  bench.start();
  const Duration call = KernelParams{}.syscall_entry + KernelParams{}.syscall_exit;
  EXPECT_EQ(took.size(), 5u);
  for (const Duration t : took)
    EXPECT_NEAR(sim::to_ns(t), sim::to_ns(call), 2) << "and a status word";
}

/// A second message comes at any instant around the agent's decision to sleep; none is lost.
TEST(LocalAgent, SleepsThroughNoMessage) {
  int refused = 0;
  for (Duration apart = 0ns; apart < 4us; apart += 20ns) {
    LocalBench bench;
    int stale = 0;
    bench.attach(0, [&](LocalRuntime& r) {
      while (!r.leaving()) {
        const Barrier sample = r.barrier();
        bench.drain(r);
        if (r.yield(sample, 0) == Yield::kStale) ++stale;
      }
    });
    bench.start();
    Thread& first = bench.enter({}, false);
    Thread& second = bench.enter({}, false);
    bench.wake_both(first, second, apart);
    ASSERT_EQ(bench.types(0),
              (std::vector{Type::kTaskNew, Type::kTaskNew, Type::kTaskWakeup, Type::kTaskWakeup}))
        << apart.count();
    refused += stale;
  }
  EXPECT_GT(refused, 0);
}

TEST(LocalAgent, CountsItsBarrierForPingsEvenWhileItIsAwake) {  // 2.2
  LocalBench bench;
  bench.attach_listener(0);
  bench.start();
  const Barrier before = bench.cpu(0).agent_barrier();
  bench.on([&](core::Core& by) {
    EXPECT_TRUE(bench.kernel.ping(0, by));
    EXPECT_TRUE(bench.kernel.ping(0, by));
    EXPECT_FALSE(bench.kernel.ping(1, by)) << "no agent there";
    EXPECT_FALSE(bench.kernel.ping(99, by));
  });
  EXPECT_EQ(bench.cpu(0).agent_barrier(), before + 2);
}

// Committing for the own CPU (5.4, 5.5)

TEST(LocalCommit, RunsTheThreadAndReturnsWhenTheAgentIsWokenAgain) {
  LocalBench bench;
  Script body({run(20us)});
  std::optional<TransactionState> state;
  std::optional<Time> back;
  bench.attach_decider(0, [&](LocalRuntime& r, const Thread& newcomer) {
    state = submit(r, bench.request(newcomer, 0, kNow, r.barrier()));
    back = Time{r.now()};
  });
  bench.start();
  const Thread& thread = bench.enter(body);
  bench.pass(10us);
  EXPECT_TRUE(thread.status.has(StatusWord::kOnCpu));
  EXPECT_EQ(back, std::nullopt);
  bench.pass(50us);
  EXPECT_EQ(state, kComplete);
  EXPECT_GT(*back - body.asked.front(), 20us);
  EXPECT_EQ(bench.types(0), (std::vector{Type::kTaskNew, Type::kTaskBlocked}));
}

/// A message comes at any instant around the agent's commit for its own CPU: it makes the commit
/// stale, or wakes the agent, which then takes the CPU back.
TEST(LocalCommit, SleepsThroughNoMessage) {
  int stale = 0;
  int complete = 0;
  for (Duration apart = 0ns; apart < 4us; apart += 20ns) {
    LocalBench bench;
    bench.attach(0, [&](LocalRuntime& r) {
      while (bench.heard.empty() || bench.heard.back().message.type != Type::kTaskWakeup) {
        r.yield(r.barrier(), 0);
        bench.drain(r);
      }
      const Barrier sample = r.barrier();
      bench.drain(r);
      const auto state = submit(r, bench.request(bench.newcomer(), 0, kNow, sample));
      ++(state == kComplete ? complete : stale);
      bench.listen(r);
    });
    bench.start();
    Thread& first = bench.enter({run(1ms)}, false);
    Thread& second = bench.enter({}, false);
    bench.wake_both(first, second, apart);
    const auto told = bench.types(0);
    ASSERT_EQ(std::ranges::count(told, Type::kTaskWakeup), 2) << apart.count();
  }
  EXPECT_GT(stale, 0);
  EXPECT_GT(complete, 0);
}

/// The message about who was to run there instead comes while the commit is under way.
TEST(LocalCommit, WakesTheAgentForTheThreadThatItUnlatches) {
  LocalBench bench;
  bool is_latched = false;
  const Thread* second = nullptr;
  bench.attach_decider(0, [&](LocalRuntime& r, const Thread&) {
    while (!is_latched) r.barrier();
    EXPECT_EQ(submit(r, bench.request(*second, 0, kNow, r.barrier())), kComplete);
  });
  bench.start();
  const Thread& first = bench.enter({run(1ms)});
  second = &bench.enter({run(1ms)});
  bench.on([&](core::Core& by) {
    const auto latch = bench.request(first, 0, kNow | kDeferLatchedPreemptionByAgent).transaction;
    EXPECT_EQ(bench.kernel.commit(latch, bench.cpu(0), by), kComplete);
    is_latched = true;
  });
  bench.pass(100us);
  EXPECT_EQ(std::ranges::count(bench.types(0), Type::kTaskPreempt), 2) << "and the second at once";
}

TEST(LocalCommit, IsRefusedOnAnOldAgentBarrierAndTheAgentKeepsItsCpu) {
  LocalBench bench;
  Script body({run(20us)});
  std::optional<TransactionState> state;
  bench.attach_decider(0, [&](LocalRuntime& r, const Thread& newcomer) {
    state = submit(r, bench.request(newcomer, 0, kNow, r.barrier() - 1));
  });
  bench.start();
  bench.enter(body);
  bench.pass(10us);
  EXPECT_EQ(state, kAgentStale);
  EXPECT_TRUE(body.asked.empty());
}

TEST(RemoteCommit, DoesNotLookAtTheAgentBarrierButNeedsAnAgentThere) {  // 2.4, 5.3
  LocalBench bench;
  Script body({run(20us)});
  std::vector<TransactionState> states;
  bench.attach_decider(0, [&](LocalRuntime& r, const Thread& newcomer) {
    states.push_back(submit(r, bench.request(newcomer, 1, kNow, 12345)));
    states.push_back(submit(r, {.cpu = 2, .transaction = {.target = kIdle, .commit_flags = kNow}}));
    states.push_back(submit(r, {.cpu = 7, .transaction = {.target = kIdle, .commit_flags = kNow}}));
  });
  bench.attach_listener(1);
  bench.start();
  const Thread& thread = bench.enter(body);
  bench.pass(30us);
  EXPECT_EQ(states, (std::vector{kComplete, kInvalidCpu, kInvalidCpu}));
  EXPECT_EQ(thread.cpu, 1);
  EXPECT_EQ(body.asked.size(), 2u);
}

TEST(Commit, TakesNoAgentForAThread) {  // 5.2
  LocalBench bench;
  std::optional<TransactionState> state;
  bench.attach(0, [&](LocalRuntime& r) {
    state = submit(r, {.cpu = 1, .transaction = {.target = make_gtid(1, 1), .commit_flags = kNow}});
    bench.listen(r);
  });
  bench.attach_listener(1);
  bench.start();
  EXPECT_EQ(state, kInvalidTarget);
}

TEST(Commit, OfTheAgentWakesIt) {  // 5.2 gtid -1
  LocalBench bench;
  bench.attach(0, [&](LocalRuntime& r) {
    submit(r, {.cpu = 1, .transaction = {.target = kAgent, .commit_flags = kNow}});
    bench.listen(r);
  });
  int turns = 0;
  bench.attach(1, [&](LocalRuntime& r) {
    for (;; ++turns) r.yield(r.barrier(), 0);
  });
  bench.start();
  EXPECT_EQ(turns, 1);
}

// Who commits (5)

TEST(GreedyCommit, IsMadeByTheTargetCpu) {
  LocalBench bench;
  std::optional<TransactionState> state;
  std::optional<Time> submitted;
  bench.attach_decider(0, [&](LocalRuntime& r, const Thread& newcomer) {
    state = submit(r, bench.request(newcomer, 1, 0));
    submitted = Time{r.now()};
  });
  bench.attach_listener(1);
  bench.start();
  const Thread& thread = bench.enter({run(20us)});
  bench.pass(30us);
  EXPECT_EQ(state, kReady) << "when the submitter's call returned";
  EXPECT_EQ(bench.cpu(1).transaction().state(), kComplete);
  EXPECT_GT(bench.cpu(1).transaction().commit_time(), *submitted);
  EXPECT_EQ(thread.cpu, 1);
}

/// The target's own agent gives its CPU away while another one's decision is left for it.
TEST(GreedyCommit, IsNotHeldAgainstTheBarrierOfTheTargetsAgent) {
  LocalBench bench;
  bool submitted = false;
  bench.attach_decider(0, [&](LocalRuntime& r, const Thread& newcomer) {
    submit(r, bench.request(newcomer, 1, kCommitAtSchedule, 12345));
    submitted = true;
  });
  bench.attach(1, [&](LocalRuntime& r) {
    while (!submitted) r.barrier();
    bench.listen(r);
  });
  bench.start();
  const Thread& thread = bench.enter({run(20us)});
  bench.pass(30us);
  EXPECT_EQ(bench.cpu(1).transaction().state(), kComplete);
  EXPECT_EQ(thread.cpu, 1);
}

TEST(Transaction, ShowsWhoCommitsItMeanwhile) {
  LocalBench bench;
  bench.attach_listener(0);
  bench.attach(2, [&](LocalRuntime& r) {
    r.yield(r.barrier(), 0);
    submit(r, bench.request(bench.newcomer(), 0, kNow));
    bench.listen(r);
  });
  bench.start();
  bench.enter();
  std::vector<TransactionState> states{kComplete};
  bench.on([&](core::Core& by) { bench.kernel.ping(2, by); }, 0ns);
  for (int i = 0; i < 2000; ++i) {
    bench.pass(5ns);
    const TransactionState now = bench.cpu(0).transaction().state();
    if (now != states.back()) states.push_back(now);
  }
  EXPECT_EQ(states, (std::vector<TransactionState>{kComplete, kReady, 2, kComplete}));
}

TEST(CommitAtTick, TakesWhatWasLeftWithoutACallIfTheEnclaveWantsThat) {
  for (const bool wanted : {false, true}) {
    LocalBench bench;
    bench.kernel.enclave().tunables.commit_at_tick = wanted;
    Script second({run(20us)});
    bench.attach_decider(0, [&](LocalRuntime& r, const Thread& newcomer) {
      submit(r, bench.request(newcomer, 1, kNow));
    });
    bench.attach_listener(1);
    bench.start();
    bench.enter({run(5ms)});
    const Thread& left = bench.enter(second);
    bench.cpu(1).transaction().open(bench.request(left, 1, 0).transaction);
    bench.sim.run_until(Time{999us});
    EXPECT_TRUE(second.asked.empty());
    bench.pass(100us);
    EXPECT_EQ(second.asked.empty(), !wanted);
  }
}

TEST(CommitAtSchedule, WaitsUntilNothingBetterRuns) {
  LocalBench bench;
  Thread* first = nullptr;
  Thread* second = nullptr;
  bench.attach(0, [&](LocalRuntime& r) {
    while (second == nullptr) r.yield(r.barrier(), 0);
    bench.drain(r);
    submit(r, bench.request(*first, 1, kNow));
    submit(r, bench.request(*second, 1, kCommitAtSchedule));
    bench.listen(r);
  });
  bench.attach_listener(1);
  bench.start();
  first = &bench.enter({run(40us)});
  second = &bench.enter({run(20us)});
  bench.on([&](core::Core& by) { bench.kernel.ping(0, by); });
  bench.pass(20us);
  EXPECT_EQ(bench.cpu(1).transaction().state(), kReady);
  bench.pass(30us);
  EXPECT_TRUE(second->status.has(StatusWord::kOnCpu));
  EXPECT_EQ(bench.types(0).back(), Type::kTaskBlocked);
}

TEST(Batch, CommitsTheOwnCpuLastAndPoisonsItAfterAFailure) {
  for (const bool fails : {false, true}) {
    LocalBench bench;
    Script a({run(20us)});
    Thread* mine = nullptr;
    Thread* other = nullptr;
    std::vector<RunRequest> requests;
    bool kept = false;
    bench.attach(1, [&](LocalRuntime& r) {
      while (other == nullptr) r.yield(r.barrier(), 0);
      const Barrier sample = r.barrier();
      requests = {bench.request(*mine, 1, kNow, sample), bench.request(*other, 0, kNow)};
      if (fails) ++requests[1].transaction.task_barrier;
      r.submit(requests);
      kept = Time{r.now()} < Time{60us};
      bench.listen(r);
    });
    bench.attach_listener(0);
    bench.start();
    mine = &bench.enter(a);
    other = &bench.enter({run(20us)});
    bench.on([&](core::Core& by) { bench.kernel.ping(1, by); });
    bench.pass(100us);
    EXPECT_EQ(requests[1].state, fails ? kTargetStale : kComplete);
    EXPECT_EQ(requests[0].state, fails ? kPoisoned : kComplete);
    EXPECT_EQ(a.asked.empty(), fails);
    EXPECT_EQ(kept, fails);
  }
}

TEST(TransactionSlot, IsAbortedOnlyWhileReady) {
  TransactionSlot slot;
  EXPECT_FALSE(slot.abort());
  slot.open({.target = kIdle});
  EXPECT_TRUE(slot.abort());
  EXPECT_EQ(slot.state(), kAborted);
  slot.open({.target = kIdle});
  slot.claim(3);
  EXPECT_EQ(slot.state(), 3);
  EXPECT_FALSE(slot.abort());
}

TEST(TransactionSlot, MustNotBeOpenedWhileItsTransactionIsUnderWay) {
  TransactionSlot slot;
  slot.open({.target = kIdle});
  EXPECT_DEATH(slot.open({.target = kIdle}), "committed");
}

// The agent comes first (6.2)

TEST(LocalAgent, TakesTheCpuOfAThreadWhichIsToldInTheSameTurn) {
  LocalBench bench;
  bench.attach_decider(0, [&](LocalRuntime& r, const Thread& newcomer) {
    submit(r, bench.request(newcomer, 0, kNow, r.barrier()));
  });
  bench.start();
  const Thread& thread = bench.enter({run(100us)});
  bench.pass(10us);
  bench.on([&](core::Core& by) { bench.kernel.ping(0, by); });
  EXPECT_EQ(bench.types(0), (std::vector{Type::kTaskNew, Type::kTaskPreempt}));
  EXPECT_FALSE(thread.status.has(StatusWord::kOnCpu));
}

TEST(LocalAgent, ComesBeforeTheFairClassAndSeesThatItWantsTheCpu) {  // 4 BOOST_PRIO
  LocalBench bench;
  std::vector<bool> boosts;
  bench.attach(0, [&](LocalRuntime& r) {
    for (;;) {
      boosts.push_back(r.boost_priority());
      r.yield(r.barrier(), boosts.back() ? kRtlaOnIdle : 0u);
    }
  });
  bench.start();
  Thread& thread = bench.enter_fair({run(100us)}, 0);
  bench.pass(10us);
  bench.on([&](core::Core& by) { bench.kernel.ping(0, by); });
  EXPECT_TRUE(boosts.back());
  EXPECT_EQ(bench.cpu(0).current(), &thread) << "it has left";
  EXPECT_FALSE(bench.cpu(0).agent().status.has(StatusWord::kCpuAvailable));
  bench.pass(200us);
  EXPECT_EQ(thread.status.runtime, 100us);
  EXPECT_TRUE(bench.cpu(0).agent().status.has(StatusWord::kCpuAvailable));
  EXPECT_FALSE(boosts.back()) << "it has come back to an idle CPU";
}

TEST(ReturnToAgent, OnTheEdgesThatTheDecisionNames) {  // 6.6
  struct Case {
    std::uint32_t flag;
    Step last;
  };
  for (const Case& c :
       {Case{0, block()}, Case{kRtlaOnBlocked, block()}, Case{kRtlaOnYield, yield()},
        Case{kRtlaOnYield, block()}, Case{kRtlaOnIdle, block()}}) {
    LocalBench bench;
    bench.agents.queues[0].wake_up = {kNoCpu, kNoCpu};  // a polled queue wakes nobody
    bool back = false;
    bench.attach_decider(0, [&](LocalRuntime& r, const Thread& newcomer) {
      submit(r, bench.request(newcomer, 0, kNow, r.barrier(), c.flag));
      back = true;
    });
    bench.start();
    bench.enter({run(20us), c.last});
    bench.on([&](core::Core& by) { bench.kernel.ping(0, by); });
    EXPECT_FALSE(back);
    bench.pass(50us);
    const bool wanted = c.flag == kRtlaOnIdle ||
                        (c.flag == kRtlaOnBlocked && c.last.kind == Step::Kind::kBlock) ||
                        (c.flag == kRtlaOnYield && c.last.kind == Step::Kind::kYield);
    EXPECT_EQ(back, wanted) << c.flag;
  }
}

TEST(ReturnToAgent, WhenTheFairClassTakesTheCpuFromWhatTheDecisionPutThere) {  // 6.6
  for (const bool wanted : {false, true}) {
    LocalBench bench;
    bench.agents.queues[0].wake_up = {kNoCpu, kNoCpu};
    std::optional<bool> boost;
    bench.attach_decider(0, [&](LocalRuntime& r, const Thread& newcomer) {
      submit(r, bench.request(newcomer, 0, kNow, r.barrier(),
                              wanted ? kRtlaOnPreempt : kRtlaOnBlocked));
      boost = r.boost_priority();
    });
    bench.start();
    bench.enter({run(200us)});
    bench.on([&](core::Core& by) { bench.kernel.ping(0, by); });
    const Thread& fair = bench.enter_fair({run(50us)}, 0);
    bench.pass(10us);
    EXPECT_EQ(boost.has_value(), wanted) << "before the thread of the other class";
    EXPECT_TRUE(boost.value_or(true));
    bench.pass(100us);
    EXPECT_EQ(fair.status.runtime, 50us);
  }
}

TEST(Latched, PreemptionByTheAgentCanWaitForTheTick) {  // 3 DEFER_LATCHED_PREEMPTION_BY_AGENT
  for (const bool defer : {false, true}) {
    LocalBench bench;
    Script body({run(20us)});
    bench.attach_decider(0, [&](LocalRuntime& r, const Thread& newcomer) {
      submit(r, bench.request(newcomer, 1, kNow | (defer ? kDeferLatchedPreemptionByAgent : 0u)));
      r.ping(1);
    });
    bench.attach_listener(1);
    bench.start();
    bench.enter(body);
    bench.pass(100us);
    EXPECT_EQ(body.asked.size() > 0, defer) << "the latch outlives the agent's turn";
    const auto told = bench.types(0);
    EXPECT_EQ(std::count(told.begin(), told.end(), Type::kTaskPreempt), defer ? 0 : 1);
  }
}

/// The agent is busy from some microseconds on; the tick comes after a millisecond.
TEST(Latched, PreemptionThatWaitsComesWithTheTick) {
  for (const Duration until : {900us, 1100us}) {
    LocalBench bench;
    Script body({run(20us)});
    bench.attach_decider(0, [&](LocalRuntime& r, const Thread& newcomer) {
      submit(r, bench.request(newcomer, 1, kNow | kDeferLatchedPreemptionByAgent));
      r.ping(1);
    });
    bench.attach(1, [&](LocalRuntime& r) {
      r.yield(r.barrier(), 0);
      while (r.now() < until) r.charge(wave::Work::kDecide);
      bench.listen(r);
    });
    bench.start();
    bench.enter(body);
    bench.sim.run_until(Time{1200us});
    const bool at_tick = until > 1ms;
    EXPECT_EQ(body.asked.empty(), at_tick);
    const auto told = bench.types(0);
    EXPECT_EQ(std::count(told.begin(), told.end(), Type::kTaskPreempt), at_tick ? 1 : 0);
  }
}

/// An interrupt tells a CPU whose agent is at work that something is to run there: not while the
/// agent has the CPU.
TEST(Latched, IsGivenUpByACpuWhoseAgentIsAtWork) {
  for (const std::uint32_t flags : {std::uint32_t{kNow}, 0u}) {  // at once, and by the CPU itself
    LocalBench bench;
    Script body({run(20us)});
    std::optional<TransactionState> later;
    bench.attach_decider(0, [&](LocalRuntime& r, const Thread& newcomer) {
      r.ping(1);
      while (Time{r.now()} < Time{100us}) r.charge(wave::Work::kDecide);
      submit(r, bench.request(newcomer, 1, flags));
    });
    bench.attach(1, [&](LocalRuntime& r) {
      r.yield(r.barrier(), 0);
      while (Time{r.now()} < Time{300us}) {
        r.charge(wave::Work::kDecide);
        r.barrier();
      }
      later = bench.cpu(1).transaction().state();
      bench.listen(r);
    });
    bench.start();
    bench.enter(body);
    bench.pass(500us);
    EXPECT_EQ(later, kComplete);
    EXPECT_EQ(bench.newcomer().latched_on, kNoCpu);
    EXPECT_TRUE(body.asked.empty());
    EXPECT_EQ(bench.types(0), (std::vector{Type::kTaskNew, Type::kTaskPreempt}));
    EXPECT_TRUE(bench.cpu(1).has_agent());
  }
}

/// That its CPU is to idle is said of the CPU without its agent.
TEST(Latched, IdlenessEndsWithTheAgentsTurn) {
  LocalBench bench;
  bool back = false;
  bench.attach_decider(0, [&](LocalRuntime& r, const Thread&) {
    r.ping(1);
    while (Time{r.now()} < Time{40us}) r.charge(wave::Work::kDecide);
    submit(r, {.cpu = 1, .transaction = {.target = kIdle, .commit_flags = kNow}});
  });
  bench.attach(1, [&](LocalRuntime& r) {
    r.yield(r.barrier(), 0);
    while (Time{r.now()} < Time{60us}) r.charge(wave::Work::kDecide);
    bench.drain(r);
    r.yield(r.barrier(), kRtlaOnIdle);
    back = true;
    bench.listen(r);
  });
  bench.start();
  bench.enter({run(20us)});
  bench.pass(300us);
  EXPECT_TRUE(back);
}

// The agent's end (5.3 NO_AGENT)

TEST(LocalAgent, ThatHasLeftTakesNoDecisions) {
  for (const bool killed : {false, true}) {
    LocalBench bench;
    bench.attach_listener(0);
    bench.attach_listener(1);
    bench.start();
    bench.on([&](core::Core& by) {
      if (killed)
        bench.cpu(1).kill_agent(by);
      else
        bench.runtimes[1].ask_to_leave(by);
    });
    EXPECT_FALSE(bench.cpu(1).has_agent());
    TransactionState state = kReady;
    bench.on(
        [&](core::Core& by) { state = bench.kernel.commit({.target = kIdle}, bench.cpu(1), by); });
    EXPECT_EQ(state, kNoAgent);
  }
}

TEST(LocalAgent, ThatSpinsWithoutCallingTheKernelCanBeKilled) {
  LocalBench bench;
  bench.attach(0, [&](LocalRuntime& r) {
    for (Barrier last = r.barrier();;) last = std::max(last, r.barrier());
  });
  bench.start();
  bench.on([&](core::Core& by) { bench.cpu(0).kill_agent(by); });
  EXPECT_FALSE(bench.cpu(0).has_agent());
}

TEST(LocalAgent, ThatLeavesGivesBackWhatWasToOutliveItsTurn) {  // 3 PREEMPT: agent exit
  LocalBench bench;
  Script body({run(20us)});
  bench.attach_decider(0, [&](LocalRuntime& r, const Thread& newcomer) {
    submit(r, bench.request(newcomer, 1, kNow | kDeferLatchedPreemptionByAgent));
    bench.cpu(1).kill_agent(bench.cpu(0).core());
  });
  bench.attach_listener(1);
  bench.start();
  bench.enter(body);
  bench.pass(100us);
  EXPECT_EQ(bench.types(0), (std::vector{Type::kTaskNew, Type::kTaskPreempt}));
  EXPECT_EQ(bench.heard.back().message.flags, Message::kWasLatched);
  EXPECT_TRUE(body.asked.empty());
}

TEST(LocalAgent, ThatIsKilledCanBeReplaced) {
  LocalBench bench;
  bench.attach_listener(0);
  bench.start();
  bench.on([&](core::Core& by) { bench.cpu(0).kill_agent(by); });
  bench.attach_listener(0);
  bench.on([&](core::Core& by) { bench.cpu(0).reschedule(by); });
  bench.enter();
  EXPECT_EQ(bench.types(0), (std::vector{Type::kTaskNew}));
}

// Queues (7)

TEST(Associate, SaysWhyNotAndWhatItFound) {
  LocalBench bench;
  bench.attach_listener(0);
  bench.start();
  Thread& thread = bench.enter();
  using Result = Association::Result;
  Queue& other = bench.agents.queues[1];
  bench.on([&](core::Core& by) {
    Kernel& k = bench.kernel;
    EXPECT_EQ(k.associate(make_gtid(77, 1), other, 0, by).result, Result::kNoThread);
    EXPECT_EQ(k.associate(thread.gtid, other, 0, by).result, Result::kStale);
    const Association moved = k.associate(thread.gtid, other, thread.status.barrier, by);
    EXPECT_EQ(moved.result, Result::kDone);
    EXPECT_FALSE(moved.was_there);
    EXPECT_FALSE(moved.new_pending);
    EXPECT_TRUE(k.associate(thread.gtid, other, thread.status.barrier, by).was_there);
    thread.new_message_due = true;
    EXPECT_TRUE(k.associate(thread.gtid, other, thread.status.barrier, by).new_pending);
    thread.new_message_due = false;
    k.set_class(thread, SchedulingClass::kFair, by, nullptr);
    EXPECT_EQ(k.associate(thread.gtid, other, thread.status.barrier, by).result, Result::kNoThread);
  });
}

TEST(Associate, OfAnAgentComparesItsOwnBarrier) {
  LocalBench bench;
  bench.attach_listener(0);
  bench.start();
  bench.on([&](core::Core& by) {
    const Barrier now = bench.cpu(0).agent_barrier();
    using Result = Association::Result;
    Queue& other = bench.agents.queues[1];
    EXPECT_EQ(bench.kernel.associate(make_gtid(1, 1), other, now + 1, by).result, Result::kStale);
    EXPECT_EQ(bench.kernel.associate(make_gtid(1, 1), other, now, by).result, Result::kDone);
  });
}

TEST(Queue, WakesTheAgentWhereItHappenedElseTheFirstOfTwo) {  // 3
  LocalBench bench;
  for (int c = 0; c < LocalBench::kCpus; ++c) bench.attach_listener(c);
  bench.start();
  bench.agents.queues[0].wake_up = {1, 2};
  EXPECT_EQ(bench.agents.queues[0].wakes(2), 2);
  EXPECT_EQ(bench.agents.queues[0].wakes(1), 1);
  EXPECT_EQ(bench.agents.queues[0].wakes(0), 1);
  const Barrier first = bench.cpu(1).agent_barrier();
  const Barrier second = bench.cpu(2).agent_barrier();
  bench.enter();
  EXPECT_EQ(bench.cpu(1).agent_barrier(), first + 1);
  EXPECT_EQ(bench.cpu(2).agent_barrier(), second);
}

TEST(Queue, WakesAnAgentThatIsNewOnItsListOnce) {
  LocalBench bench;
  for (int c = 0; c < LocalBench::kCpus; ++c) bench.attach_listener(c);
  bench.start();
  const Barrier before = bench.cpu(2).agent_barrier();
  for (int i = 0; i < 2; ++i)
    bench.on([&](core::Core& by) { bench.kernel.set_wake_up(bench.agents.queues[0], {0, 2}, by); });
  EXPECT_EQ(bench.cpu(2).agent_barrier(), before + 1);
}

TEST(AgentMessages, AreSentOnlyWhenWanted) {  // 3 AGENT_BLOCKED, AGENT_WAKEUP
  for (const bool wanted : {false, true}) {
    LocalBench bench;
    bench.kernel.enclave().tunables.deliver_agent_runnability = wanted;
    bench.attach_listener(0);
    bench.attach_listener(1);
    bench.start();
    bench.heard.clear();
    bench.on([&](core::Core& by) { bench.kernel.ping(1, by); });
    bench.pass(10us);
    const std::vector<Type> expected{Type::kAgentWakeup, Type::kAgentBlocked};
    EXPECT_EQ(bench.types(0), wanted ? expected : std::vector<Type>{});
  }
}

/// The message is sent by the CPU itself on its way into idleness.
TEST(CpuAvailable, WakesTheCpusOwnAgent) {
  LocalBench bench;
  bench.kernel.enclave().tunables.deliver_cpu_availability = true;
  bench.attach_listener(0);
  bench.start();
  bench.enter_fair({run(10us)}, 0);
  bench.pass(50us);
  const auto told = bench.types(0);
  EXPECT_EQ(std::ranges::count(told, Type::kCpuBusy), 1);
  EXPECT_EQ(std::ranges::count(told, Type::kCpuAvailable), 1);
  EXPECT_EQ(told.back(), Type::kCpuAvailable);
}

}  // namespace
}  // namespace scheduling
