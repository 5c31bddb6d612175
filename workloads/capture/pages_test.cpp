// SPDX-License-Identifier: Apache-2.0
#include "workloads/capture/pages.h"

#include <bit>
#include <gtest/gtest.h>
#include <sstream>

#include "sim/config_error.h"
#include "workloads/capture/rocksdb.h"

namespace capture {
namespace {

using workloads::BatchAccesses;
using workloads::IntervalAccesses;

struct Sums {
  std::int64_t visits = 0;
  std::int64_t pages = 0;
  std::int64_t written = 0;
};

Sums sums_of(const workloads::PageCapture& capture) {
  Sums sums;
  for (const IntervalAccesses& interval : capture.intervals)
    for (const BatchAccesses& batch : interval) {
      sums.visits += batch.visits;
      sums.pages += std::popcount(batch.pages);
      sums.written += std::popcount(batch.written);
    }
  return sums;
}

class SmallPageCapture : public testing::Test {
 protected:
  void SetUp() override {
    if (!rocksdb_available()) GTEST_SKIP() << "built without RocksDB";
  }
  /// GETs only, on data of five megabytes.
  PageOptions options{.keys = 5'000,
                      .put_share = 0,
                      .range_share = 0,
                      .warm_up = 100,
                      .operations = 50,
                      .intervals = 4};
};

TEST_F(SmallPageCapture, ReadsBack) {
  const workloads::PageCapture made = capture_pages(options);
  std::ostringstream file;
  workloads::write_page_capture(made, file);
  const auto read = workloads::read_page_capture(sim::Document::parse(file.str(), "pages.json"));
  EXPECT_EQ(read.intervals, made.intervals);
  EXPECT_EQ(read.intervals.size(), 4u);
  EXPECT_EQ(read.operations, 50);
}

/// A filter, an index and a value each, of which the last is not longer than two pages.
TEST_F(SmallPageCapture, FindsWhatAGetHasToAccess) {
  const Sums sums = sums_of(capture_pages(options));
  EXPECT_GE(sums.visits, 3 * 200);
  EXPECT_LE(sums.visits, 10 * 200);
  EXPECT_EQ(sums.written, 0) << "everything is in the cache, and reading leaves it alone";
}

TEST_F(SmallPageCapture, IsTheSameForTheSameSeed) {
  const auto first = capture_pages(options).intervals;
  EXPECT_EQ(capture_pages(options).intervals, first);
  options.seed = 2;
  EXPECT_NE(capture_pages(options).intervals, first);
}

/// A hundred values of a kilobyte lie on 25 pages at least.
TEST_F(SmallPageCapture, FindsEveryPageOfARange) {
  options.range_share = 1;
  options.range_keys = 1;
  const Sums one = sums_of(capture_pages(options));
  options.range_keys = 199;  // a hundred on average
  const Sums many = sums_of(capture_pages(options));
  EXPECT_GT(many.visits, one.visits + std::int64_t{200} * 20);
}

/// What was flushed is read into the cache when it is asked for.
TEST_F(SmallPageCapture, SeesWhatIsReadAgainAfterAFlush) {
  options.put_share = 0.5;
  options.operations = 1'000;  // 2,000 PUTs of a kilobyte: a flush at least
  EXPECT_GT(sums_of(capture_pages(options)).written, 0);
}

TEST(PageCapture, WithoutRocksdbIsAnErrorThatSaysWhatToInstall) {
  if (rocksdb_available()) GTEST_SKIP() << "built with RocksDB";
  EXPECT_THROW(capture_pages({}), sim::ConfigError);
}

}  // namespace
}  // namespace capture
