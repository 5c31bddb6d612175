// SPDX-License-Identifier: Apache-2.0
#include "sim/simulation.h"

#include <gtest/gtest.h>
#include <vector>

#include "sim/fiber.h"
#include "sim/process.h"

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

Process twice(Simulation& sim, std::vector<Time>& at) {
  co_await delay(sim, 3ns);
  at.push_back(sim.now());
  co_await delay(sim, 4ns);
  at.push_back(sim.now());
}

TEST(Process, WaitsForAsLongAsItSays) {
  Simulation sim;
  std::vector<Time> at;
  const Process p = twice(sim, at);
  sim.run();
  EXPECT_EQ(at, (std::vector{Time{3ns}, Time{7ns}}));
  EXPECT_TRUE(p.done());
}

TEST(Fiber, SleepsParksAndTimesOut) {
  Simulation sim;
  std::vector<Time> at;
  Fiber* self = nullptr;
  Fiber fiber(sim, [&] {
    self->sleep(5ns);
    at.push_back(sim.now());
    self->park();
    at.push_back(sim.now());
    EXPECT_FALSE(self->park_until(sim.now() + 2ns));
    at.push_back(sim.now());
  });
  self = &fiber;
  sim.after(9ns, [&] { fiber.unpark(); });
  sim.run();
  EXPECT_EQ(at, (std::vector{Time{5ns}, Time{9ns}, Time{11ns}}));
  EXPECT_TRUE(fiber.done());
}

}  // namespace
}  // namespace sim
