// SPDX-License-Identifier: Apache-2.0
#include "sim/resource.h"

#include <gtest/gtest.h>
#include <optional>
#include <string>
#include <vector>

#include "sim/process.h"

namespace sim {
namespace {

struct Use {
  int who;
  Time from;
  bool operator==(const Use&) const = default;
};

Process user(Simulation& sim, Resource& resource, std::int64_t units, int who,
             std::vector<Use>& log) {
  co_await resource.acquire(units);
  log.push_back({who, sim.now()});
  co_await delay(sim, 10ns);
  resource.release(units);
}

TEST(Resource, ServesAsManyAtATimeAsItHasUnits) {
  Simulation sim;
  Resource resource(sim, 2);
  std::vector<Use> log;
  std::vector<Process> users;
  for (int i = 0; i < 5; ++i) users.push_back(user(sim, resource, 1, i, log));
  EXPECT_EQ(resource.available(), 0);
  EXPECT_EQ(resource.waiting(), 3u);
  sim.run();
  EXPECT_EQ(log, (std::vector<Use>{
                     {0, Time{}}, {1, Time{}}, {2, Time{10ns}}, {3, Time{10ns}}, {4, Time{20ns}}}));
  EXPECT_EQ(resource.available(), 2);
}

TEST(Resource, LetsNobodyOvertakeALargeRequest) {
  Simulation sim;
  Resource resource(sim, 3);
  std::vector<Use> log;
  const Process a = user(sim, resource, 1, 1, log);
  const Process b = user(sim, resource, 3, 2, log);
  const Process c = user(sim, resource, 1, 3, log);
  EXPECT_EQ(resource.available(), 2);
  sim.run();
  EXPECT_EQ(log, (std::vector<Use>{{1, Time{}}, {2, Time{10ns}}, {3, Time{20ns}}}));
}

TEST(Resource, KeepsUnitsForTheOneItWoke) {
  Simulation sim;
  Resource resource(sim, 1);
  std::vector<Use> log;
  std::optional<Process> late;
  const Process a = user(sim, resource, 1, 1, log);
  const Process b = user(sim, resource, 1, 2, log);
  sim.at(Time{10ns}, [&] { late = user(sim, resource, 1, 3, log); });
  sim.run();
  EXPECT_EQ(log, (std::vector<Use>{{1, Time{}}, {2, Time{10ns}}, {3, Time{20ns}}}));
}

TEST(Resource, PassesOnWhatADestroyedProcessWaitedForOrWasGiven) {
  Simulation sim;
  Resource resource(sim, 2);
  std::vector<Use> log;
  const Process a = user(sim, resource, 1, 1, log);
  std::optional<Process> large = user(sim, resource, 2, 2, log);
  std::optional<Process> given = user(sim, resource, 1, 3, log);
  const Process last = user(sim, resource, 1, 4, log);
  sim.after(1ns, [&] {
    large.reset();  // the head of the line leaves: the next one is served
    EXPECT_EQ(resource.available(), 0);
    given.reset();  // woken, but destroyed before it ran
    EXPECT_EQ(resource.available(), 0);
  });
  sim.run();
  EXPECT_EQ(log, (std::vector<Use>{{1, Time{}}, {4, Time{1ns}}}));
  EXPECT_EQ(resource.available(), 2);
}

TEST(Resource, SaysWhoWaits) {
  Simulation sim;
  Resource resource(sim, 1, "bus");
  std::vector<Use> log;
  const Process a = user(sim, resource, 1, 1, log);
  const Process b = user(sim, resource, 1, 2, log);
  EXPECT_EQ(sim.who_waits(), (std::vector<std::string>{"bus: 1 waiting"}));
  sim.run();
  EXPECT_TRUE(sim.who_waits().empty());
}

TEST(ResourceDeathTest, RefusesWhatCanNeverBe) {
  Simulation sim;
  EXPECT_DEATH(Resource(sim, 0), "broken promise");
  Resource resource(sim, 2);
  EXPECT_DEATH(static_cast<void>(resource.acquire(3)), "broken promise");
  EXPECT_DEATH(resource.release(), "broken promise");
}

}  // namespace
}  // namespace sim
