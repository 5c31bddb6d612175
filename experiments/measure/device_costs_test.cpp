// SPDX-License-Identifier: Apache-2.0
#include "experiments/measure/device_costs.h"

#include <gtest/gtest.h>
#include <map>

namespace experiments {
namespace {

using namespace std::chrono_literals;
using sim::Bytes;
using sim::Duration;
using sim::operator""_B;

std::map<std::string, double> device_values(const MachineParams& machine) {
  const HardwareResult result = measure_device(machine);
  return {result.values.begin(), result.values.end()};
}

/// A whole size is one burst, so that its bytes follow each other on the wire.
MachineParams one_burst() {
  MachineParams m;
  m.pcie.dma.burst = 4096_B;
  m.pcie.dma.setup = 0ns;
  return m;
}

double wire_ns(const pcie::LinkParams& link, Bytes size) {
  return sim::to_ns(link.tlp_bandwidth().time_for(size));
}

TEST(DeviceCosts, OfAReadAreTheSumOfItsLegs) {
  const MachineParams m = one_burst();
  const pcie::PcieParams& p = m.pcie;
  const Duration legs =
      2 * (p.link.flight + p.root_complex.fabric) + p.host_memory.dram + p.dma.landing;
  EXPECT_NEAR(device_values(m)["dma_read_64B_ns"],
              sim::to_ns(legs) + wire_ns(p.link, 24_B) + wire_ns(p.link, 84_B), 1e-6);
}

TEST(DeviceCosts, OfAByteAreThoseOfTheWireAndOfItsShareOfHeaders) {
  const MachineParams m = one_burst();
  auto v = device_values(m);
  const double read = wire_ns(m.pcie.link, 276_B) / 256 * 1e3;
  EXPECT_NEAR(v["dma_read_byte_ps"], read, 0.05 * read);
  const double both = read + wire_ns(m.pcie.link, 280_B) / 256 * 1e3;
  EXPECT_NEAR(v["dma_write_read_byte_ps"], both, 0.05 * both);
}

TEST(DeviceCosts, OfPlacesAreTheirOwn) {
  MachineParams m;
  m.pcie.host_memory = {.dram = 90ns, .cache_hit = 24ns, .remote = 89ns};
  m.pcie.iommu.hit = 7ns;
  m.pcie.iommu.miss = 360ns;
  auto v = device_values(m);
  EXPECT_NEAR(v["dma_read_cached_more_ns"], -66, 1e-6);
  EXPECT_NEAR(v["dma_read_remote_more_ns"], 89, 1e-6);
  EXPECT_NEAR(v["dma_read_walk_more_ns"], 367, 1e-6);
}

/// The one that depends waits for a second way there and back; its doorbell is no full line.
TEST(DeviceCosts, OfAMessageGrowWithEachWayThatTheNicWaitsFor) {
  MachineParams m;
  auto v = device_values(m);
  m.pcie.link.flight += 20ns;
  auto longer = device_values(m);
  const auto grows = [&](const char* name) { return longer[name] - v[name]; };
  EXPECT_NEAR(grows("message_pushed_ns"), 20, 1e-6);
  EXPECT_NEAR(grows("message_one_read_more_ns"), 40, 1e-6);
  EXPECT_NEAR(grows("message_two_reads_more_ns"), 40, 1e-6);
  EXPECT_NEAR(grows("message_dependent_reads_more_ns"), 80, 1e-6);
  // A second request follows the first on the wire, and two halves need a header more.
  EXPECT_LT(v["message_two_reads_more_ns"] - v["message_one_read_more_ns"], 5);
}

TEST(DeviceCosts, AreTheSameEveryTime) {
  EXPECT_EQ(measure_device({}).trace_hash, measure_device({}).trace_hash);
}

}  // namespace
}  // namespace experiments
