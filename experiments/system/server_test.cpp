// SPDX-License-Identifier: Apache-2.0
#include "experiments/system/server.h"

#include <cmath>
#include <gtest/gtest.h>
#include <vector>

#include "experiments/system/checked_server.h"
#include "experiments/system/server_bench.h"

namespace experiments {
namespace {

using namespace std::chrono_literals;
using namespace bench;
using memory::MemoryType;

// Properties under many seeds

/// What an agent leaves for a CPU is void when it hears of the thread from elsewhere.
TEST(Server, HasNoSleepingThreadDecidedFor) {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    SystemParams system;
    system.placement = Placement::kHost;
    system.workers = 15;
    workloads::RequestLoadParams load = some_load(850e3, 240, 4);
    load.service.mean = 10us;
    bench::CheckedServer server(MachineParams{}, system, load, seed);
    server.run_until(Time{8ms});
    EXPECT_EQ(server.stats().kernel.refusals.target_not_runnable, 0) << "seed " << seed;
  }
}

TEST(Server, KeepsItsInvariantsInAnySystemUnderAnyLoad) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    const Drawn drawn(seed);
    bench::CheckedServer server(drawn.machine, drawn.system, drawn.load, seed);
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
    const Duration gap = 1us + static_cast<std::int64_t>(seed) * 77ns;
    const Trace trace(std::vector<Duration>(kRequests, gap));
    trace.use_in(drawn.load);
    bench::CheckedServer server(drawn.machine, drawn.system, drawn.load, seed);
    server.run_until(Time{10ms});
    ASSERT_NO_THROW(server.check_invariants()) << "seed " << seed;
    const ServerStats s = server.stats();
    EXPECT_EQ(s.requests.arrived, kRequests) << "seed " << seed;
    EXPECT_EQ(s.requests.completed, kRequests) << "seed " << seed;
    EXPECT_EQ(s.agent.messages, s.kernel.messages) << "seed " << seed;
    // A decision whose thread was moved may be written over before its CPU looks.
    const std::int64_t looked_at = s.kernel.commits + s.kernel.refusals.total();
    EXPECT_LE(looked_at, s.agent.decisions) << "seed " << seed;
    EXPECT_GE(looked_at, s.agent.decisions - s.agent.moved) << "seed " << seed;
    EXPECT_EQ(s.agent.refused, s.kernel.refusals.total()) << "seed " << seed;
    EXPECT_TRUE(server.simulation().idle()) << "seed " << seed;
  }
}

/// Each switch is for one commit: first come, first served to completion takes no CPU from anybody.
/// Nothing is refused but one of the two decisions for a thread that was staged behind a long run
/// and then moved to an idle CPU, and nobody runs for a millisecond.
TEST(Server, NeverPreemptsUnderFifo) {
  for (const Duration long_run : {20us, 1000us}) {
    std::int64_t moved = 0;
    for (const Placement placement : {Placement::kHost, Placement::kNic}) {
      for (const MemoryType nic : {MemoryType::kUncached, MemoryType::kWriteBack}) {
        SystemParams system;
        system.placement = placement;
        system.nic_mapping = nic;
        system.long_run = long_run;
        bench::CheckedServer server(MachineParams{}, system, some_load(2e6, 100, 4), 1);
        server.run_until(Time{1ms});
        const ServerStats s = server.stats();
        EXPECT_EQ(s.agent.preemptions, 0);
        EXPECT_LE(s.kernel.refusals.total(), s.agent.moved);
        // A thread runs once for each time it was woken, and a handover follows each stop: but for
        // the first of each CPU, and the one that may be under way.
        EXPECT_LE(s.cpus.switches - s.cpus.handovers, 2 * system.workers);
        moved += s.agent.moved;
      }
    }
    EXPECT_EQ(moved > 0, long_run == 20us);
  }
}

TEST(Server, IsNoBetterThanItsCpus) {
  for (const Placement placement : {Placement::kHost, Placement::kNic}) {
    SystemParams system;
    system.placement = placement;
    system.workers = 4;
    workloads::RequestLoadParams load = some_load(2e6, 64);
    bench::CheckedServer server(MachineParams{}, system, load, 3);
    server.run_until(Time{2ms});
    const ServerStats s = server.stats();
    EXPECT_LE(s.cpus.user + s.cpus.idle + s.cpus.handover, 4 * Duration{2ms} + 1us);
    EXPECT_LT(s.requests.completed, 4 * 2ms / 5us);
    EXPECT_GT(s.requests.completed, 4 * 2ms / 15us);
  }
}

/// Sockets of four cores: the first has the NIC. The load generator is a core of the host too.
std::uint64_t hash_with_sockets(int workers, Duration remote_socket) {
  MachineParams machine;
  machine.host.ccds = 1;
  machine.host.cores_per_ccd = 4;
  machine.pcie.root_complex.remote_socket = remote_socket;
  SystemParams system;
  system.workers = workers;
  Server server(machine, system, some_load(100e3), 1);
  server.run_until(Time{500us});
  return server.simulation().hash();
}

TEST(Server, ReachesTheNicLaterFromTheOtherSocketAndOnlyFromThere) {
  EXPECT_EQ(hash_with_sockets(2, 75ns), hash_with_sockets(2, 0ns));
  EXPECT_NE(hash_with_sockets(6, 75ns), hash_with_sockets(6, 0ns));
}

// Staging

/// Every combination of Wave's four mitigations, the slow ones included, on one CPU.
SystemParams mitigated(int combination) {
  SystemParams s;
  s.nic_mapping = (combination & 1) != 0 ? MemoryType::kWriteBack : MemoryType::kUncached;
  s.message_mapping = (combination & 2) != 0 ? MemoryType::kWriteCombining : MemoryType::kUncached;
  s.decision_mapping = (combination & 4) != 0 ? MemoryType::kWriteThrough : MemoryType::kUncached;
  s.prestage = (combination & 8) != 0;
  s.check_memory = true;
  s.workers = 1;
  return s;
}

struct Staged {
  std::int64_t early = 0;  // decisions that were there when the CPU looked
  std::int64_t late = 0;   // that were not

  /// Two requests, the second so long after the first that its decision comes into the slot some
  /// time around the end of the first: before the CPU looks, while it looks, or after.
  void sweep(const SystemParams& system, Duration from, Duration to, Duration step) {
    workloads::RequestLoadParams load = some_load(1e3, 2);
    load.service.kind = workloads::ServiceKind::kConstant;
    for (Duration gap = from; gap < to; gap += step) {
      const Trace trace({20us, gap});
      trace.use_in(load);
      bench::CheckedServer server(MachineParams{}, system, load, 1);
      server.run_until(Time{80us});
      const ServerStats s = server.stats();
      ASSERT_EQ(s.requests.completed, 2) << "second after " << gap.count() << " ps";
      ASSERT_EQ(s.kernel.refusals.total(), 0) << "second after " << gap.count() << " ps";
      ASSERT_NO_THROW(server.check_invariants()) << "second after " << gap.count() << " ps";
      early += s.agent.staged - s.agent.missed;
      late += s.agent.missed;
    }
  }
};

/// Whatever the instant, the thread runs, and nobody reads what is not there yet.
TEST(Server, RunsTheNextThreadWheneverItsDecisionIsStaged) {
  for (const int combination : {8, 15}) {
    Duration gap = 8us;
    for (Staged coarse; coarse.late == 0 && gap < 25us; gap += 100ns)
      coarse.sweep(mitigated(combination), gap, gap + 1ns, 1ns);
    Staged fine;
    fine.sweep(mitigated(combination), gap - 1us, gap + 1us, 10ns);
    EXPECT_GT(fine.early, 0) << combination;
    EXPECT_GT(fine.late, 0) << combination;
  }
}

TEST(Server, RunsTheNextThreadUnderEveryCombinationOfMitigations) {
  for (int combination = 0; combination < 16; ++combination) {
    Staged s;
    const SystemParams system = mitigated(combination);
    s.sweep(system, 11us, 20us, 190ns);
    EXPECT_EQ(s.early > 0 && s.late > 0, system.prestage) << combination;
  }
}

/// Decision slots mapped write-combining: `check` refuses them because outcomes would stay behind.
/// A server that is built like that all the same has to notice.
TEST(Server, ReportsAWriteThatNeverLeftItsCombiningBuffer) {
  SystemParams system;
  system.decision_mapping = MemoryType::kWriteCombining;
  system.workers = 2;
  for (const bool check_memory : {false, true}) {
    system.check_memory = check_memory;
    Server server(MachineParams{}, system, some_load(10e3), 1);
    server.run_until(Time{20us});
    std::string found;
    try {
      server.check_invariants();
    } catch (const std::logic_error& error) {
      found = error.what();
    }
    EXPECT_EQ(found.substr(0, 11), check_memory ? "lost write:" : "");
  }
}

// Parked polling

/// A loop that skips the turns that find nothing must not be told from one that makes them all:
/// every microsecond every count and every time is the same.
TEST(Server, GivesTheSameToThePicosecondWhenEveryPollIsSimulated) {
  for (const std::uint64_t seed : {1u, 2u, 3u})
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
            bench::CheckedServer a(MachineParams{}, parked, some_load(rate), seed);
            bench::CheckedServer b(MachineParams{}, full, some_load(rate), seed);
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

TEST(Server, GivesTheSameAcrossACoherentLinkWhenEveryPollIsSimulated) {
  for (const auto& link :
       interconnect::presets(std::type_identity<interconnect::CoherentLinkParams>{}))
    for (const SystemParams& mitigations : {unoptimised(), prestaged(), write_back_prestaged()}) {
      MachineParams machine;
      machine.interconnect = link.make();
      SystemParams parked = mitigations;
      parked.placement = joins_nic(machine) ? Placement::kNic : Placement::kOtherSocket;
      parked.workers = 4;
      SystemParams full = parked;
      full.agent.full_polling = true;
      bench::CheckedServer a(machine, parked, some_load(250e3), 1);
      bench::CheckedServer b(machine, full, some_load(250e3), 1);
      for (int step = 1; step <= 150; ++step) {
        a.run_until(Time{step * 1us});
        b.run_until(Time{step * 1us});
        ASSERT_EQ(everything(a.stats()), everything(b.stats()))
            << link.name << ", first seen after " << step << " us";
      }
      EXPECT_GT(a.stats().requests.completed, 0) << link.name;
    }
}

}  // namespace
}  // namespace experiments
