// SPDX-License-Identifier: Apache-2.0
#include "sim/fiber.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace sim {
namespace {

/// A fiber whose body is handed the fiber.
std::unique_ptr<Fiber> start(Simulation& sim, std::function<void(Fiber&)> body) {
  auto self = std::make_shared<Fiber*>();
  auto fiber = std::make_unique<Fiber>(sim, [self, body = std::move(body)] { body(**self); });
  *self = fiber.get();
  return fiber;
}

TEST(Fiber, SleepsParksAndTimesOut) {
  Simulation sim;
  std::vector<Time> at;
  const auto fiber = start(sim, [&](Fiber& self) {
    self.sleep(5ns);
    at.push_back(sim.now());
    self.park();
    at.push_back(sim.now());
    EXPECT_FALSE(self.park_until(sim.now() + 2ns));
    at.push_back(sim.now());
  });
  sim.after(9ns, [&] { fiber->unpark(); });
  sim.run();
  EXPECT_EQ(at, (std::vector{Time{5ns}, Time{9ns}, Time{11ns}}));
  EXPECT_TRUE(fiber->done());
}

TEST(Fiber, StartsAfterWhatIsAlreadyDue) {
  Simulation sim;
  std::vector<int> order;
  sim.after(0ns, [&] { order.push_back(1); });
  const auto fiber = start(sim, [&](Fiber&) { order.push_back(2); });
  EXPECT_TRUE(order.empty());
  sim.run();
  EXPECT_EQ(order, (std::vector{1, 2}));
}

TEST(Fiber, UsesUpAnUnparkThatCameBeforeItParked) {
  Simulation sim;
  const auto fiber = start(sim, [&](Fiber& self) {
    self.sleep(2ns);
    self.park();
    EXPECT_TRUE(self.park_until(sim.now() + 5ns));
  });
  sim.after(1ns, [&] { fiber->unpark(); });
  sim.after(4ns, [&] { fiber->unpark(); });
  sim.run();
  EXPECT_EQ(sim.now(), Time{4ns});
}

TEST(Fiber, IsUnparkedByWhatWasFiledForItsDeadlineBeforeItParked) {
  Simulation sim;
  bool before = false;
  bool after = true;
  const auto fiber = start(sim, [&](Fiber& self) {
    sim.after(2ns, [&] { self.unpark(); });
    before = self.park_until(sim.now() + 2ns);
    after = self.park_until(sim.now() + 2ns);
  });
  sim.after(1ns, [&] { sim.at(Time{4ns}, [&] {}); });
  sim.run();
  EXPECT_TRUE(before);
  EXPECT_FALSE(after);
}

TEST(Fiber, ForgetsTheDeadlineOnceItIsUnparked) {
  Simulation sim;
  const auto fiber = start(sim, [&](Fiber& self) {
    EXPECT_TRUE(self.park_until(Time{10ns}));
    self.park();
  });
  sim.after(1ns, [&] { fiber->unpark(); });
  sim.run();
  EXPECT_EQ(sim.now(), Time{1ns});
  EXPECT_FALSE(fiber->done());
}

/// Sleeps in nanoseconds, beside closures that are due now and then.
std::vector<Time> sleeps(Simulation& sim, const std::vector<int>& closures) {
  std::vector<Time> at;
  const auto fiber = start(sim, [&](Fiber& self) {
    for (int i = 0; i < 10; ++i) {
      self.sleep(2ns);
      at.push_back(sim.now());
    }
  });
  for (const int ns : closures) sim.at(Time{Duration{ns * 1000}}, [&] { at.push_back(sim.now()); });
  sim.run();
  return at;
}

TEST(Fiber, TakesTurnsWithWhatElseIsDue) {
  Simulation sim;
  const std::vector<Time> at = sleeps(sim, {4, 5, 20, 21});
  ASSERT_EQ(at.size(), 14u);
  EXPECT_TRUE(std::is_sorted(at.begin(), at.end()));
  EXPECT_EQ(sim.events(), 15u);
}

TEST(Fiber, CountsAndHashesASleepAloneLikeAnyOther) {
  Simulation alone;
  sleeps(alone, {});

  Simulation callbacks;
  callbacks.after(0ns, [] {});
  for (int i = 1; i <= 10; ++i) callbacks.after(i * 2ns, [] {});
  callbacks.run();

  EXPECT_EQ(alone.events(), callbacks.events());
  EXPECT_EQ(alone.hash(), callbacks.hash());
}

TEST(Fiber, SeesWhatItFiledItselfBeforeItsOwnWakeUp) {
  Simulation sim;
  std::vector<int> order;
  const auto fiber = start(sim, [&](Fiber& self) {
    self.sleep(1ns);
    sim.after(2ns, [&] { order.push_back(1); });
    sim.after(0ns, [&] { order.push_back(0); });
    self.sleep(2ns);
    order.push_back(2);
    self.sleep(0ns);
    order.push_back(3);
  });
  sim.run();
  EXPECT_EQ(order, (std::vector{0, 1, 2, 3}));
}

TEST(Fiber, DoesNotSleepPastTheEndOfTheRun) {
  Simulation sim;
  int wakes = 0;
  const auto fiber = start(sim, [&](Fiber& self) {
    for (;;) {
      self.sleep(2ns);
      ++wakes;
    }
  });
  sim.run_until(Time{5ns});
  EXPECT_EQ(wakes, 2);
  EXPECT_EQ(sim.now(), Time{5ns});
}

TEST(Fiber, StopsTheRunAtItsNextWait) {
  Simulation sim;
  int wakes = 0;
  const auto fiber = start(sim, [&](Fiber& self) {
    for (;;) {
      self.sleep(2ns);
      if (++wakes == 3) sim.stop();
    }
  });
  sim.run();
  EXPECT_EQ(wakes, 3);
}

struct Leaving {
  std::vector<std::string>& log;
  const char* name;
  ~Leaving() { log.push_back(name); }
};

TEST(Fiber, DestroyedWhileItSleepsUnwindsItsStack) {
  Simulation sim;
  std::vector<std::string> log;
  auto fiber = start(sim, [&](Fiber& self) {
    const Leaving outer{log, "outer"};
    [&] {
      const Leaving inner{log, "inner"};
      self.sleep(10ns);
      log.push_back("not reached");
    }();
  });
  sim.run_until(Time{1ns});
  fiber.reset();
  EXPECT_EQ(log, (std::vector<std::string>{"inner", "outer"}));
  EXPECT_TRUE(sim.idle());
}

TEST(Fiber, DestroyedByAnotherWhileParkedOrReadyUnwindsItsStack) {
  Simulation sim;
  std::vector<std::string> log;
  auto parked = start(sim, [&](Fiber& self) {
    const Leaving here{log, "parked"};
    self.park_until(Time{50ns});
  });
  auto ready = start(sim, [&](Fiber& self) {
    const Leaving here{log, "ready"};
    self.park();
    log.push_back("not reached");
  });
  const auto killer = start(sim, [&](Fiber& self) {
    self.sleep(1ns);
    parked.reset();
    ready->unpark();
    ready.reset();
    self.sleep(1ns);
    log.push_back("killer");
  });
  sim.run();
  EXPECT_EQ(log, (std::vector<std::string>{"parked", "ready", "killer"}));
  EXPECT_EQ(sim.now(), Time{2ns});
}

TEST(Fiber, DestroyedBeforeItStartedNeverRuns) {
  Simulation sim;
  auto fiber = start(sim, [](Fiber&) { FAIL(); });
  fiber.reset();
  sim.run();
  EXPECT_EQ(sim.events(), 0u);
}

TEST(Fiber, UsesStacksAgain) {
  Simulation sim;
  int finished = 0;
  for (int round = 0; round < 100; ++round) {
    std::vector<std::unique_ptr<Fiber>> fibers;
    for (int i = 0; i < 20; ++i) {
      fibers.push_back(start(sim, [&](Fiber& self) {
        volatile char scratch[8000] = {};
        self.sleep(1ns);
        finished += scratch[4000] == 0 ? 1 : 0;
        if (finished % 3 == 0) self.park();
      }));
    }
    sim.run();
  }
  EXPECT_EQ(finished, 2000);
}

TEST(Fiber, EndsTheRunWithWhatItThrowsAndDoesNotCatch) {
  Simulation sim;
  bool later = false;
  sim.after(2ns, [&] { later = true; });
  const auto fiber = start(sim, [](Fiber& self) {
    self.sleep(1ns);
    throw std::runtime_error("from a fiber");
  });
  try {
    sim.run();
    FAIL() << "nothing was thrown";
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(), "from a fiber");
  }
  EXPECT_TRUE(fiber->done());
  EXPECT_EQ(sim.now(), Time{1ns});
  EXPECT_FALSE(later);
}

TEST(Fiber, ThrowsAndCatchesOnItsOwnStack) {
  Simulation sim;
  int caught = 0;
  const auto body = [&](Fiber& self) {
    for (int i = 0; i < 3; ++i) {
      try {
        self.sleep(1ns);
        throw i;
      } catch (int) {
        ++caught;
      }
    }
  };
  const auto one = start(sim, body);
  const auto other = start(sim, body);
  sim.run();
  EXPECT_EQ(caught, 6);
}

TEST(FiberDeathTest, MayOnlyBeMadeToWaitByItsOwnBody) {
  Simulation sim;
  const auto fiber = start(sim, [](Fiber& self) { self.park(); });
  EXPECT_DEATH(fiber->sleep(1ns), "broken promise");
  const auto other = start(sim, [&](Fiber&) { fiber->sleep(1ns); });
  EXPECT_DEATH(sim.run(), "broken promise");
}

}  // namespace
}  // namespace sim
