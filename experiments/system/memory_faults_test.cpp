// SPDX-License-Identifier: Apache-2.0
#include "experiments/system/memory_faults.h"

#include <array>
#include <gtest/gtest.h>

#include "experiments/system/tiered_server.h"

namespace experiments {
namespace {

using namespace std::chrono_literals;
using sim::Time;
using sim::operator""_GiB;

MemoryParams faulty_gib() {
  MemoryParams m;
  m.tiering.memory = 1_GiB;
  m.tiering.threads = 4;
  m.load.requests = sim::Rate{1e4};
  m.load.drift = 0;
  return m;
}

FaultParams fault(FaultKind kind, sim::Duration at, sim::Duration length, double share = 1) {
  return {.kind = kind, .at = at, .length = length, .share = share, .factor = 50};
}

TieredStats stats_after(const std::vector<FaultParams>& faults, sim::Duration end,
                        Placement placement = Placement::kNic) {
  TieredServer server({}, placement, faulty_gib(), 1, faults);
  server.run_until(Time{end});
  server.check_invariants();
  return server.stats();
}

TEST(MemoryFaults, AreCounted) {
  const TieredStats stats = stats_after(
      {fault(FaultKind::kAgentCrash, 5s, 1s), fault(FaultKind::kAgentHang, 20s, 1s)}, 30s);
  EXPECT_EQ(stats.faults.injected, 1);
  EXPECT_EQ(stats.faults.without_effect, 1) << "nobody is left to hang";
  EXPECT_EQ(stats.daemon.absences, 4);
}

TEST(MemoryFaults, OfTheLinkMissAnAgentOnTheHost) {
  const TieredStats stats =
      stats_after({fault(FaultKind::kLinkStall, 5s, 1s)}, 10s, Placement::kHost);
  EXPECT_EQ(stats.faults.injected, 0);
  EXPECT_EQ(stats.faults.without_effect, 1);
}

TEST(MemoryFaults, StallTheLinkAndDelayAnIterationByThat) {
  const TieredStats with = stats_after({fault(FaultKind::kLinkStall, 5900ms, 5s)}, 30s);
  const TieredStats without = stats_after({}, 30s);
  EXPECT_EQ(with.daemon.absences, 0) << "shorter than the kernel's patience";
  EXPECT_NEAR(sim::to_seconds(with.daemon.iterating - without.daemon.iterating), 4.9, 0.1);
}

TEST(MemoryFaults, LoseTransfersWhoseAnswersAreAskedForAgain) {
  const TieredStats stats = stats_after({fault(FaultKind::kDmaLost, 6s, 10s, 0.2)}, 60s);
  EXPECT_GT(stats.faults.transfers_lost, 0);
  EXPECT_GT(stats.daemon.absences, 0);
  EXPECT_GT(stats.migrator.to_slow, 0);
}

/// Whatever goes wrong in the first two epochs, no page is lost meanwhile, and three epochs later
/// the objective holds again.
TEST(MemoryFaults, LeaveThingsInOrderWhateverTheyAre) {
  constexpr std::array kKinds{FaultKind::kAgentHang, FaultKind::kAgentSlow,
                              FaultKind::kAgentGarbage, FaultKind::kLinkStall, FaultKind::kDmaLost};
  for (std::uint64_t seed = 1; seed <= 25; ++seed) {
    sim::Stream random(seed, "faults to try");
    std::vector<FaultParams> faults;
    for (std::uint64_t left = 1 + random() % 3; left > 0; --left) {
      const FaultKind kind = kKinds[random() % kKinds.size()];
      const auto at = static_cast<std::int64_t>(random() % 77'000) * 1ms;
      const auto length = static_cast<std::int64_t>(1 + random() % 15'000) * 1ms;
      faults.push_back(fault(kind, at, length, static_cast<double>(1 + random() % 4) / 4));
    }
    const Placement placement = random() % 4 == 0 ? Placement::kHost : Placement::kNic;
    TieredServer server({}, placement, faulty_gib(), seed, faults);
    for (int step = 1; step <= 6; ++step) {
      server.run_until(Time{step * 38'500ms});
      ASSERT_NO_THROW(server.check_invariants()) << "seed " << seed;
    }
    EXPECT_GE(1 - server.memory().slow_share(), 0.8) << "seed " << seed;
    EXPECT_LT(server.memory().fast_pages(), 262'144 / 2) << "seed " << seed;
    for (int part = 0; part < 4; ++part)
      EXPECT_TRUE(server.daemon().is_present(part)) << "seed " << seed;
  }
}

}  // namespace
}  // namespace experiments
