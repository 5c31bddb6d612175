// SPDX-License-Identifier: Apache-2.0
// The VM policy, its agent and the host's scheduling class together: core scheduling as it really
// happens, with messages, decisions and interrupts under way.
#include "subsystems/scheduling/policies/vm_agent.h"

#include <deque>
#include <gtest/gtest.h>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "subsystems/scheduling/kernel.h"
#include "subsystems/scheduling/vm_test_bench.h"
#include "subsystems/wave/simulated_runtime.h"

namespace scheduling {
namespace {

using namespace std::chrono_literals;
using bench::Guests;
using bench::HostMappings;
using sim::Duration;
using sim::Time;

/// Four cores of two CPUs and three virtual machines of five vCPUs, so that there is never room for
/// all.
struct Bench {
  static constexpr int kCpus = 8;
  static constexpr int kVms = 3;
  static constexpr int kVcpus = 15;
  static constexpr int kAgent = kCpus;
  static constexpr int kWaker = kCpus + 1;
  static constexpr int kCores = kCpus + 2;

  Bench(std::uint64_t seed, bool beyond_link)
      : guests(seed, kVms, kVcpus, 900us),
        region(sim, "queues", beyond_link ? nic : host, sim::Bytes{slot(kCpus).offset}),
        mappings(sim, region, beyond_link),
        notifier(bench::make_notifier(kernel, beyond_link)) {
    region.attach(&checker);
    for (int c = 0; c < kCores; ++c) {
      cores.emplace_back(sim, "cpu" + std::to_string(c), host, c, core::CoreParams{});
      producers.emplace_back(mappings.messages(), queue(c));
    }
    for (int c = 0; c < kCpus; ++c) {
      readers.emplace_back(mappings.decisions(), slot(c));
      kernel.add_cpu(core(c), producers[std::size_t(c)], readers[std::size_t(c)]);
    }
    runtime.emplace(beyond_link ? nic0 : core(kAgent), mappings.own(), *notifier,
                    wave::AgentCosts{});
    for (int c = 0; c < kCores; ++c) runtime->add_queue(queue(c));
    for (int c = 0; c < kCpus; ++c) runtime->add_slot(slot(c));
    policy.emplace(kCpus, guests.options(300us));
    agent.emplace(*runtime, *policy);
    kernel.start();
    (beyond_link ? nic0 : core(kAgent)).start([this] { agent->run(); });
    core(kWaker).start([this] { guests.wake_at_random(kernel, core(kWaker), producers[kWaker]); });
  }

  static wave::QueuePlace queue(int c) {
    return {.offset = std::int64_t{64} * c * wave::kSlotBytes,
            .capacity = 64,
            .words = wave::scheduling::kMessageWords};
  }
  static wave::SlotPlace slot(int c) {
    return {.offset = queue(kCores).offset + c * wave::SlotPlace::kBytes};
  }
  core::Core& core(int c) { return cores[static_cast<std::size_t>(c)]; }

  /// Whoever a CPU runs or is about to run counts.
  void expect_one_vm_a_core() {
    for (int c = 0; c < kCpus; c += 2) {
      const Thread* a = kernel.cpu(c).current();
      const Thread* b = kernel.cpu(c + 1).current();
      if (a == nullptr || b == nullptr) continue;
      ++shared[c];
      ASSERT_EQ(guests.vm_of(*a), guests.vm_of(*b))
          << "at " << sim::to_us(sim.now() - Time{}) << " us";
    }
  }

  sim::Simulation sim;
  Guests guests;
  memory::Domain host{"host", {}, kCores, bench::equally_far(kCores)};
  memory::Domain nic{"nic", {}, 1, {Duration{0}}};
  memory::Checker checker;
  memory::Region region;
  HostMappings mappings;
  std::deque<wave::Producer> producers;
  std::deque<wave::DecisionReader> readers;
  Kernel kernel{{}, {.ticks = Ticks::kAlways}};
  std::unique_ptr<wave::Notifier> notifier;
  std::optional<wave::SimulatedRuntime> runtime;
  std::optional<VmPolicy> policy;
  std::optional<VmAgent> agent;
  std::map<int, int> shared;
  std::deque<core::Core> cores;
  core::Core nic0{sim, "nic0", nic, 0, core::CoreParams{}};
};

class CoreScheduling : public testing::TestWithParam<bool> {};

/// Looked at every 100 ns, which is less than any switch between threads takes.
TEST_P(CoreScheduling, NeverLetsTwoVmsShareACore) {
  std::int64_t emptied = 0;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Bench bench(seed, GetParam());
    while (bench.sim.now() < Time{12ms}) {
      bench.sim.run_until(bench.sim.now() + 100ns);
      bench.expect_one_vm_a_core();
      if (HasFatalFailure()) return;
    }
    EXPECT_EQ(bench.shared.size(), 4) << "every core has been shared by vCPUs of one VM";
    EXPECT_EQ(bench.checker.count(), 0);
    emptied += bench.agent->stats().emptied;
  }
  EXPECT_GT(emptied, 100);
}

/// Every vCPU runs again and again: none is lost between the agent and the host.
TEST_P(CoreScheduling, LosesNoVcpu) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Bench bench(seed, GetParam());
    bench.sim.run_until(Time{20ms});
    const std::vector<Duration> before = bench.guests.runtimes();
    bench.sim.run_until(Time{50ms});
    const std::vector<Duration> after = bench.guests.runtimes();
    for (std::size_t t = 0; t < before.size(); ++t) EXPECT_GT(after[t], before[t]) << "vCPU " << t;
    EXPECT_EQ(bench.kernel.stats().overflows, 0);
  }
}

INSTANTIATE_TEST_SUITE_P(Agent, CoreScheduling, testing::Values(false, true),
                         [](const auto& p) { return p.param ? "BeyondALink" : "OnTheHost"; });

}  // namespace
}  // namespace scheduling
