// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <gtest/gtest.h>
#include <map>
#include <optional>
#include <sched.h>
#include <sstream>

#include "sim/config_error.h"
#include "workloads/capture/keys.h"
#include "workloads/capture/machine.h"
#include "workloads/capture/options.h"
#include "workloads/capture/rocksdb.h"
#include "workloads/capture/samples.h"

namespace capture {
namespace {

using namespace std::chrono_literals;

void spin_for(std::chrono::nanoseconds span) {
  const auto end = std::chrono::steady_clock::now() + span;
  while (std::chrono::steady_clock::now() < end) {
  }
}

TEST(Samples, AreAsLongAsTheOperationTook) {
  Samples samples;
  for (int i = 0; i < 100; ++i)
    time_batch(
        i, i + 1, clock_overhead(), [](std::int64_t) { spin_for(20us); }, samples);
  ASSERT_FALSE(samples.kept.empty());
  // The clock's own cost is taken off once, so a hair less than the span is possible.
  const sim::Duration least = *std::min_element(samples.kept.begin(), samples.kept.end());
  EXPECT_GE(least, 19us);
  EXPECT_LT(least, 40us);
}

TEST(Samples, AreDroppedByTheBatchWhenTheThreadIsSwitchedAway) {
  Samples samples;
  const auto sleep_in_the_middle = [](std::int64_t i) {
    if (i == 5) {
      const timespec moment{0, 1'000'000};  // a shorter one may end before the switch
      nanosleep(&moment, nullptr);
    }
  };
  time_batch(0, 10, 0ns, sleep_in_the_middle, samples);
  EXPECT_TRUE(samples.kept.empty());
  EXPECT_EQ(samples.dropped, 10);
}

TEST(Samples, AreCountedAboveAMultipleOfTheirMedian) {
  std::vector<sim::Duration> samples(99, 10ns);
  samples.push_back(101ns);
  EXPECT_DOUBLE_EQ(share_above_medians(samples, 10), 0.01);
  samples.back() = 100ns;
  EXPECT_DOUBLE_EQ(share_above_medians(samples, 10), 0);
}

TEST(Machine, NamesWhatTheReaderOfACaptureWillAsk) {
  const std::map<std::string, std::string> machine = machine_provenance();
  for (const char* name : {"cpu", "cpus", "hypervisor", "kernel", "compiler", "date"})
    EXPECT_FALSE(machine.at(name).empty()) << name;
}

std::int64_t number_of(const Key& key) {
  return std::stoll(std::string(key.begin(), key.end()));
}

TEST(Keys, SortAsTheirNumbersDo) {
  EXPECT_LT(key_of(9), key_of(10));
  EXPECT_LT(key_of(99'999), key_of(100'000));
  EXPECT_EQ(number_of(key_of(1234567890123456)), 1234567890123456);
}

TEST(Keys, OfARangeLeaveRoomForIt) {
  const RocksdbOptions options{
      .operation = Operation::kRange, .keys = 100, .range_keys = 90, .operations = 10'000};
  std::int64_t least = 100, most = -1;
  for (const Key& key : first_keys(options, 1)) {
    least = std::min(least, number_of(key));
    most = std::max(most, number_of(key));
  }
  EXPECT_EQ(least, 0);
  EXPECT_EQ(most, 10);
}

/// The share of the operations that ask for the most popular key.
double top_share(const RocksdbOptions& options) {
  std::map<Key, int> counts;
  for (const Key& key : first_keys(options, 1)) ++counts[key];
  int most = 0;
  for (const auto& [key, count] : counts) most = std::max(most, count);
  return most / static_cast<double>(options.operations);
}

TEST(Keys, OfAZipfChoiceHaveFavourites) {
  RocksdbOptions options{.keys = 1'000, .operations = 100'000};
  EXPECT_LT(top_share(options), 0.003);
  options.key_choice = KeyChoice::kZipf;
  options.zipf_exponent = 1;
  // 1 / (1 + 1/2 + ... + 1/1000) = 0.1336, and a little from ranks that share its place.
  EXPECT_NEAR(top_share(options), 0.1336, 0.02);
}

TEST(Keys, DifferBetweenRoundsAndRepeatForASeed) {
  const RocksdbOptions options{.operations = 100};
  EXPECT_EQ(first_keys(options, 1), first_keys(options, 1));
  EXPECT_NE(first_keys(options, 1), first_keys(options, 2));
}

std::string error_of(const RocksdbOptions& options) {
  try {
    check(options);
  } catch (const sim::ConfigError& error) {
    return error.what();
  }
  return "none";
}

TEST(RocksdbOptions, WithoutSenseAreRefusedByName) {
  EXPECT_EQ(error_of({}), "none");
  EXPECT_NE(error_of({.keys = 0}).find("--keys"), std::string::npos);
  EXPECT_NE(error_of({.keys = 100'000'000, .value_bytes = 1'000}).find("8 GiB"), std::string::npos);
  EXPECT_NE(error_of({.value_bytes = 0}).find("--value-bytes"), std::string::npos);
  EXPECT_NE(error_of({.keys = 10, .range_keys = 11}).find("--range-keys"), std::string::npos);
  EXPECT_NE(error_of({.operations = 0}).find("--operations"), std::string::npos);
  EXPECT_NE(error_of({.rounds = 0}).find("--rounds"), std::string::npos);
  EXPECT_NE(error_of({.zipf_exponent = 0}).find("--zipf-exponent"), std::string::npos);
}

class SmallRocksdb : public testing::TestWithParam<Operation> {
 protected:
  void SetUp() override {
    if (!rocksdb_available()) GTEST_SKIP() << "built without RocksDB";
  }
  RocksdbOptions options() const {
    return {
        .operation = GetParam(), .keys = 5'000, .range_keys = 100, .operations = 500, .rounds = 2};
  }
};

/// On a busy machine each sample of so small a capture may be dropped: then another is made.
std::optional<workloads::Capture> captured(const RocksdbOptions& options) {
  for (int attempt = 0; attempt < 10; ++attempt) {
    try {
      return capture_rocksdb(options);
    } catch (const MachineIsBusy&) {  // once more
    }
  }
  return std::nullopt;
}

TEST_P(SmallRocksdb, GivesACaptureThatReadsBack) {
  const auto made = captured(options());
  if (!made) GTEST_SKIP() << "this machine is too busy to time anything";
  std::ostringstream file;
  workloads::write_capture(*made, file);
  const auto read = workloads::read_capture(sim::Document::parse(file.str(), "capture.json"));
  EXPECT_EQ(read.operation, name_of(GetParam()));
  EXPECT_EQ(read.samples + read.dropped, 1'000);
  EXPECT_LT(file.str().size(), 64u << 10);
}

TEST_P(SmallRocksdb, IsServedFromTheBlockCache) {
  const auto made = captured(options());
  if (!made) GTEST_SKIP() << "this machine is too busy to time anything";
  EXPECT_EQ(made->provenance.at("blocks fetched while timing"), "0");
}

INSTANTIATE_TEST_SUITE_P(Both, SmallRocksdb, testing::Values(Operation::kGet, Operation::kRange));

TEST(Rocksdb, WhenMissingIsAnErrorThatSaysWhatToInstall) {
  if (rocksdb_available()) GTEST_SKIP() << "built with RocksDB";
  EXPECT_THROW(capture_rocksdb({}), sim::ConfigError);
}

}  // namespace
}  // namespace capture
