// SPDX-License-Identifier: Apache-2.0
#include "sim/process.h"

#include <gtest/gtest.h>
#include <vector>

namespace sim {
namespace {

Process ticks(Simulation& sim, Duration period, int count, std::vector<Time>& at) {
  for (int i = 0; i < count; ++i) {
    co_await delay(sim, period);
    at.push_back(sim.now());
  }
}

TEST(Process, WaitsForAsLongAsItSays) {
  Simulation sim;
  std::vector<Time> at;
  const Process p = ticks(sim, 3ns, 2, at);
  EXPECT_FALSE(p.done());
  sim.run();
  EXPECT_EQ(at, (std::vector{Time{3ns}, Time{6ns}}));
  EXPECT_TRUE(p.done());
}

TEST(Process, RunsInTurnWithOthersInTheOrderOfFiling) {
  Simulation sim;
  std::vector<Time> at;
  const Process slow = ticks(sim, 3ns, 2, at);
  const Process fast = ticks(sim, 2ns, 3, at);
  sim.run();
  EXPECT_EQ(at, (std::vector{Time{2ns}, Time{3ns}, Time{4ns}, Time{6ns}, Time{6ns}}));
}

TEST(Process, DestroyedWhileItWaitsLeavesNothingBehind) {
  Simulation sim;
  std::vector<Time> at;
  {
    const Process p = ticks(sim, 3ns, 2, at);
    sim.run_until(Time{4ns});
  }
  EXPECT_TRUE(sim.idle());
  sim.run();
  EXPECT_EQ(at, (std::vector{Time{3ns}}));
}

TEST(Process, NeverMovesTheClockOfWhoeverStartsIt) {
  Simulation sim;
  std::vector<Time> at;
  Process inner;
  sim.after(1ns, [&] {
    inner = ticks(sim, 5ns, 1, at);
    EXPECT_EQ(sim.now(), Time{1ns});
  });
  sim.run();
  EXPECT_EQ(at, (std::vector{Time{6ns}}));
}

Process starter(Simulation& sim, std::vector<Time>& at, Process& inner) {
  co_await delay(sim, 1ns);
  inner = ticks(sim, 5ns, 1, at);
  at.push_back(sim.now());
  co_await delay(sim, 1ns);
  at.push_back(sim.now());
}

TEST(Process, NeverMovesTheClockOfAProcessThatStartsIt) {
  Simulation sim;
  std::vector<Time> at;
  Process inner;
  const Process outer = starter(sim, at, inner);
  sim.run();
  EXPECT_EQ(at, (std::vector{Time{1ns}, Time{2ns}, Time{6ns}}));
}

TEST(Process, DoesNotRunPastTheEndOfTheRun) {
  Simulation sim;
  std::vector<Time> at;
  const Process p = ticks(sim, 2ns, 5, at);
  sim.run_until(Time{5ns});
  EXPECT_EQ(at.size(), 2u);
  EXPECT_EQ(sim.now(), Time{5ns});
}

Process stopper(Simulation& sim, int& runs) {
  for (;;) {
    co_await delay(sim, 1ns);
    if (++runs == 3) sim.stop();
  }
}

TEST(Process, StopsTheRunAtItsNextWait) {
  Simulation sim;
  int runs = 0;
  const Process p = stopper(sim, runs);
  sim.run();
  EXPECT_EQ(runs, 3);
}

TEST(Process, CountsAndHashesLikeCallbacksWhateverRunsBesideIt) {
  Simulation alone;
  std::vector<Time> at;
  const Process p = ticks(alone, 2ns, 4, at);
  alone.run();

  Simulation callbacks;
  for (const Duration d : {2ns, 4ns, 6ns, 8ns}) callbacks.after(d, [] {});
  callbacks.run();

  EXPECT_EQ(alone.events(), callbacks.events());
  EXPECT_EQ(alone.hash(), callbacks.hash());
}

TEST(ProcessDeathTest, RefusesANegativeDelay) {
  Simulation sim;
  std::vector<Time> at;
  EXPECT_DEATH(static_cast<void>(ticks(sim, -1ns, 1, at)), "broken promise");
}

}  // namespace
}  // namespace sim
