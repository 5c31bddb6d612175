// SPDX-License-Identifier: Apache-2.0
#include "experiments/measure/wake_costs.h"

#include <gtest/gtest.h>
#include <map>

namespace experiments {
namespace {

std::map<std::string, double> wake_ups(const MachineParams& machine) {
  HardwareResult result;
  measure_wake_ups(kernel_host(machine), result);
  return {result.values.begin(), result.values.end()};
}

TEST(WakeCosts, DifferByWhatLeavingTheIdleStateTakes) {
  const MachineParams machine;
  const core::IdleParams& idle = machine.linux_kernel.idle;
  auto v = wake_ups(machine);
  EXPECT_NEAR(v["wake_c1_ns"] - v["wake_poll_ns"], sim::to_ns(idle.c1_exit), 1e-6);
  EXPECT_NEAR(v["wake_c2_ns"] - v["wake_poll_ns"], sim::to_ns(idle.c2_exit_short), 1e-6);
}

/// The call sends one to every CPU, or to none that watches its flag.
TEST(WakeCosts, HaveNoInterruptWhereAFlagIsWatched) {
  MachineParams machine;
  auto sent = wake_ups(machine);
  EXPECT_EQ(sent["wake_poll_call_ns"], sent["wake_c2_call_ns"]);
  machine.linux_kernel.flag_wakes_pollers = true;
  auto seen = wake_ups(machine);
  EXPECT_EQ(seen["wake_poll_call_ns"], seen["wake_c1_call_ns"]);
  const core::CoreParams& core = machine.host.core;
  const double line = sim::to_ns(machine.host.transfer_ccx + core.clock.time_for(core.l1_hit));
  EXPECT_NEAR(seen["wake_c2_call_ns"] - seen["wake_c1_call_ns"],
              sim::to_ns(machine.linux_kernel.interrupts.ipi_send) - line, 1e-6);
  EXPECT_EQ(seen["wake_c2_ns"], sent["wake_c2_ns"]);
}

}  // namespace
}  // namespace experiments
