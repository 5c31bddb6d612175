// SPDX-License-Identifier: Apache-2.0
#include "experiments/measure/fault_windows.h"

#include <gtest/gtest.h>

namespace experiments {
namespace {

using sim::Time;

const FaultParams kHang{.kind = FaultKind::kAgentHang, .at = 20ms, .length = 5ms};
const FaultParams kCrash{.kind = FaultKind::kAgentCrash, .at = 20ms, .length = 5ms};

TEST(FaultWindows, EndAtTheFirstFaultWhenTheLastIsOverAndSettledAndWithTheRun) {
  const FaultWindows windows({kHang, {.kind = FaultKind::kAgentHang, .at = 30ms, .length = 1ms}},
                             Time{10ms}, Time{100ms}, 20ms);
  EXPECT_EQ(windows.ends(), (std::vector{Time{20ms}, Time{51ms}, Time{100ms}}));
  EXPECT_EQ(windows.first_fault(), Time{20ms});
}

TEST(FaultWindows, KnowThatACrashHasNoLength) {
  const FaultWindows windows({kCrash}, Time{10ms}, Time{100ms}, 20ms);
  EXPECT_EQ(windows.ends()[1], Time{40ms});
}

TEST(FaultWindows, AreNoneWithoutFaultsAndFewerWhereOneWouldBeEmpty) {
  EXPECT_TRUE(FaultWindows({}, Time{10ms}, Time{100ms}, 20ms).ends().empty());
  EXPECT_EQ(FaultWindows({kHang}, Time{20ms}, Time{100ms}, 20ms).ends().size(), 2u);
  EXPECT_EQ(FaultWindows({kHang}, Time{10ms}, Time{45ms}, 20ms).ends().size(), 2u);
}

TEST(FaultWindows, CountWhatCameBetweenTheirEnds) {
  FaultWindows windows({kHang}, Time{10ms}, Time{100ms}, 20ms);
  workloads::RequestStats requests;
  for (const int completed : {100, 300, 400, 955}) {
    requests.completed = completed;
    windows.note(requests);
  }
  const auto values = windows.values();
  ASSERT_EQ(values.size(), 3u) << "no latency without an answer";
  EXPECT_EQ(values[0], (std::pair<std::string, double>("before_krps", 20)));
  EXPECT_DOUBLE_EQ(values[1].second, 100 / 25.0);
  EXPECT_DOUBLE_EQ(values[2].second, 555 / 55.0);
}

/// Before the fault, at 10 ms: at most 4 in flight.
struct RecoveryBench {
  RecoveryBench() {
    recovery.look(Time{8ms}, 4);
    recovery.look(Time{9ms}, 2);
  }
  Recovery recovery{Time{10ms}};
};

TEST(Recovery, IsNoneOfAFaultThatLeavesNoMoreThanTwiceAsManyAsBefore) {
  RecoveryBench bench;
  bench.recovery.look(Time{11ms}, 8);
  EXPECT_EQ(bench.recovery.took(), sim::Duration{0});
  EXPECT_EQ(bench.recovery.most_before(), 4);
  EXPECT_EQ(bench.recovery.most_since(), 8);
}

TEST(Recovery, LastsUntilTheLastLookThatFindsMore) {
  RecoveryBench bench;
  bench.recovery.look(Time{10ms}, 9);
  bench.recovery.look(Time{11ms}, 3);
  bench.recovery.look(Time{12ms}, 9);
  EXPECT_EQ(bench.recovery.took(), std::nullopt);
  bench.recovery.look(Time{13ms}, 8);
  EXPECT_EQ(bench.recovery.took(), sim::Duration{2ms});
}

/// With what should it be compared?
TEST(Recovery, IsUnknownOfAFaultBeforeTheFirstLook) {
  Recovery recovery{Time{10ms}};
  recovery.look(Time{11ms}, 3);
  recovery.look(Time{12ms}, 0);
  EXPECT_EQ(recovery.took(), std::nullopt);
  EXPECT_EQ(recovery.most_before(), std::nullopt);
  EXPECT_EQ(recovery.most_since(), 3);
}

}  // namespace
}  // namespace experiments
