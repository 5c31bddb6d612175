// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <gtest/gtest.h>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "experiments/system/server.h"
#include "sim/random.h"

/// For the tests of whole servers.
namespace experiments::bench {

using namespace std::chrono_literals;
using memory::MemoryType;
using sim::Duration;
using sim::Time;

inline workloads::RequestLoadParams some_load(double per_second, int threads = 24,
                                              int generators = 1) {
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
    const double per_worker = 20e3 * (1 + below(12));
    const int threads = 16 + below(48);
    load = some_load(per_worker * system.workers, threads, 1 + below(3));
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

/// Requests with the given gaps between them, then no more. The file is the test's own: parts run
/// side by side.
class Trace {
 public:
  explicit Trace(const std::vector<Duration>& gaps) {
    std::ofstream out(name_);
    out << R"({"unit": "ns", "gaps": [)";
    const char* separator = "";
    for (const Duration gap : gaps) out << std::exchange(separator, ", ") << gap.count() / 1000;
    out << "]}";
  }
  ~Trace() { std::remove(name_.c_str()); }
  Trace(const Trace&) = delete;
  Trace& operator=(const Trace&) = delete;

  void use_in(workloads::RequestLoadParams& load) const {
    load.arrivals.kind = workloads::ArrivalKind::kTrace;
    load.arrivals.trace = name_;
  }

 private:
  static std::string own_name() {
    const testing::TestInfo& test = *testing::UnitTest::GetInstance()->current_test_info();
    std::string name = std::string(test.test_suite_name()) + '.' + test.name();
    std::replace(name.begin(), name.end(), '/', '_');
    return testing::TempDir() + name + ".json";
  }
  const std::string name_ = own_name();
};

/// Whatever a run counts, to the picosecond.
inline auto everything(const ServerStats& s) {
  return std::tuple(
      s.requests.arrived, s.requests.completed, s.requests.latency.mean().value_or(Duration{0}),
      s.requests.latency.max().value_or(Duration{0}), s.cpus.switches, s.cpus.interrupts,
      s.cpus.handovers, s.cpus.user, s.cpus.idle, s.cpus.handover, s.kernel.messages,
      s.kernel.commits, s.kernel.refusals.total(), s.agent.messages, s.agent.decisions,
      s.agent.staged, s.agent.preemptions, s.agent.moved, s.agent.refused, s.agent.missed,
      s.decisions.notified, s.decisions.notified_total);
}

/// How many threads could run and do not, and the longest that one has kept its CPU.
struct Queues {
  int waiting = 0;
  Duration longest_run{0};
};

inline Queues look(Server& server) {
  using scheduling::StatusWord;
  Queues queues;
  scheduling::Kernel& kernel = server.kernel();
  for (std::int64_t tid = 1;; ++tid) {
    const scheduling::Thread* thread = kernel.find(wave::scheduling::make_gtid(tid, 1));
    if (thread == nullptr) return queues;
    if (thread->state != scheduling::Thread::State::kRunnable) continue;
    if (thread->status.has(StatusWord::kOnCpu))
      queues.longest_run =
          std::max(queues.longest_run, server.simulation().now() - thread->status.switch_time);
    else
      ++queues.waiting;
  }
}

// Without costs, for comparisons with theory

/// A machine on which nothing but the service itself takes time, an agent on the host.
inline MachineParams free_of_charge() {
  MachineParams m;
  scheduling::KernelParams& k = m.linux_kernel;
  k.syscall_entry = k.syscall_exit = k.futex_wait = k.futex_wake = k.activate = k.message =
      k.submit = k.commit = k.pick_next = k.context_switch = k.address_space = k.return_to_user =
          0ns;
  k.runqueue_lines = k.task_lines = k.context_lines = 0;
  k.interrupts = {.ipi_send = 0ns, .ipi_deliver = 0ns, .receive = 0ns, .leave = 0ns};
  k.idle.c1_residency = Duration::max();
  m.host.transfer_smt = m.host.transfer_ccx = m.host.transfer_socket = m.host.transfer_cross = 0ns;
  m.host.caches = {.last_level = 0ns, .dram = 0ns, .shared_cache_within = 1us};
  m.host.core.l1_hit = m.host.core.store_issue = sim::Cycles{0};
  return m;
}

inline void make_free(workloads::RequestLoadParams& load) {
  load.assign = load.finish = 0ns;
  load.request_lines = load.user_lines = 0;
}

/// An agent on a host core that takes no time for anything. It stages nothing: a staged thread
/// waits for its CPU even if another becomes free.
inline SystemParams free_agent(int workers) {
  SystemParams system;
  system.placement = Placement::kHost;
  system.workers = workers;
  system.prestage = false;
  system.agent = {.poll = 1ns, .handle_message = 0ns, .handle_outcome = 0ns, .decide = 0ns};
  return system;
}

}  // namespace experiments::bench
