// SPDX-License-Identifier: Apache-2.0
#include "experiments/server.h"

#include <cmath>
#include <cstdio>
#include <fstream>
#include <gtest/gtest.h>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

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
  MachineParams machine;
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
    if (seed % 2 == 0) use_coherent_link(random);
  }

  /// Any of them, and there any mapping and either home.
  void use_coherent_link(sim::Stream& random) {
    const auto all = interconnect::presets(std::type_identity<interconnect::CoherentLinkParams>{});
    machine.interconnect = all[random() % all.size()].make();
    machine.host.other_socket_clock = sim::Frequency::gigahertz(2 + double(random() % 2));
    if (system.placement == Placement::kNic &&
        machine.interconnect->joins == interconnect::Joins::kSockets)
      system.placement = Placement::kOtherSocket;
    if (random() % 2 == 0) system.message_mapping = MemoryType::kWriteBack;
    if (random() % 2 == 0) system.decision_mapping = MemoryType::kWriteBack;
    if (system.nic_mapping == MemoryType::kWriteBack && random() % 2 == 0 &&
        system.placement != Placement::kHost)
      system.queue_home = QueueHome::kHost;
  }
};

/// Requests at given instants, then no more.
class Trace {
 public:
  explicit Trace(const std::vector<Duration>& gaps)
      : name_(testing::TempDir() + "server_test_" +
              testing::UnitTest::GetInstance()->current_test_info()->name() + ".json") {
    std::ofstream out(name_);
    out << R"({"unit": "ns", "gaps": [)";
    const char* separator = "";
    for (const Duration gap : gaps) out << std::exchange(separator, ", ") << gap.count() / 1000;
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
    Server server(drawn.machine, drawn.system, drawn.load, seed);
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
    Server server(drawn.machine, drawn.system, drawn.load, seed);
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
      Server server(MachineParams{}, system, load, 1);
      server.run_until(Time{80us});
      const ServerStats s = server.stats();
      ASSERT_EQ(s.requests.completed, 2) << "second after " << gap.count() << " ps";
      ASSERT_EQ(s.kernel.refusals, 0) << "second after " << gap.count() << " ps";
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

// Theory

/// A machine on which nothing but the service itself takes time, an agent on the host.
MachineParams free_of_charge() {
  MachineParams m;
  scheduling::KernelParams& k = m.linux_kernel;
  k.syscall = k.futex_wait = k.futex_wake = k.activate = k.message = k.commit = k.pick_next =
      k.context_switch = k.return_to_user = 0ns;
  k.runqueue_lines = k.status_lines = k.context_lines = 0;
  k.interrupts = {.ipi_send = 0ns, .ipi_deliver = 0ns, .receive = 0ns, .leave = 0ns};
  k.idle.c1_residency = Duration::max();
  m.host.transfer_smt = m.host.transfer_ccx = m.host.transfer_socket = m.host.transfer_cross = 0ns;
  m.host.caches = {.last_level = 0ns, .dram = 0ns, .shared_cache_within = 1us};
  m.host.core.l1_hit = m.host.core.store_issue = sim::Cycles{0};
  return m;
}

/// The probability that a request has to wait, by Erlang's C formula, for `load` = arrival rate x
/// mean service time, on `servers` CPUs.
double erlang_c(int servers, double load) {
  double blocked = 1;  // Erlang B, by its recursion
  for (int k = 1; k <= servers; ++k) blocked = load * blocked / (k + load * blocked);
  return blocked / (1 - load / servers * (1 - blocked));
}

/// M/M/k: with C the probability of waiting and m = k mu - lambda, a request waits longer than t
/// with probability C exp(-m t), and stays, service included, longer than t with probability
///   P(T > t) = (1 - a) exp(-mu t) + a exp(-m t), where a = C mu / (mu - m).
struct MMk {
  double mu, m, c;
  MMk(int servers, double lambda, double mean)
      : mu(1 / mean), m(servers * mu - lambda), c(erlang_c(servers, lambda * mean)) {}
  double mean() const { return 1 / mu + c / m; }
  double longer_than(double t) const {
    const double a = c * mu / (mu - m);
    return (1 - a) * std::exp(-mu * t) + a * std::exp(-m * t);
  }
  double quantile(double q) const {
    double low = 0, high = 1000 / mu;
    for (int i = 0; i < 100; ++i)
      (longer_than((low + high) / 2) > 1 - q ? low : high) = (low + high) / 2;
    return low;
  }
};

/// Without costs, first come first served on k CPUs is M/M/k. Nine independent runs; the interval
/// is Student's with 8 degrees of freedom, 99 %: 3.355 standard errors.
TEST(Server, IsAnMMkQueueWhenNothingCostsAnything) {
  constexpr int kRuns = 9;
  SystemParams system;
  system.placement = Placement::kHost;
  system.workers = 4;
  system.prestage = false;  // a staged thread waits for its CPU even if another becomes free
  system.agent = {.poll = 1ns, .handle_message = 0ns, .handle_outcome = 0ns, .decide = 0ns};
  workloads::RequestLoadParams load = some_load(280e3, 128);
  load.service.mean = 10us;
  load.assign = load.finish = 0ns;
  load.request_lines = load.user_lines = 0;
  const MMk theory(4, 280e3, 10e-6);

  std::vector<double> means, tails;
  for (std::uint64_t seed = 1; seed <= kRuns; ++seed) {
    Server server(free_of_charge(), system, load, seed);
    server.run_until(Time{2ms});
    const ServerStats before = server.stats();
    server.run_until(Time{32ms});
    const sim::Histogram latency = (server.stats() - before).requests.latency;
    means.push_back(sim::to_seconds(*latency.mean()));
    tails.push_back(sim::to_seconds(*latency.value_at_quantile(0.99)));
  }
  const auto check = [](const std::vector<double>& values, double expected) {
    double sum = 0, squares = 0;
    for (const double v : values) sum += v;
    const double mean = sum / kRuns;
    for (const double v : values) squares += (v - mean) * (v - mean);
    const double half = 3.355 * std::sqrt(squares / (kRuns - 1) / kRuns);
    EXPECT_NEAR(mean, expected, half) << mean * 1e6 << " us, theory " << expected * 1e6 << " us";
    EXPECT_LT(half, 0.15 * expected) << "too wide to say anything";
  };
  check(means, theory.mean());
  check(tails, theory.quantile(0.99));
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
      Server a(machine, parked, some_load(250e3), 1);
      Server b(machine, full, some_load(250e3), 1);
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
