// SPDX-License-Identifier: Apache-2.0
#include "models/interconnect/coherent_link.h"

#include <functional>
#include <gtest/gtest.h>

#include "sim/config_error.h"
#include "sim/parameters.h"

namespace interconnect {
namespace {

TEST(CoherentLinkParams, EveryNumberHasASource) {
  EXPECT_EQ(sim::missing_sources<CoherentLinkParams>(), std::vector<std::string>{});
}

TEST(CoherentLinkParams, EveryPresetMakesSenseAndLiesInItsRanges) {
  for (const auto& preset : presets(std::type_identity<CoherentLinkParams>{})) {
    EXPECT_NO_THROW(check(preset.make())) << preset.name;
    EXPECT_TRUE(sim::outside_range(preset.make()).empty()) << preset.name;
  }
}

TEST(CoherentLinkParams, TransferIsBothWaysAndTheTimeOnTheWire) {
  const CoherentLinkParams link{.crossing = 50ns,
                                .bandwidth = sim::Bandwidth::gigabytes_per_second(64)};
  EXPECT_EQ(link.transfer(), 100ns + sim::Duration{250} + sim::Duration{1250});
}

/// What the host's own link adds to a line's transfer between dies is what was measured.
TEST(CoherentLinkParams, XgmiAddsWhatZen3sSocketsAreApart) {
  EXPECT_EQ(xgmi().transfer(), 197ns - 107ns);
}

std::string error_after(const std::function<void(CoherentLinkParams&)>& change) {
  CoherentLinkParams params;
  change(params);
  try {
    check(params);
  } catch (const sim::ConfigError& error) {
    return error.what();
  }
  return "no error";
}

TEST(CoherentLinkParams, RefusesLinksThatNobodyCouldBuild) {
  EXPECT_EQ(error_after([](auto& p) { p.crossing = 0ns; }),
            "crossing: a link takes time to cross; give more than 0 ns");
  EXPECT_EQ(error_after([](auto& p) { p.bandwidth = {}; }),
            "bandwidth: nothing would ever arrive; give more than 0 GB/s");
  EXPECT_EQ(error_after([](auto& p) { p.interrupt = Interrupt::kIpi; }),
            "interrupt: a core of the NIC is not one of the host's and cannot send it an IPI; use "
            "msix or write");
  EXPECT_EQ(error_after([](auto& p) { p.joins = Joins::kSockets; }),
            "interrupt: a core of the other socket is a host core and interrupts by IPI; use ipi");
  EXPECT_EQ(error_after([](auto& p) {
              p.joins = Joins::kSockets;
              p.interrupt = Interrupt::kIpi;
            }),
            "asks_host: the sockets of a host know what their caches hold of each other's memory; "
            "use false between sockets");
}

}  // namespace
}  // namespace interconnect
