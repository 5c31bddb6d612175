// SPDX-License-Identifier: Apache-2.0
#include "experiments/server.h"

#include <cstdio>
#include <fstream>
#include <gtest/gtest.h>
#include <string>
#include <tuple>

#include "sim/random.h"

namespace experiments {
namespace {

using namespace std::chrono_literals;
using memory::MemoryType;
using sim::Duration;
using sim::Time;

workloads::RequestLoadParams some_load(double per_second, int threads = 24, int generators = 1) {
  workloads::RequestLoadParams load;
  load.threads = threads;
  load.generators = generators;
  load.arrivals.rate = sim::Rate{per_second};
  load.service.kind = workloads::ServiceKind::kExponential;
  load.service.mean = 5us;
  return load;
}

/// A system out of the whole space that an experiment file can describe, at a load that it may or
/// may not keep up with.
struct Drawn {
  SystemParams system;
  workloads::RequestLoadParams load;

  explicit Drawn(std::uint64_t seed) {
    sim::Stream random(seed, "a system");
    const auto coin = [&] { return random() % 2 == 0; };
    const auto below = [&](std::uint64_t n) { return static_cast<int>(random() % n); };
    system.placement = coin() ? Placement::kHost : Placement::kNic;
    system.workers = 1 + below(8);
    system.nic_mapping = coin() ? MemoryType::kUncached : MemoryType::kWriteBack;
    system.message_mapping = coin() ? MemoryType::kUncached : MemoryType::kWriteCombining;
    system.decision_mapping = coin() ? MemoryType::kUncached : MemoryType::kWriteThrough;
    system.prestage = coin();
    system.queue_capacity = 256;
    system.check_memory = true;
    load = some_load(20e3 * (1 + below(12)) * system.workers, 16 + below(48), 1 + below(3));
    load.service.kind = coin() ? workloads::ServiceKind::kExponential
                               : workloads::ServiceKind::kConstantPlusExponential;
  }
};

/// Requests at given instants, then no more.
class Trace {
 public:
  explicit Trace(int requests, Duration gap)
      : name_(testing::TempDir() + "server_test_" +
              testing::UnitTest::GetInstance()->current_test_info()->name() + ".json") {
    std::ofstream out(name_);
    out << R"({"unit": "ns", "gaps": [)";
    for (int i = 0; i < requests; ++i) out << (i > 0 ? ", " : "") << gap.count() / 1000;
    out << "]}";
  }
  ~Trace() { std::remove(name_.c_str()); }
  void use_in(workloads::RequestLoadParams& load) const {
    load.arrivals.kind = workloads::ArrivalKind::kTrace;
    load.arrivals.trace = name_;
  }

 private:
  std::string name_;
};

/// Whatever a run counts, to the picosecond.
auto everything(const ServerStats& s) {
  return std::tuple(
      s.requests.arrived, s.requests.completed, s.requests.latency.mean().value_or(Duration{0}),
      s.requests.latency.max().value_or(Duration{0}), s.cpus.switches, s.cpus.interrupts,
      s.cpus.handovers, s.cpus.user, s.cpus.idle, s.cpus.handover, s.kernel.messages,
      s.kernel.commits, s.kernel.refusals, s.agent.messages, s.agent.decisions, s.agent.staged,
      s.agent.refused, s.agent.missed, s.decisions.notified, s.decisions.notified_total);
}

// Properties under many seeds

TEST(Server, KeepsItsInvariantsInAnySystemUnderAnyLoad) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    const Drawn drawn(seed);
    Server server(MachineParams{}, drawn.system, drawn.load, seed);
    std::int64_t completed = 0;
    for (int step = 1; step <= 6; ++step) {
      server.run_until(Time{step * 50us});
      ASSERT_NO_THROW(server.check_invariants()) << "seed " << seed;
      const ServerStats s = server.stats();
      ASSERT_EQ(s.requests.latency.count(), s.requests.completed) << "seed " << seed;
      ASSERT_LE(s.requests.completed, s.requests.arrived) << "seed " << seed;
      ASSERT_LE(s.agent.messages, s.kernel.messages) << "seed " << seed;
      ASSERT_GE(s.agent.decisions, s.agent.refused + s.agent.staged - s.agent.missed)
          << "seed " << seed;
      completed = s.requests.completed;
    }
    EXPECT_GT(completed, 0) << "seed " << seed;
  }
}

/// Once requests stop coming, everything that came is answered and everything that was said was
/// heard: no thread is lost, whatever the system.
TEST(Server, AnswersEveryRequestThatCame) {
  constexpr int kRequests = 120;
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    Drawn drawn(seed);
    const Trace trace(kRequests,
                      Duration{1us} + Duration{static_cast<std::int64_t>(seed) * 77'000});
    trace.use_in(drawn.load);
    Server server(MachineParams{}, drawn.system, drawn.load, seed);
    server.run_until(Time{10ms});
    ASSERT_NO_THROW(server.check_invariants()) << "seed " << seed;
    const ServerStats s = server.stats();
    EXPECT_EQ(s.requests.arrived, kRequests) << "seed " << seed;
    EXPECT_EQ(s.requests.completed, kRequests) << "seed " << seed;
    EXPECT_EQ(s.agent.messages, s.kernel.messages) << "seed " << seed;
    EXPECT_EQ(s.agent.decisions, s.kernel.commits + s.kernel.refusals) << "seed " << seed;
    EXPECT_EQ(s.agent.refused, s.kernel.refusals) << "seed " << seed;
    EXPECT_TRUE(server.simulation().idle()) << "seed " << seed;
  }
}

/// Each switch is for one commit: first come, first served to completion takes no CPU from anybody.
TEST(Server, NeverPreemptsUnderFifo) {
  for (const Placement placement : {Placement::kHost, Placement::kNic}) {
    for (const MemoryType nic : {MemoryType::kUncached, MemoryType::kWriteBack}) {
      SystemParams system;
      system.placement = placement;
      system.nic_mapping = nic;
      Server server(MachineParams{}, system, some_load(2e6, 100, 4), 1);
      server.run_until(Time{1ms});
      const ServerStats s = server.stats();
      EXPECT_EQ(s.kernel.refusals, 0);
      // A thread runs once for each time it was woken, and a handover follows each stop.
      EXPECT_LE(s.cpus.switches - s.cpus.handovers, system.workers);
    }
  }
}

TEST(Server, IsNoBetterThanItsCpus) {
  for (const Placement placement : {Placement::kHost, Placement::kNic}) {
    SystemParams system;
    system.placement = placement;
    system.workers = 4;
    workloads::RequestLoadParams load = some_load(2e6, 64);
    Server server(MachineParams{}, system, load, 3);
    server.run_until(Time{2ms});
    const ServerStats s = server.stats();
    EXPECT_LE(s.cpus.user + s.cpus.idle + s.cpus.handover, 4 * Duration{2ms} + 1us);
    EXPECT_LT(s.requests.completed, 4 * 2ms / 5us);
    EXPECT_GT(s.requests.completed, 4 * 2ms / 15us);
  }
}

// Parked polling

struct Polled {
  std::uint64_t seed;
  Placement placement;
  MemoryType nic;
  bool prestage;
};

/// A loop that skips the turns that find nothing must not be told from one that makes them all:
/// every microsecond every count and every time is the same.
TEST(Server, GivesTheSameToThePicosecondWhenEveryPollIsSimulated) {
  for (const std::uint64_t seed : {1, 2, 3})
    for (const Placement placement : {Placement::kHost, Placement::kNic})
      for (const MemoryType nic : {MemoryType::kUncached, MemoryType::kWriteBack})
        for (const bool prestage : {false, true})
          for (const double rate : {30e3, 250e3}) {
            SystemParams parked;
            parked.placement = placement;
            parked.nic_mapping = nic;
            parked.prestage = prestage;
            parked.workers = 4;
            SystemParams full = parked;
            full.agent.full_polling = true;
            Server a(MachineParams{}, parked, some_load(rate), seed);
            Server b(MachineParams{}, full, some_load(rate), seed);
            for (int step = 1; step <= 150; ++step) {
              a.run_until(Time{step * 1us});
              b.run_until(Time{step * 1us});
              ASSERT_EQ(everything(a.stats()), everything(b.stats()))
                  << "seed " << seed << ", on the "
                  << (placement == Placement::kHost ? "host" : "NIC")
                  << (nic == MemoryType::kUncached ? ", UC" : ", WB") << ", prestage " << prestage
                  << ", " << rate << "/s, first seen after " << step << " us";
            }
            EXPECT_GT(a.stats().requests.completed, 0);
          }
}

}  // namespace
}  // namespace experiments
