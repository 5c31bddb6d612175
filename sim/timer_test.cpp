// SPDX-License-Identifier: Apache-2.0
#include "sim/timer.h"

#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <vector>

namespace sim {
namespace {

TEST(Timer, RunsWhenItIsDueAndIsThenNoLongerArmed) {
  Simulation sim;
  std::vector<Time> at;
  Timer timer(sim, [&] { at.push_back(sim.now()); });
  timer.arm(3ns);
  EXPECT_TRUE(timer.armed());
  EXPECT_EQ(timer.due(), Time{3ns});
  sim.run();
  EXPECT_FALSE(timer.armed());
  EXPECT_EQ(at, (std::vector{Time{3ns}}));
}

TEST(Timer, IsNotArmedWhileItRunsUnlessItArmsItself) {
  Simulation sim;
  int runs = 0;
  std::optional<Timer> timer;
  timer.emplace(sim, [&] {
    EXPECT_FALSE(timer->armed());
    if (++runs == 3) return;
    timer->arm(1ns);
    EXPECT_TRUE(timer->armed());
  });
  timer->arm(1ns);
  sim.run();
  EXPECT_EQ(runs, 3);
  EXPECT_EQ(sim.now(), Time{3ns});
}

TEST(Timer, ArmedAnewForgetsTheInstantBefore) {
  Simulation sim;
  std::vector<Time> at;
  Timer timer(sim, [&] { at.push_back(sim.now()); });
  timer.arm(3ns);
  timer.arm(1ns);
  timer.arm(7ns);
  sim.run();
  EXPECT_EQ(at, (std::vector{Time{7ns}}));
  EXPECT_EQ(sim.events(), 1u);
}

TEST(Timer, ArmedAnewForTheSameInstantGoesToTheEndOfTheLine) {
  Simulation sim;
  std::vector<int> order;
  Timer first(sim, [&] { order.push_back(1); });
  Timer second(sim, [&] { order.push_back(2); });
  first.arm(1ns);
  second.arm(1ns);
  first.arm(1ns);
  sim.run();
  EXPECT_EQ(order, (std::vector{2, 1}));
}

TEST(Timer, CancelledDoesNotRunAndLeavesNothingBehind) {
  Simulation sim;
  Timer timer(sim, [] { FAIL(); });
  timer.cancel();
  timer.arm(3ns);
  timer.cancel();
  timer.cancel();
  EXPECT_FALSE(timer.armed());
  EXPECT_TRUE(sim.idle());
  sim.run();
  EXPECT_EQ(sim.events(), 0u);
  EXPECT_EQ(sim.now(), Time{});
}

TEST(Timer, DestroyedWhileArmedDoesNotRun) {
  Simulation sim;
  auto alive = std::make_shared<int>();
  std::optional<Timer> timer;
  timer.emplace(sim, [alive] { FAIL(); });
  timer->arm(3ns);
  timer.reset();
  EXPECT_EQ(alive.use_count(), 1);
  sim.run();
  EXPECT_EQ(sim.events(), 0u);
}

TEST(Timer, MayDestroyItselfAsTheLastThingItDoes) {
  Simulation sim;
  int runs = 0;
  std::optional<Timer> timer;
  timer.emplace(sim, [&] {
    ++runs;
    sim.after(1ns, [&] { ++runs; });
    timer.reset();
  });
  timer->arm(1ns);
  sim.run();
  EXPECT_EQ(runs, 2);
}

TEST(Timer, LeavesTheSlotOfARunningClosureToTheNextClosureOnly) {
  Simulation sim;
  std::vector<int> order;
  Timer timer(sim, [&] { order.push_back(2); });
  sim.after(1ns, [&] {
    timer.arm(1ns);
    sim.after(2ns, [&] { order.push_back(3); });
    timer.cancel();
    timer.arm(1ns);
    order.push_back(1);
  });
  sim.run();
  EXPECT_EQ(order, (std::vector{1, 2, 3}));
}

TEST(TimerDeathTest, MayNotOutliveItsSimulation) {
  EXPECT_DEATH(
      {
        auto sim = std::make_unique<Simulation>();
        Timer timer(*sim, [] {});
        sim.reset();
      },
      "broken promise");
}

}  // namespace
}  // namespace sim
