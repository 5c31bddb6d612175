// SPDX-License-Identifier: Apache-2.0
#include "experiments/system/machine.h"

#include <gtest/gtest.h>

namespace experiments {
namespace {

using namespace std::chrono_literals;

/// From the first host thread to the NIC's first core.
sim::Duration to_nic(sim::Duration crossing) {
  MachineParams params;
  params.interconnect = interconnect::cxl_2();
  params.interconnect->crossing = crossing;
  return coherence_of(params, {0}).transfer[1];
}

/// A line takes the coherent link, there and back, however slow that is: no cache is asked by way
/// of PCIe.
TEST(Machine, SendsNoLinesByPcie) {
  EXPECT_EQ(to_nic(250ns) - to_nic(200ns), 100ns);
  EXPECT_EQ(to_nic(200ns) - to_nic(50ns), 300ns);
}

}  // namespace
}  // namespace experiments
