// SPDX-License-Identifier: Apache-2.0
#include "subsystems/wave/agent_launcher.h"

#include <gtest/gtest.h>
#include <utility>
#include <vector>

#include "subsystems/wave/test_bench.h"

namespace wave {
namespace {

using namespace bench;

/// Takes 700 ns each way, and longer while it is held up.
class ChannelDouble : public ControlChannel {
 public:
  explicit ChannelDouble(sim::Simulation& sim) : sim_(sim) {}
  void to_agents(std::function<void()> arrived) override { carry(std::move(arrived)); }
  void to_host(std::function<void()> arrived) override { carry(std::move(arrived)); }
  Duration takes = 700ns;

 private:
  void carry(std::function<void()> arrived) {
    const std::size_t i = carried_.size();
    carried_.push_back(std::move(arrived));
    sim_.after(takes, [this, i] { carried_[i](); });
  }
  sim::Simulation& sim_;
  std::deque<std::function<void()>> carried_;
};

class Idle : public Program {
 public:
  explicit Idle(Runtime& runtime) : runtime_(runtime) {}
  void run() override {
    while (!runtime_.leaving()) runtime_.poll(kNever);
  }

 private:
  Runtime& runtime_;
};

/// What the host heard, when, of whom.
struct Heard {
  Time at;
  const char* what;
  AgentNumber number;
  bool operator==(const Heard&) const = default;
};
void PrintTo(const Heard& heard, std::ostream* out) {
  *out << heard.what << ' ' << heard.number << " at " << heard.at.time_since_epoch().count();
}

struct LauncherBench : Bench, AgentReports {
  LauncherBench() { launcher.report_to(*this); }
  void agent_ready(AgentNumber n) override { heard.push_back({sim.now(), "ready", n}); }
  void agent_gone(AgentNumber n) override { heard.push_back({sim.now(), "gone", n}); }

  std::unique_ptr<AgentProcess> make(std::int64_t place) {
    core::Core& core = place == 0 ? nic0 : nic1;
    return std::make_unique<AgentProcess>(
        AgentParts{.core = core,
                   .mapping = agent,
                   .notifier = notifier,
                   .costs = costs,
                   .memory = {.queues = {{.offset = place * 1024, .capacity = 8}}, .slots = {}},
                   .program = [](Runtime& r) { return std::make_unique<Idle>(r); },
                   .may_fail = true});
  }

  memory::Domain two{"two", {}, 2, {0ns, 50ns, 50ns, 0ns}};
  core::Core nic1{sim, "nic1", two, 1, {}};
  AgentCosts costs;
  LauncherParams params{.start = 2ms, .kill = 100us};
  ChannelDouble channel{sim};
  AgentLauncher launcher{sim, params, channel, [this](AgentNumber, int p) { return make(p); }};
  std::vector<Heard> heard;
};

TEST(AgentLauncher, StartsAnAgentAndSaysWhenItRuns) {
  LauncherBench bench;
  bench.launcher.start(0, 0);
  bench.sim.run_until(Time{2ms + 700ns - sim::Duration{1}});
  EXPECT_EQ(bench.launcher.process(0), nullptr);
  bench.sim.run_until(Time{2ms + 700ns});
  EXPECT_NE(bench.launcher.process(0), nullptr);
  bench.sim.run_until(Time{5ms});
  EXPECT_EQ(bench.heard, (std::vector<Heard>{{Time{2ms + 1400ns}, "ready", 0}}));
}

TEST(AgentLauncher, CarriesOutOneCommandAfterTheOther) {
  LauncherBench bench;
  bench.launcher.start_at_once(0, 0);
  EXPECT_NE(bench.launcher.process(0), nullptr);
  bench.launcher.kill(0);
  bench.launcher.start(1, 1);
  bench.sim.run_until(Time{5ms});
  EXPECT_EQ(bench.heard, (std::vector<Heard>{{Time{100us + 1400ns}, "gone", 0},
                                             {Time{2100us + 1400ns}, "ready", 1}}));
  EXPECT_EQ(bench.launcher.process(0), nullptr);
}

TEST(AgentLauncher, KeepsTheOldAgentBesideTheNewOneUntilItIsToldOtherwise) {
  LauncherBench bench;
  bench.launcher.start_at_once(0, 0);
  bench.launcher.start(1, 1);
  bench.sim.run_until(Time{3ms});
  EXPECT_NE(bench.launcher.process(0), nullptr);
  EXPECT_NE(bench.launcher.process(1), nullptr);
}

TEST(AgentLauncher, ReportsACrashOnceThoughTheAgentIsKilledToo) {
  LauncherBench bench;
  bench.launcher.start_at_once(0, 0);
  bench.sim.run_until(Time{1ms});
  bench.launcher.crash(0);
  EXPECT_EQ(bench.launcher.process(0), nullptr);
  bench.launcher.kill(0);
  bench.sim.run_until(Time{5ms});
  EXPECT_EQ(bench.heard, (std::vector<Heard>{{Time{1ms + 100us + 700ns}, "gone", 0}}));
}

TEST(AgentLauncher, TheThirdAgentTakesTheFirstOnesPlaceAndItsStatisticsAreAskedForBefore) {
  LauncherBench bench;
  std::vector<bool> replaced;
  bench.launcher.before_replacing([&](AgentProcess& p) { replaced.push_back(p.alive()); });
  bench.launcher.start_at_once(0, 0);
  bench.launcher.kill(0);
  bench.launcher.start(1, 1);
  bench.launcher.kill(1);
  bench.launcher.start(2, 0);
  bench.sim.run_until(Time{10ms});
  EXPECT_EQ(replaced, std::vector{false});
  int processes = 0;
  bench.launcher.for_each([&](AgentProcess&) { ++processes; });
  EXPECT_EQ(processes, 2);
  EXPECT_NE(bench.launcher.process(2), nullptr);
}

/// A command that the link holds up comes late, and those after it still after it.
TEST(AgentLauncher, StartsAfterAKillThatCameLate) {
  LauncherBench bench;
  bench.launcher.start_at_once(0, 0);
  bench.channel.takes = 50ms;
  bench.launcher.kill(0);
  bench.launcher.start(1, 0);
  bench.sim.run_until(Time{49ms});
  EXPECT_NE(bench.launcher.process(0), nullptr);
  bench.sim.run_until(Time{200ms});
  EXPECT_EQ(bench.launcher.process(0), nullptr);
  EXPECT_NE(bench.launcher.process(1), nullptr);
}

}  // namespace
}  // namespace wave
