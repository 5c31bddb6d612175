// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <gtest/gtest.h>

#include "subsystems/memory/policies/fixed_period.h"
#include "subsystems/memory/policies/last_scan_threshold.h"
#include "subsystems/memory/policies/oracle.h"

namespace tiering {
namespace {

constexpr Part kPart{.batches = 2};

std::vector<Period> periods(Policy& policy) {
  Work work;
  std::vector<Period> next(2, 99);
  policy.choose_periods(next, work);
  return next;
}

std::vector<float> rates(Policy& policy) {
  Work work;
  std::vector<float> rates(2);
  policy.estimate(rates, work);
  return rates;
}

void observe(Policy& policy, const std::vector<Scan>& scans) {
  Work work;
  policy.observe(scans, work);
  EXPECT_EQ(work.scans, std::ssize(scans));
}

const std::vector<Scan> kImpossible{
    {.batch = -1}, {.batch = 2}, {.batch = 0, .period = 6}, {.batch = 0, .accessed = 65}};

TEST(FixedPeriod, ScansAtItWhateverHappens) {
  FixedPeriod policy(kPart, 5);
  observe(policy, {{.batch = 0, .accessed = 64, .period = 5}});
  EXPECT_EQ(periods(policy), (std::vector<Period>{5, 5}));
}

TEST(FixedPeriod, EstimatesFromTheScansOfTheEpoch) {
  FixedPeriod policy(kPart, 0);
  observe(policy, {{.batch = 1, .accessed = 64}});
  periods(policy);
  observe(policy, {{.batch = 1, .accessed = 32}, {.batch = 0}});
  EXPECT_FLOAT_EQ(rates(policy)[1], static_cast<float>(64 * std::log(64.5 / 32.5) / 0.3));
}

TEST(FixedPeriod, DropsWhatCannotBe) {
  FixedPeriod policy(kPart, 0);
  observe(policy, kImpossible);
  EXPECT_EQ(rates(policy), (std::vector<float>{0, 0}));
}

TEST(LastScanThreshold, CallsABatchHotFromTheThresholdOn) {
  LastScanThreshold policy(kPart, {.period = 2, .accessed = 6});
  observe(policy,
          {{.batch = 0, .accessed = 5, .period = 2}, {.batch = 1, .accessed = 6, .period = 2}});
  EXPECT_EQ(rates(policy), (std::vector<float>{0, 6 / 1.2f}));
  EXPECT_EQ(periods(policy), (std::vector<Period>{2, 2}));
}

TEST(LastScanThreshold, LetsABatchAgeUntilItIsCold) {
  LastScanThreshold policy(kPart, {.period = 2, .accessed = 6, .scans_to_age = 2});
  observe(policy, {{.batch = 0, .accessed = 12, .period = 2}});
  observe(policy, {{.batch = 0, .accessed = 5, .period = 2}});
  EXPECT_EQ(rates(policy)[0], 5);
  observe(policy, {{.batch = 0, .accessed = 5, .period = 2}});
  EXPECT_EQ(rates(policy)[0], 0);
  observe(policy, {{.batch = 0, .accessed = 6, .period = 2}});
  EXPECT_FLOAT_EQ(rates(policy)[0], 5);
}

TEST(LastScanThreshold, CanGoByTheLastScanAlone) {
  LastScanThreshold policy(kPart, {.scans_to_age = 1});
  observe(policy, {{.batch = 0, .accessed = 64, .period = 2}});
  observe(policy, {{.batch = 0, .accessed = 0, .period = 2}});
  EXPECT_EQ(rates(policy)[0], 0);
}

TEST(LastScanThreshold, DropsWhatCannotBe) {
  LastScanThreshold policy(kPart, {});
  observe(policy, kImpossible);
  EXPECT_EQ(rates(policy), (std::vector<float>{0, 0}));
}

TEST(Oracle, SaysWhatItIsToldNowAndScansAsLittleAsPossible) {
  float hot = 3;
  Oracle oracle(kPart, [&](Batch batch) { return batch == 1 ? hot : 0; });
  EXPECT_EQ(rates(oracle), (std::vector<float>{0, 3}));
  hot = 4;
  observe(oracle, kImpossible);
  EXPECT_EQ(rates(oracle), (std::vector<float>{0, 4}));
  EXPECT_EQ(periods(oracle), (std::vector<Period>{5, 5}));
}

}  // namespace
}  // namespace tiering
