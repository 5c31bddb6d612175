// SPDX-License-Identifier: Apache-2.0
#include "workloads/service_times.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <gtest/gtest.h>
#include <string>
#include <unistd.h>
#include <vector>

#include "sim/config_error.h"
#include "sim/document.h"
#include "sim/json.h"
#include "sim/parameters.h"
#include "workloads/request_class.h"

namespace workloads {
namespace {

using namespace std::chrono_literals;

constexpr int kDraws = 200'000;
constexpr std::uint64_t kSeed = 1;

std::vector<double> microseconds(const ServiceTimes& times, int count = kDraws) {
  std::vector<double> all;
  for (int i = 0; i < count; ++i) all.push_back(sim::to_us(times.draw(static_cast<unsigned>(i))));
  return all;
}

double average(const std::vector<double>& values) {
  double sum = 0;
  for (const double v : values) sum += v;
  return sum / static_cast<double>(values.size());
}

double deviation_of(const std::vector<double>& values) {
  const double mean = average(values);
  double sum = 0;
  for (const double v : values) sum += (v - mean) * (v - mean);
  return std::sqrt(sum / static_cast<double>(values.size() - 1));
}

std::unique_ptr<ServiceTimes> make(const ServiceParams& params) {
  return make_service_times(params, kSeed);
}

class EveryKind : public testing::TestWithParam<ServiceKind> {
 protected:
  ServiceParams params() const { return {.kind = GetParam(), .long_share = 0.2}; }
};

TEST_P(EveryKind, TendsToTheMeanItStates) {
  const auto times = make(params());
  const std::vector<double> drawn = microseconds(*times);
  const double standard_error = deviation_of(drawn) / std::sqrt(kDraws);
  EXPECT_NEAR(average(drawn), sim::to_us(times->mean()), 4 * standard_error + 1e-6);
}

TEST_P(EveryKind, GivesARequestTheSameTimeInWhateverOrderTheyAreServed) {
  const auto forwards = make(params());
  const auto backwards = make(params());
  std::vector<sim::Duration> times(100);
  for (std::uint64_t i = 0; i < 100; ++i) times[i] = forwards->draw(i);
  for (std::uint64_t i = 100; i-- > 0;) EXPECT_EQ(backwards->draw(i), times[i]);
}

TEST_P(EveryKind, NeverGivesNothing) {
  ServiceParams tiny = params();
  tiny.mean = tiny.exponential = tiny.long_mean = sim::Duration{1};
  const auto times = make(tiny);
  for (std::uint64_t i = 0; i < 1'000; ++i) EXPECT_GE(times->draw(i), sim::Duration{1});
}

INSTANTIATE_TEST_SUITE_P(All, EveryKind,
                         testing::Values(ServiceKind::kConstant,
                                         ServiceKind::kConstantPlusExponential,
                                         ServiceKind::kExponential, ServiceKind::kLognormal,
                                         ServiceKind::kBimodal, ServiceKind::kEmpirical,
                                         ServiceKind::kEmpiricalBimodal));

TEST(ServiceTimes, OfConstantPlusExponentialStartAtTheConstant) {
  const auto drawn = microseconds(*make({.kind = ServiceKind::kConstantPlusExponential}));
  EXPECT_GE(*std::min_element(drawn.begin(), drawn.end()), 10);
  EXPECT_NEAR(deviation_of(drawn), 1, 0.02);  // of an exponential: its mean
}

TEST(ServiceTimes, OfALognormalHaveTheVariationAskedFor) {
  const auto drawn = microseconds(*make({.kind = ServiceKind::kLognormal, .variation = 0.5}));
  EXPECT_NEAR(deviation_of(drawn) / average(drawn), 0.5, 0.01);
}

TEST(ServiceTimes, OfAMixAreLongExactlyWhereTheClassIs) {
  const auto times = make({.kind = ServiceKind::kBimodal, .long_share = 0.1});
  const RequestClasses classes(kSeed, 0.1);
  EXPECT_TRUE(times->is_mix());
  for (std::uint64_t i = 0; i < 10'000; ++i) {
    EXPECT_EQ(times->draw(i), classes.is_long(i) ? sim::Duration{10ms} : sim::Duration{10us});
    EXPECT_EQ(times->is_long(i), classes.is_long(i));
  }
  EXPECT_FALSE(make({.kind = ServiceKind::kExponential})->is_mix());
}

TEST(ServiceTimes, DifferBetweenSeedsAndBetweenStreams) {
  const ServiceParams params{.kind = ServiceKind::kExponential};
  const sim::Duration first = make_service_times(params, 1)->draw(0);
  EXPECT_NE(make_service_times(params, 2)->draw(0), first);
  EXPECT_NE(make_service_times(params, 1, {}, "another")->draw(0), first);
}

/// A capture of three quantiles in a file of its own.
class SmallCapture : public testing::Test {
 protected:
  SmallCapture() : file_(testing::TempDir() + std::to_string(getpid()) + "_small_capture.json") {
    std::ofstream(file_) << R"({"operation": "get", "provenance": {}, "samples": 1000,
        "mean": "130 ns", "quantiles_ns": [[0, 100], [0.98, 100], [0.99, 200], [1, 6000]]})";
  }
  ~SmallCapture() override { std::remove(file_.c_str()); }

  ServiceParams params(double longest) const {
    return {.kind = ServiceKind::kEmpirical, .mean = 10us, .capture = file_, .longest = longest};
  }

  std::string file_;
};

TEST_F(SmallCapture, IsStretchedToTheMean) {
  const auto times = make(params(1e3));
  // 0.98 of 100, 0.01 of 150, 0.01 of 3100: a mean of 130.5, and the least of 100 becomes 7.66 us.
  EXPECT_NEAR(sim::to_us(times->draw(0)), 10 * 100 / 130.5, 1e-3);
  EXPECT_NEAR(average(microseconds(*times)), 10, 0.1);
}

TEST_F(SmallCapture, IsCutWhereNoiseBegins) {
  const std::vector<double> drawn = microseconds(*make(params(10)));
  // What is left ends at ten medians of 100 ns, before it is stretched.
  const double ratio =
      *std::max_element(drawn.begin(), drawn.end()) / *std::min_element(drawn.begin(), drawn.end());
  EXPECT_LE(ratio, 10 + 1e-6);
  EXPECT_GT(ratio, 9);
  EXPECT_NEAR(average(drawn), 10, 0.02);
}

TEST_F(SmallCapture, IsReadOnceForAllThatShareIt) {
  const Captures captures;
  const sim::Duration first = make_service_times(params(10), 1, captures)->draw(0);
  std::ofstream(file_) << "no capture any more";
  EXPECT_EQ(make_service_times(params(10), 1, captures)->draw(0), first);
  EXPECT_THROW(make_service_times(params(10), 1), sim::ConfigError);
  EXPECT_THROW(make_service_times(params(20), 1, captures), sim::ConfigError) << "cut elsewhere";
}

TEST(ServiceTimes, OfTheShippedGetsKeepTheirShape) {
  const auto times = make({.kind = ServiceKind::kEmpirical, .mean = 10us});
  std::vector<double> drawn = microseconds(*times);
  std::sort(drawn.begin(), drawn.end());
  // Far from both a constant (1) and an exponential (6.6): real GETs vary, within limits.
  const double p99_to_median = drawn[kDraws * 99 / 100] / drawn[kDraws / 2];
  EXPECT_GT(p99_to_median, 1.1);
  EXPECT_LT(p99_to_median, 4);
}

std::string refusal_of(const ServiceParams& params) {
  try {
    make(params);
  } catch (const sim::ConfigError& error) {
    return error.what();
  }
  return "none";
}

TEST(ServiceParams, WithoutSenseAreRefusedByName) {
  EXPECT_EQ(refusal_of({.mean = sim::Duration{0}}).rfind("mean:", 0), 0u);
  EXPECT_EQ(refusal_of({.mean = 1001s}).rfind("mean:", 0), 0u);
  EXPECT_EQ(refusal_of({.variation = 0}).rfind("variation:", 0), 0u);
  EXPECT_EQ(refusal_of({.variation = std::nan("")}).rfind("variation:", 0), 0u);
  EXPECT_EQ(refusal_of({.exponential = sim::Duration{0}}).rfind("exponential:", 0), 0u);
  EXPECT_EQ(refusal_of({.long_share = 1.01}).rfind("long_share:", 0), 0u);
  EXPECT_EQ(refusal_of({.long_share = -0.01}).rfind("long_share:", 0), 0u);
  EXPECT_EQ(refusal_of({.longest = 1}).rfind("longest:", 0), 0u);
}

TEST(ServiceParams, NameTheCaptureThatIsMissing) {
  EXPECT_NE(refusal_of({.capture = "rocksdb_delete"}).find("rocksdb_delete.json"),
            std::string::npos);
}

TEST(ServiceParams, AreReadFromAnExperiment) {
  const auto document = sim::Document::parse(
      R"({"service": {"kind": "bimodal", "mean": "4 us", "long_share": 0.01}})", "e.json");
  const auto params = sim::read<ServiceParams>(document, "service");
  EXPECT_EQ(params.kind, ServiceKind::kBimodal);
  EXPECT_EQ(params.mean, 4us);
  EXPECT_EQ(params.long_share, 0.01);
  EXPECT_EQ(params.long_mean, 10ms);
}

TEST(ServiceParams, AllHaveASource) {
  EXPECT_EQ(sim::missing_sources<ServiceParams>(), std::vector<std::string>{});
}

}  // namespace
}  // namespace workloads
