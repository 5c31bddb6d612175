// SPDX-License-Identifier: Apache-2.0
#include "subsystems/scheduling/policies/multi_queue_shinjuku.h"

#include <gtest/gtest.h>

namespace scheduling {
namespace {

using namespace std::chrono_literals;
using Why = Policy::Why;

constexpr std::uint64_t kGet = 0, kRange = 1;

/// GETs are to take 100 us, range queries 10 ms.
struct ClassBench {
  MultiQueueShinjuku policy{30us, {100us, 10ms}};

  void arrives(ThreadId thread, std::uint64_t request_class, Instant at) {
    policy.word(thread, request_class);
    policy.runnable(thread, Why::kWoken, at);
  }
};

TEST(MultiQueueShinjuku, ServesAClassInTheOrderInWhichItsThreadsCame) {
  ClassBench bench;
  bench.arrives(4, kGet, 0us);
  bench.arrives(2, kGet, 1us);
  EXPECT_EQ(bench.policy.pick(0, 2us), 4);
  EXPECT_EQ(bench.policy.pick(0, 2us), 2);
  EXPECT_EQ(bench.policy.pick(0, 2us), std::nullopt);
}

/// The range query has waited 1 ms of its 10 ms, the GET w of its 100 us: equal at w = 10 us.
TEST(MultiQueueShinjuku, ServesTheHeadThatHasWaitedTheLargestPartOfItsSlo) {
  for (const auto& [get_came, first] : {std::pair{Instant{990us + 1ns}, 1}, {990us - 1ns, 2}}) {
    ClassBench bench;
    bench.arrives(1, kRange, 0us);
    bench.arrives(2, kGet, get_came);
    EXPECT_EQ(bench.policy.pick(0, 1ms), first);
    EXPECT_EQ(bench.policy.pick(0, 1ms), 3 - first);
  }
}

TEST(MultiQueueShinjuku, LooksAtHeadsOnly) {
  ClassBench bench;
  bench.arrives(1, kGet, 0us);
  EXPECT_EQ(bench.policy.pick(0, 0us), 1);
  bench.arrives(2, kGet, 995us);
  bench.policy.runnable(1, Why::kPreempted, 996us);  // overdue, but behind thread 2
  bench.arrives(3, kRange, 0us);
  EXPECT_EQ(bench.policy.pick(0, 1ms), 3);
}

TEST(MultiQueueShinjuku, PutsAPreemptedThreadToTheTailWithItsFirstArrival) {
  ClassBench bench;
  bench.arrives(1, kRange, 0us);
  EXPECT_EQ(bench.policy.pick(0, 0us), 1);
  bench.arrives(2, kRange, 20us);
  bench.policy.runnable(1, Why::kPreempted, 30us);
  EXPECT_EQ(bench.policy.pick(0, 30us), 2) << "the head, though thread 1 came before";
  // Thread 1 has waited 5 ms of 10 ms since it came: as much as a GET in 50 us.
  bench.arrives(3, kGet, 5ms - 49us);
  EXPECT_EQ(bench.policy.pick(0, 5ms), 1);
}

TEST(MultiQueueShinjuku, StartsAgainWithTheNextRequestOfTheSameThread) {
  ClassBench bench;
  bench.arrives(1, kRange, 0us);
  EXPECT_EQ(bench.policy.pick(0, 0us), 1);
  bench.arrives(1, kGet, 9ms);
  bench.arrives(2, kRange, 8ms);
  EXPECT_EQ(bench.policy.pick(0, 9ms + 1us), 2) << "0.1001 of its SLO against 0.01";
}

TEST(MultiQueueShinjuku, TakesAnUnknownClassForTheLast) {
  ClassBench bench;
  bench.arrives(1, 7, 0us);
  bench.arrives(2, kGet, 0us);
  EXPECT_EQ(bench.policy.pick(0, 10us), 2);
  EXPECT_EQ(bench.policy.pick(0, 10us), 1);
}

TEST(MultiQueueShinjuku, ForgetsAThreadThatIsGone) {
  ClassBench bench;
  bench.arrives(1, kRange, 0us);
  bench.arrives(2, kRange, 0us);
  bench.policy.gone(1);
  EXPECT_EQ(bench.policy.pick(0, 1us), 2);
  EXPECT_EQ(bench.policy.pick(0, 1us), std::nullopt);
}

}  // namespace
}  // namespace scheduling
