// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <gtest/gtest.h>
#include <memory>
#include <vector>

#include "sim/fiber.h"
#include "sim/process.h"
#include "sim/simulation.h"

namespace sim {
namespace {

constexpr int kWakeUps = 300;

/// Many ties, many waits for nothing, now and then a long one.
Duration gap(int who, int step) {
  const int x = (who * 7 + step * 13) % 11;
  return Duration{x == 0 ? 50 : x % 4};
}

std::uint64_t name(int who, int step) {
  return static_cast<std::uint64_t>(who) * 1000 + static_cast<std::uint64_t>(step);
}

struct Outcome {
  explicit Outcome(const Simulation& sim) : events(sim.events()), hash(sim.hash()) {}
  std::uint64_t events;
  std::uint64_t hash;
  bool operator==(const Outcome&) const = default;
};

/// One who waits over and over, as closures: no shortcut applies to them.
void wait_as_closure(Simulation& sim, int who, int step) {
  if (step == kWakeUps) return;
  sim.after(gap(who, step), [&sim, who, step] {
    sim.note(name(who, step));
    wait_as_closure(sim, who, step + 1);
  });
}

Process wait_as_process(Simulation& sim, int who) {
  for (int step = 0; step < kWakeUps; ++step) {
    co_await delay(sim, gap(who, step));
    sim.note(name(who, step));
  }
}

void wait_as_fiber(Simulation& sim, Fiber& self, int who) {
  for (int step = 0; step < kWakeUps; ++step) {
    if (step % 3 == 0)
      EXPECT_FALSE(self.park_until(sim.now() + gap(who, step)));
    else
      self.sleep(gap(who, step));
    sim.note(name(who, step));
  }
}

/// Runs in slices, so that some waits end a slice.
Outcome run_in_slices(Simulation& sim) {
  while (!sim.idle()) sim.run_until(sim.now() + Duration{7});
  return Outcome(sim);
}

Outcome with_closures(int count, bool started_by_entry) {
  Simulation sim;
  for (int who = 0; who < count; ++who) {
    if (started_by_entry)
      sim.after(0ns, [&sim, who] { wait_as_closure(sim, who, 0); });
    else
      wait_as_closure(sim, who, 0);
  }
  return run_in_slices(sim);
}

Outcome with_processes(int count) {
  Simulation sim;
  std::vector<Process> processes;
  for (int who = 0; who < count; ++who) processes.push_back(wait_as_process(sim, who));
  return run_in_slices(sim);
}

Outcome with_fibers(int count) {
  Simulation sim;
  std::vector<std::unique_ptr<Fiber>> fibers(static_cast<std::size_t>(count));
  for (int who = 0; who < count; ++who) {
    auto& self = fibers[static_cast<std::size_t>(who)];
    self = std::make_unique<Fiber>(sim, [&sim, &self, who] { wait_as_fiber(sim, *self, who); });
  }
  return run_in_slices(sim);
}

class Shortcut : public testing::TestWithParam<int> {};

TEST_P(Shortcut, LeavesProcessesIndistinguishableFromClosures) {
  EXPECT_EQ(with_processes(GetParam()), with_closures(GetParam(), false));
}

TEST_P(Shortcut, LeavesFibersIndistinguishableFromClosures) {
  EXPECT_EQ(with_fibers(GetParam()), with_closures(GetParam(), true));
}

INSTANTIATE_TEST_SUITE_P(Waiting, Shortcut, testing::Values(1, 2, 3, 20, 100));

}  // namespace
}  // namespace sim
