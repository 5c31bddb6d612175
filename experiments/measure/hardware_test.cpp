// SPDX-License-Identifier: Apache-2.0
#include "experiments/measure/hardware.h"

#include <gtest/gtest.h>
#include <map>

namespace experiments {
namespace {

using namespace std::chrono_literals;

std::map<std::string, double> values_of(const MachineParams& machine) {
  const HardwareResult result = measure_hardware(machine);
  return {result.values.begin(), result.values.end()};
}

// The inputs that the machine was fitted to, measured on the machine.
TEST(Hardware, GivesItsCalibratedInputsBackWithinOnePercent) {
  auto found = values_of({});
  EXPECT_NEAR(found["mmio_read_uc_ns"], 750, 7.5);
  EXPECT_NEAR(found["mmio_write_uc_ns"], 50, 0.5);
  EXPECT_NEAR(found["msix_send_register_ns"], 70, 0.7);
  EXPECT_NEAR(found["msix_send_ioctl_ns"], 340, 3.4);
  EXPECT_NEAR(found["msix_receive_ns"], 350, 3.5);
  EXPECT_NEAR(found["msix_end_to_end_ns"], 1600, 16);
}

TEST(Hardware, MovesBandwidthAsTheClosedFormulaSays) {
  auto found = values_of({});
  EXPECT_NEAR(found["write_64B_gbps"], 165.38, 0.1);
  EXPECT_NEAR(found["read_256B_gbps"], 210.92, 0.1);
}

// There and back: once in a load, twice half of it in a ping.
TEST(Hardware, PutsALongerLinkIntoLoadAndPingTwiceAndIntoAnInterruptOnce) {
  MachineParams longer;
  longer.pcie.link.flight += 20ns;
  auto before = values_of({});
  auto after = values_of(longer);
  EXPECT_NEAR(after["mmio_read_uc_ns"] - before["mmio_read_uc_ns"], 40, 1e-6);
  EXPECT_NEAR(after["pcie_round_trip_ns"] - before["pcie_round_trip_ns"], 40, 1e-6);
  EXPECT_NEAR(after["msix_end_to_end_ns"] - before["msix_end_to_end_ns"], 20, 1e-6);
  EXPECT_EQ(after["mmio_write_uc_ns"], before["mmio_write_uc_ns"]);
}

TEST(Hardware, IsTheSameEveryTime) {
  EXPECT_EQ(measure_hardware({}).trace_hash, measure_hardware({}).trace_hash);
}

}  // namespace
}  // namespace experiments
