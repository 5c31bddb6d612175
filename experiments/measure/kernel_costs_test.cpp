// SPDX-License-Identifier: Apache-2.0
#include "experiments/measure/kernel_costs.h"

#include <gtest/gtest.h>
#include <map>

namespace experiments {
namespace {

using namespace std::chrono_literals;

KernelHost host(HostKind kind) {
  MachineParams params;
  params.host_kind = kind;
  return kernel_host(params);
}

std::map<std::string, double> measure(HostKind kind) {
  const HardwareResult found = measure_kernel(host(kind));
  return {found.values.begin(), found.values.end()};
}

TEST(KernelCosts, TakesTheSystemCallOfTheHost) {
  const auto v = measure(HostKind::kSkylake);
  EXPECT_NEAR(v.at("syscall_ns"), 72, 0.1);
}

TEST(KernelCosts, AddUpAsTheirPartsDo) {
  for (const HostKind kind : {HostKind::kZen3, HostKind::kSkylake}) {
    auto v = measure(kind);
    const double context_switch = sim::to_ns(host(kind).linux_kernel.context_switch);
    EXPECT_GT(v["message_local_ns"], context_switch);
    EXPECT_LT(v["message_global_ns"], v["message_local_ns"]);
    EXPECT_GT(v["schedule_local_ns"], context_switch);
    EXPECT_GT(v["cfs_switch_ns"], context_switch);
    EXPECT_GT(v["remote1_end_to_end_ns"], v["remote1_agent_ns"]);
  }
}

/// One system call and one interrupt message for the group.
TEST(KernelCosts, OfAGroupAreLessThanOfItsMembersOneByOne) {
  auto v = measure(HostKind::kSkylake);
  EXPECT_LT(v["remote10_agent_ns"], 10 * v["remote1_agent_ns"] - 9 * (72 + 150) + 1);
  EXPECT_GT(v["remote10_agent_ns"], 2 * v["remote1_agent_ns"]);
}

/// What each number grows by when a parameter does so by 100 ns.
std::map<std::string, double> growth_with(sim::Duration scheduling::KernelParams::*parameter) {
  KernelHost zen3 = host(HostKind::kZen3);
  zen3.linux_kernel.*parameter += 100ns;
  const auto before = measure(HostKind::kZen3);
  std::map<std::string, double> growth;
  for (const auto& [name, value] : measure_kernel(zen3).values)
    growth[name] = value - before.at(name);
  return growth;
}

TEST(KernelCosts, OfAGroupIncludeItsSubmissionOnce) {
  const auto growth = growth_with(&scheduling::KernelParams::submit);
  for (const char* name : {"remote1_agent_ns", "remote10_agent_ns", "schedule_local_ns"})
    EXPECT_NEAR(growth.at(name), 100, 0.01) << name;
}

/// The interrupts have left by then, or the CPU has been given away.
TEST(KernelCosts, IncludeTheWayBackFromTheSubmissionForTheAgentOnly) {
  const auto growth = growth_with(&scheduling::KernelParams::syscall_exit);
  for (const char* name : {"remote1_agent_ns", "remote10_agent_ns"})
    EXPECT_NEAR(growth.at(name), 100, 0.01) << name;
  for (const char* name : {"remote1_end_to_end_ns", "remote10_end_to_end_ns", "remote1_target_ns",
                           "remote10_target_ns", "schedule_local_ns", "message_local_ns"})
    EXPECT_NEAR(growth.at(name), 0, 0.01) << name;
}

/// What a target of a group takes longer than one alone.
double targets_wait(bool lazy_tlb, sim::Duration context_switch) {
  KernelHost skylake = host(HostKind::kSkylake);
  skylake.linux_kernel.lazy_tlb = lazy_tlb;
  skylake.linux_kernel.context_switch = context_switch;
  const HardwareResult found = measure_kernel(skylake);
  const std::map<std::string, double> v(found.values.begin(), found.values.end());
  return v.at("remote10_target_ns") - v.at("remote1_target_ns");
}

/// The first of ten that ask at once for a line gets it from elsewhere, each of the others after
/// the one before: 5.5 times its way in the mean. By the next lines they come one after the other,
/// as far apart as each needs.
TEST(KernelCosts, OfTargetsThatLeaveIdlenessTogetherIncludeTheirTurnsAtWhatTheirProcessShares) {
  const double way = sim::to_ns(skylake::SkylakeParams{}.transfer_mesh);
  EXPECT_NEAR(targets_wait(true, 410ns), 5.5 * way, 0.01) << "the process's reference count";
  EXPECT_NEAR(targets_wait(false, 2us), 8.5 * way, 0.01)
      << "before it the CPUs of two address spaces, and where the page tables are";
}

/// The count and the page tables' place are in one line: the first drop their reference while the
/// last have not read it.
TEST(KernelCosts, OfTargetsIncludeThatOneReadsTheLineThatAnotherChanges) {
  const double way = sim::to_ns(skylake::SkylakeParams{}.transfer_mesh);
  EXPECT_GT(targets_wait(false, 50ns), 10.5 * way);
}

}  // namespace
}  // namespace experiments
