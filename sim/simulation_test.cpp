// SPDX-License-Identifier: Apache-2.0
#include "sim/simulation.h"

#include <gtest/gtest.h>
#include <memory>
#include <stdexcept>
#include <vector>

namespace sim {
namespace {

template <class T>
concept Addable = requires(T a, T b) {
  a + b;
};
static_assert(!Addable<Time>);

TEST(Simulation, RunsInOrderOfTimeThenOfFiling) {
  Simulation sim;
  std::vector<int> order;
  sim.after(2ns, [&] { order.push_back(3); });
  sim.after(1ns, [&] { order.push_back(1); });
  sim.after(1ns, [&] { order.push_back(2); });
  sim.run();
  EXPECT_EQ(order, (std::vector{1, 2, 3}));
  EXPECT_EQ(sim.now(), Time{2ns});
}

TEST(Simulation, RunsWhatIsFiledForNowAfterWhatWasFiledEarlierForThisInstant) {
  Simulation sim;
  std::vector<int> order;
  sim.after(1ns, [&] {
    sim.after(0ns, [&] { order.push_back(3); });
    order.push_back(1);
  });
  sim.after(1ns, [&] {
    sim.after(0ns, [&] { order.push_back(4); });
    order.push_back(2);
  });
  sim.run();
  EXPECT_EQ(order, (std::vector{1, 2, 3, 4}));
}

TEST(Simulation, KeepsTheOrderOfTimersAndClosuresFiledForNow) {
  Simulation sim;
  std::vector<int> order;
  Timer timer(sim, [&] { order.push_back(2); });
  sim.after(1ns, [&] {
    sim.after(0ns, [&] { order.push_back(1); });
    timer.arm(0ns);
    sim.after(0ns, [&] { order.push_back(3); });
  });
  sim.run();
  EXPECT_EQ(order, (std::vector{1, 2, 3}));
}

TEST(Simulation, RunsUntilAnInstantIncluded) {
  Simulation sim;
  int runs = 0;
  for (const Duration d : {1ns, 2ns, 3ns}) sim.after(d, [&] { ++runs; });
  sim.run_until(Time{2ns});
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(sim.now(), Time{2ns});
  EXPECT_FALSE(sim.idle());
  sim.run_until(Time{10ns});
  EXPECT_EQ(runs, 3);
  EXPECT_EQ(sim.now(), Time{10ns});
  EXPECT_TRUE(sim.idle());
}

TEST(Simulation, StopsAfterThePresentEntryAndCanGoOn) {
  Simulation sim;
  int runs = 0;
  sim.after(1ns, [&] { sim.stop(), sim.after(0ns, [&] { ++runs; }); });
  sim.run();
  EXPECT_EQ(runs, 0);
  sim.run();
  EXPECT_EQ(runs, 1);
}

TEST(Simulation, IsIdleWhileItsLastEntryRuns) {
  Simulation sim;
  bool idle = false;
  sim.after(1ns, [&] { idle = sim.idle(); });
  EXPECT_FALSE(sim.idle());
  sim.run();
  EXPECT_TRUE(idle);
}

TEST(Simulation, DestroysClosuresThatNeverRan) {
  auto alive = std::make_shared<int>();
  {
    Simulation sim;
    for (int i = 0; i < 100; ++i) sim.after(1ns, [alive] {});
    sim.after(0ns, [alive] {});
    EXPECT_EQ(alive.use_count(), 102);
  }
  EXPECT_EQ(alive.use_count(), 1);
}

TEST(Simulation, DestroysAClosureOnceItRan) {
  auto alive = std::make_shared<int>();
  Simulation sim;
  sim.after(1ns, [alive, &sim] { sim.after(0ns, [alive] {}); });
  sim.run();
  EXPECT_EQ(alive.use_count(), 1);
}

TEST(Simulation, GoesOnAfterAnEntryThatThrew) {
  Simulation sim;
  int runs = 0;
  sim.after(1ns, [] { throw std::runtime_error("from a closure"); });
  sim.after(2ns, [&] { ++runs; });
  EXPECT_THROW(sim.run(), std::runtime_error);
  sim.run();
  EXPECT_EQ(runs, 1);
  EXPECT_EQ(sim.events(), 2u);
}

TEST(Simulation, CountsAndHashesWhatItRan) {
  Simulation one;
  Simulation other;
  one.after(1ns, [] {});
  other.after(2ns, [] {});
  one.run();
  other.run();
  EXPECT_EQ(one.events(), 1u);
  EXPECT_NE(one.hash(), other.hash());
  // The same on every compiler, build type and machine.
  EXPECT_EQ(one.hash(), 626981771844474561u);
}

TEST(Simulation, AcceptsTheEndOfTime) {
  Simulation sim;
  int runs = 0;
  sim.at(Time::max(), [&] { ++runs; });
  EXPECT_FALSE(sim.idle());
  sim.run();
  EXPECT_EQ(runs, 1);
}

TEST(SimulationDeathTest, RefusesToRunInsideItself) {
  Simulation sim;
  sim.after(1ns, [&] { sim.run(); });
  EXPECT_DEATH(sim.run(), "broken promise");
}

TEST(SimulationDeathTest, RefusesThePast) {
  Simulation sim;
  sim.run_until(Time{5ns});
  EXPECT_DEATH(sim.at(Time{4ns}, [] {}), "broken promise");
}

}  // namespace
}  // namespace sim
