// SPDX-License-Identifier: Apache-2.0
#include "experiments/measure/shootdown_costs.h"

#include <gtest/gtest.h>
#include <map>

namespace experiments {
namespace {

MachineParams skylakes(int sockets) {
  MachineParams machine;
  machine.host_kind = HostKind::kSkylake;
  machine.skylake.sockets = sockets;
  return machine;
}

std::map<std::string, double> shootdowns(const MachineParams& machine) {
  HardwareResult result;
  measure_shootdowns(machine, result);
  return {result.values.begin(), result.values.end()};
}

TEST(ShootdownCosts, AreOfTheNumbersOfCoresThatTheMachineHas) {
  EXPECT_EQ(shootdowns(skylakes(1)).count("shootdown_120_ns"), 0u);
  EXPECT_EQ(shootdowns(skylakes(1)).count("shootdown_16_ns"), 1u);
  EXPECT_EQ(shootdowns(skylakes(8)).count("shootdown_120_ns"), 1u);
  EXPECT_EQ(shootdowns(skylakes(8)).count("shootdown_4_ns"), 0u);
}

/// Each further core of the socket is three lines more: its request, its lock, its answer.
TEST(ShootdownCosts, GrowWithEachCoreAndMoreAcrossSockets) {
  const MachineParams machine = skylakes(1);
  auto one = shootdowns(machine);
  const core::CoreParams core = machine.skylake.core.core();
  const double line = sim::to_ns(machine.skylake.transfer_mesh + core.clock.time_for(core.l1_hit));
  EXPECT_NEAR(one["shootdown_4_ns"] - one["shootdown_2_ns"], 2 * 3 * line, 1e-6);
  EXPECT_GT(shootdowns(skylakes(2))["shootdown_16_ns"], one["shootdown_16_ns"]);
}

}  // namespace
}  // namespace experiments
