// SPDX-License-Identifier: Apache-2.0
#include "native/host.h"

#include <csignal>
#include <gtest/gtest.h>
#include <stdexcept>
#include <string>
#include <unistd.h>

#include "native/agent_failure.h"
#include "sim/config_error.h"
#include "sim/distributions.h"
#include "sim/random.h"
#include "subsystems/scheduling/policies/fifo.h"
#include "subsystems/scheduling/policies/shinjuku.h"

namespace native {
namespace {

using namespace std::chrono_literals;

/// A host under a load that any machine carries, with requests of two lengths.
struct HostBench {
  HostOptions options{.workers = 2,
                      .threads = 16,
                      .agent = AgentIn::kThread,
                      .queue_capacity = 256,
                      .spin = 5us,
                      .warm_up = 0ms,
                      .length = 300ms,
                      .watchdog = 20s,
                      .patience = 60s};
  sim::Exponential gap{200us};
  sim::Bimodal service{5us, 300us, 0.1};
  std::atomic<bool> stop = false;
  MakePolicy policy = [] { return std::make_unique<scheduling::Fifo>(); };
  sim::Stream arrivals{1, "arrivals"};
  sim::Stream services{1, "services"};
  Instant at{};

  HostStats run() { return run_host(options, policy, requests(), stop); }
  HostStats run(const MakeAgent& agent) { return run_host(options, agent, requests(), stop); }
  NextRequest requests() {
    return [this]() -> std::optional<Request> {
      at += gap(arrivals);
      return Request{.at = at, .work = service(services)};
    };
  }
};

void expect_each_once(const HostStats& stats) {
  EXPECT_GT(stats.requests.arrived, 100);
  EXPECT_EQ(stats.requests.completed, stats.requests.arrived);
  EXPECT_EQ(stats.executions.once, stats.requests.arrived);
  EXPECT_EQ(stats.executions.lost, 0);
  EXPECT_EQ(stats.executions.repeated, 0);
}

MakePolicy shinjuku(Instant slice) {
  return [slice] { return std::make_unique<scheduling::Shinjuku>(slice); };
}

TEST(NativeHost, ServesEachRequestOnceWithAnAgentInAThread) {
  HostBench b;
  const HostStats stats = b.run();
  expect_each_once(stats);
  EXPECT_GT(stats.kernel.commits, 0);
  EXPECT_EQ(stats.kernel.transactions, stats.kernel.commits + stats.kernel.refusals.total());
  EXPECT_EQ(stats.kernel.overflows, 0);
  EXPECT_EQ(stats.agent.preemptions, 0);
  EXPECT_EQ(stats.keeper.restarts, 0);
}

/// Two cores do at most 600 of some 1500 while these come.
TEST(NativeHost, TellsByHowMuchItsBacklogGrows) {
  HostBench b;
  b.service = sim::Bimodal{1ms, 1ms, 0.1};
  const HostStats stats = b.run();
  expect_each_once(stats);
  EXPECT_GT(stats.growth, stats.requests.arrived / 4);
}

TEST(NativeHost, ServesEachRequestOnceWithAnAgentInAProcess) {
  HostBench b;
  b.options.agent = AgentIn::kProcess;
  const HostStats stats = b.run();
  expect_each_once(stats);
  EXPECT_GT(stats.kernel.commits, 0);
  EXPECT_GT(stats.agent.decisions, 0);
}

TEST(NativeHost, ServesEachRequestOnceWithoutStagedDecisions) {
  HostBench b;
  b.options.prestage = false;
  const HostStats stats = b.run();
  expect_each_once(stats);
  EXPECT_EQ(stats.agent.staged, 0);
}

TEST(NativeHost, TakesCpusAwayUnderShinjuku) {
  HostBench b;
  b.policy = shinjuku(20us);
  const HostStats stats = b.run();
  expect_each_once(stats);
  EXPECT_GT(stats.agent.preemptions, 0);
  EXPECT_GT(stats.cpus.switches, stats.requests.completed);
}

TEST(NativeHost, ServesWithoutAnAgent) {
  HostBench b;
  struct Nobody : wave::Program {
    void run() override {}
  };
  b.options.restart = false;
  expect_each_once(b.run([](Runtime&) { return std::make_unique<Nobody>(); }));
}

TEST(NativeHost, EndsWhenItIsAskedTo) {
  HostBench b;
  b.options.length = 1h;
  b.options.agent = AgentIn::kProcess;
  int asked = 0;
  const NextRequest all = b.requests();
  const HostStats stats = run_host(
      b.options, b.policy,
      [&] {
        if (++asked == 500) b.stop = true;
        return all();
      },
      b.stop);
  EXPECT_EQ(stats.requests.arrived, 499);
  EXPECT_EQ(stats.executions.once + stats.executions.given_up, 499);
  EXPECT_EQ(stats.executions.lost, 0);
}

/// Of requests that take a second each, one comes each millisecond.
TEST(NativeHost, GivesUpWhatIsUnderWayWhenItIsAskedTo) {
  HostBench b;
  b.options.length = 1h;
  b.options.patience = 1h;
  int asked = 0;
  const HostStats stats = run_host(
      b.options, b.policy,
      [&]() -> std::optional<Request> {
        if (++asked == 100) b.stop = true;
        return Request{.at = asked * Instant{1ms}, .work = 1s};
      },
      b.stop);
  EXPECT_EQ(stats.requests.arrived, 99);
  EXPECT_EQ(stats.executions.once + stats.executions.given_up, 99);
  EXPECT_EQ(stats.executions.lost, 0);
}

TEST(NativeHost, LosesAndRepeatsNothingWhenAgentsAreKilled) {
  HostBench b;
  b.options.agent = AgentIn::kProcess;
  b.options.length = 1500ms;
  b.options.kill_every = 15ms;
  b.options.restart_after = 1ms;
  b.policy = shinjuku(20us);
  const HostStats stats = b.run();
  expect_each_once(stats);
  EXPECT_GT(stats.kills, 5);
  EXPECT_GE(stats.kills, stats.keeper.exits);
  EXPECT_GT(stats.keeper.restarts, 5);
  EXPECT_GT(stats.kernel.commits, 0);
}

TEST(NativeHost, LosesNothingWithoutAFallback) {
  HostBench b;
  b.options.agent = AgentIn::kProcess;
  b.options.length = 1000ms;
  b.options.kill_every = 30ms;
  b.options.fallback = false;
  const HostStats stats = b.run();
  expect_each_once(stats);
  EXPECT_GT(stats.keeper.restarts, 1);
  EXPECT_EQ(stats.keeper.fallbacks, 0);
}

/// Dies in the middle of its fiftieth decision: the first word of it is written, and nothing else.
class DiesWriting : public wave::Runtime {
 public:
  explicit DiesWriting(native::Runtime& runtime) : runtime_(runtime) {}
  wave::Instant now() override { return runtime_.now(); }
  wave::Event poll(wave::Instant deadline) override { return runtime_.poll(deadline); }
  bool leaving() override { return runtime_.leaving(); }
  int slots() const override { return runtime_.slots(); }
  void write_decision(int slot, const wave::Slot& decision, std::size_t words) override {
    if (++decisions_ < 50) return runtime_.write_decision(slot, decision, words);
    runtime_.writer(slot).begin(decision, words);
    ::kill(::getpid(), SIGKILL);
  }
  void notify(int slot) override { runtime_.notify(slot); }
  std::uint64_t read_word(std::int64_t index) override { return runtime_.read_word(index); }
  void charge(wave::Work) override {}

 private:
  native::Runtime& runtime_;
  int decisions_ = 0;
};

class DyingAgent : public wave::Program {
 public:
  explicit DyingAgent(Runtime& runtime) : runtime_(runtime) {}
  void run() override { program_.run(); }

 private:
  DiesWriting runtime_;
  scheduling::Fifo policy_;
  scheduling::AgentProgram program_{runtime_, policy_, {.prestage = true}};
};

TEST(NativeHost, LosesNothingWhenAnAgentDiesWritingADecision) {
  HostBench b;
  b.options.agent = AgentIn::kProcess;
  b.options.length = 1000ms;
  b.options.fallback = false;
  const HostStats stats =
      b.run([](Runtime& runtime) { return std::make_unique<DyingAgent>(runtime); });
  expect_each_once(stats);
  EXPECT_GT(stats.keeper.exits, 2);
}

/// An agent that takes everything in and decides nothing.
class IdleAgent : public wave::Program {
 public:
  explicit IdleAgent(Runtime& runtime) : runtime_(runtime) {}
  void run() override {
    while (!runtime_.leaving()) runtime_.poll(wave::kNever);
  }

 private:
  Runtime& runtime_;
};

TEST(NativeHost, GivesUpAnAgentThatLetsThreadsWait) {
  HostBench b;
  b.options.agent = AgentIn::kProcess;
  b.options.watchdog = 10ms;
  const HostStats stats =
      b.run([](Runtime& runtime) { return std::make_unique<IdleAgent>(runtime); });
  expect_each_once(stats);
  EXPECT_GT(stats.keeper.watchdog_firings, 0);
  EXPECT_EQ(stats.kernel.commits, 0);
}

struct Thrower : scheduling::Fifo {
  std::optional<scheduling::ThreadId> pick(scheduling::Cpu, scheduling::Instant) override {
    throw sim::ConfigError("policy lost", "pick() lost its way");
  }
};

TEST(NativeHost, EndsARunWhosePolicyThrowsAndSaysWhatItThrew) {
  for (const AgentIn where : {AgentIn::kThread, AgentIn::kProcess}) {
    HostBench b;
    b.options.agent = where;
    b.options.length = 1000s;
    b.policy = [] { return std::make_unique<Thrower>(); };
    try {
      b.run();
      FAIL() << "it has not thrown";
    } catch (const sim::ConfigError& error) {
      EXPECT_STREQ(error.what(), "policy lost: pick() lost its way");
    }
  }
}

TEST(AgentFailure, KeepsTheFirstAndTellsInputFromOurFaults) {
  const AgentFailure failure;
  EXPECT_FALSE(failure.noted());
  EXPECT_NO_THROW(failure.rethrow());
  failure.note(std::logic_error(std::string(5000, 'x')));
  failure.note(sim::ConfigError("", "later"));
  try {
    failure.rethrow();
    FAIL() << "nothing was thrown";
  } catch (const sim::ConfigError&) {
    FAIL() << "it was no input's fault";
  } catch (const std::runtime_error& error) {
    EXPECT_TRUE(std::string(error.what()).starts_with("agent: xxx"));
  }
}

TEST(NativeHostOptions, RefusesAQueueThatDoesNotHoldAMessageOfEachThread) {
  EXPECT_THROW(check({.threads = 64, .queue_capacity = 64}), sim::ConfigError);
  EXPECT_NO_THROW(check({.threads = 63, .queue_capacity = 64}));
}

TEST(NativeHostOptions, RefusesToKillAThread) {
  EXPECT_THROW(check({.agent = AgentIn::kThread, .kill_every = 1ms}), sim::ConfigError);
}

}  // namespace
}  // namespace native
