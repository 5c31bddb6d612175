// SPDX-License-Identifier: Apache-2.0
#include "experiments/system/vm_host.h"

#include <gtest/gtest.h>

#include "experiments/measure/experiment.h"

namespace experiments {
namespace {

using namespace std::chrono_literals;

/// A VM on a socket of eight cores of two threads, with its knee at two cores and 3.14 GHz for all.
/// Power is no limit.
ExperimentParams small() {
  ExperimentParams p;
  p.run = {.measure = Measure::kVm, .warm_up = 10ms, .length = 20ms};
  p.machine.host.ccds = 1;
  p.machine.host.threads_per_core = 2;
  p.machine.host.power.boost_knee = 2;
  p.machine.host.power.all_core_clock = sim::Frequency::gigahertz(3.14);
  p.machine.host.power.clock_step = sim::Frequency::megahertz(10);
  p.machine.linux_kernel.idle.remembered = 10ms;
  p.system.ticks = scheduling::Ticks::kNever;
  p.vm.vcpus = 16;
  return p;
}

double value(const RunResult& result, const std::string& name) {
  for (const auto& [key, value] : result.values)
    if (key == name) return value;
  ADD_FAILURE() << "no " << name;
  return 0;
}

double throughput(const ExperimentParams& p) {
  check(p);
  return value(run_once(p, 1), "throughput_ginstr");
}

/// 3 instructions in each period of 3.5 GHz; two busy threads of a core get 0.63 of it each. Above
/// two cores each takes 60 MHz from all.
TEST(VmHost, DoesTheInstructionsThatClockAndSharingAllow) {
  struct Case {
    int busy;
    double clock;
    double cores;
  };
  for (const auto& [busy, clock, cores] :
       {Case{1, 3.5, 1}, Case{2, 3.5, 2}, Case{5, 3.32, 5}, Case{8, 3.14, 8},
        Case{12, 3.14, 4 + 8 * 0.63}, Case{16, 3.14, 16 * 0.63}}) {
    ExperimentParams p = small();
    p.vm.busy = busy;
    EXPECT_NEAR(throughput(p), 3 * clock * cores, 1e-5 * 3 * clock * cores) << busy << " busy";
  }
}

/// Everything else equal and the clock pinned, a tick takes 1.5 + 2 us of 1 ms from a guest that
/// has its core alone, as the sibling thread's tick takes nothing on cores of one thread.
TEST(VmHost, LosesExactlyTheTicksWhenTheClockIsPinned) {
  ExperimentParams p = small();
  p.machine.host.threads_per_core = 1;
  p.machine.host.power.all_core_clock = p.machine.host.power.max_clock;
  p.vm.vcpus = 8;
  p.vm.busy = 8;
  const double without = throughput(p);
  p.system.ticks = scheduling::Ticks::kAlways;
  EXPECT_NEAR(throughput(p) / without, 1 - 3.5e-3, 1e-5);
}

TEST(VmHost, TicksKeepTheClockOfOneBusyVcpuAtThatOfAllCores) {
  ExperimentParams p = small();
  const RunResult asleep = run_once(p, 1);
  EXPECT_NEAR(value(asleep, "clock_ghz"), 3.5, 1e-9);
  EXPECT_NEAR(value(asleep, "gated_share"), 7.0 / 8, 1e-9);
  p.system.ticks = scheduling::Ticks::kAlways;
  const RunResult ticking = run_once(p, 1);
  EXPECT_NEAR(value(ticking, "clock_ghz"), 3.14, 1e-9);
  EXPECT_LT(value(ticking, "gated_share"), 0.8);
}

/// Sixteen vCPUs on fourteen CPUs: 2 of 16 shares are gone, and switching takes a little more.
TEST(VmHost, GivesTheAgentOnTheHostACoreThatNoGuestShares) {
  ExperimentParams p = small();
  p.machine.host.power.all_core_clock = p.machine.host.power.max_clock;
  p.vm.busy = 16;
  const double on_nic = throughput(p);
  p.system.placement = Placement::kHost;
  EXPECT_NEAR(throughput(p) / on_nic, 14.0 / 16, 2e-3);
}

TEST(VmHost, SharesASocketBetweenVmsThatAllWantIt) {
  ExperimentParams p = small();
  p.vm = {.vms = 3, .vcpus = 16, .busy = 16};
  p.system.vm_slice = 2ms;
  VmHost host(p.machine, p.system, p.vm, 1);
  host.run_until(sim::Time{60ms});
  host.check_invariants();
  std::vector<sim::Duration> runtime(3);
  for (std::int64_t tid = 1; tid <= 48; ++tid)
    runtime[static_cast<std::size_t>(tid - 1) % 3] +=
        host.kernel().find(wave::scheduling::make_gtid(tid, 1))->status.runtime;
  for (const sim::Duration r : runtime)
    EXPECT_NEAR(sim::to_seconds(r), 16 * 60e-3 / 3, 16 * 60e-3 / 3 * 0.1);
}

TEST(VmHost, GivesEqualResultsForEqualSeeds) {
  ExperimentParams p = small();
  p.vm.busy = 7;
  p.system.ticks = scheduling::Ticks::kAlways;
  EXPECT_EQ(run_once(p, 3).trace_hash, run_once(p, 3).trace_hash);
  EXPECT_NE(run_once(p, 3).trace_hash, run_once(p, 4).trace_hash);
}

/// The gain falls with busy vCPUs as far as the turbo makes it: nothing that the clock does rises.
TEST(VmHost, BoostsLessTheMoreVcpusAreBusy) {
  double before = 10;
  for (const int busy : {1, 2, 4, 6, 8, 16}) {
    ExperimentParams p = small();
    p.vm.busy = busy;
    const double wave = value(run_once(p, 1), "clock_ghz");
    p.system.ticks = scheduling::Ticks::kAlways;
    const double gain = wave / value(run_once(p, 1), "clock_ghz");
    EXPECT_LE(gain, before + 1e-9) << busy << " busy";
    before = gain;
  }
  EXPECT_NEAR(before, 1, 1e-9);
}

}  // namespace
}  // namespace experiments
