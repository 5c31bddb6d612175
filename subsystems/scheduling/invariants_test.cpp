// SPDX-License-Identifier: Apache-2.0
#include "subsystems/scheduling/invariants.h"

#include <gtest/gtest.h>

#include "subsystems/scheduling/test_bench.h"

namespace scheduling {
namespace {

using namespace bench;

struct RunningBench : Bench {
  RunningBench() {
    commit(decision(running));
    commit_silently(decision(next));
    EXPECT_EQ(broken(), "");
    is_to_be_sound = false;
  }
  std::string broken() { return Invariants(kernel).broken().value_or(""); }

  Thread& running = enter({run(500us)});
  Thread& next = enter({run(500us)});
};

TEST(Invariants, NameTheThreadThatRunsWhileItIsBlocked) {
  RunningBench bench;
  bench.running.state = Thread::State::kBlocked;
  EXPECT_EQ(bench.broken(), "thread 1 runs though it is not runnable");
}

TEST(Invariants, NameTheThreadThatIsToRunNextAndBelievesOtherwise) {
  RunningBench bench;
  bench.next.latched_on = 1;
  EXPECT_EQ(bench.broken(), "thread 2 believes that it is to run next somewhere");
}

TEST(Invariants, NameTheThreadThatRunsAndDoesNotSaySo) {
  RunningBench bench;
  bench.running.status.clear(StatusWord::kOnCpu);
  EXPECT_EQ(bench.broken(), "thread 1 runs and its status word does not say so");
}

TEST(Invariants, NameTheRunnableThreadThatIsNowhere) {
  RunningBench bench;
  bench.next.scheduled_by = SchedulingClass::kFair;
  EXPECT_EQ(bench.broken(), "thread 2 is runnable and in no queue");
}

TEST(Invariants, NameTheThreadThatIsQueuedThoughItSleeps) {
  RunningBench bench;
  bench.next.fair.queued = true;
  EXPECT_EQ(bench.broken(), "thread 2 is in a queue and should not be");
}

}  // namespace
}  // namespace scheduling
