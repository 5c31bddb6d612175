// SPDX-License-Identifier: Apache-2.0
#include "native/memory/access_bits.h"

#include <cstdint>
#include <gtest/gtest.h>
#include <map>
#include <vector>

#include "native/memory/test_machine.h"
#include "sim/config_error.h"

namespace native {
namespace {

using tiering::Batch;

constexpr Batch kBatches = 8;
constexpr int kBatchPages = 16;

class AccessBitsTest : public MachineTest {};

void store(Region& region, Batch batch, int page) {
  *reinterpret_cast<volatile std::uint64_t*>(region.batch(batch) + static_cast<std::size_t>(page) *
                                                                       region.page_bytes()) = 1;
}

std::map<Batch, int> scan(const AccessBits& bits, const std::vector<std::uint8_t>& due) {
  std::map<Batch, int> found;
  bits.scan(due, [&](Batch batch, int pages) { found[batch] = pages; });
  return found;
}

const std::vector<std::uint8_t> kAll(kBatches, 1);
const std::map<Batch, int> kNone{{0, 0}, {1, 0}, {2, 0}, {3, 0}, {4, 0}, {5, 0}, {6, 0}, {7, 0}};

TEST_F(AccessBitsTest, AreSeenOfTouchedPagesAndOfNoOthers) {
  Region region(kBatches, kBatchPages);
  const AccessBits bits(region);
  scan(bits, kAll);
  EXPECT_EQ(scan(bits, kAll), kNone);
  for (int page = 0; page < 5; ++page) store(region, 2, page);
  for (int page = 0; page < kBatchPages; ++page) store(region, 3, page);
  store(region, 7, kBatchPages - 1);
  store(region, 7, kBatchPages - 1);
  std::map<Batch, int> touched = kNone;
  touched[2] = 5;
  touched[3] = kBatchPages;
  touched[7] = 1;
  EXPECT_EQ(scan(bits, kAll), touched);
  EXPECT_EQ(scan(bits, kAll), kNone);
}

/// A translation that a processor still holds does not hide an access.
TEST_F(AccessBitsTest, AreSetAnewByEachAccessAfterAScan) {
  Region region(1, 1);
  const AccessBits bits(region);
  for (int i = 0; i < 1000; ++i) {
    store(region, 0, 0);
    ASSERT_EQ(scan(bits, {1}), (std::map<Batch, int>{{0, 1}}));
  }
}

TEST_F(AccessBitsTest, OfBatchesThatAreNotDueStay) {
  Region region(kBatches, kBatchPages);
  const AccessBits bits(region);
  scan(bits, kAll);
  store(region, 1, 0);
  store(region, 5, 0);
  EXPECT_EQ(scan(bits, {0, 0, 0, 0, 0, 1, 1, 0}), (std::map<Batch, int>{{5, 1}, {6, 0}}));
  store(region, 1, 1);
  EXPECT_EQ(scan(bits, {0, 1, 0, 0, 0, 1, 0, 0}), (std::map<Batch, int>{{1, 2}, {5, 0}}));
}

TEST_F(AccessBitsTest, AreClearAfterAMoveAndSetAfterIt) {
  Region region(kBatches, kBatchPages);
  const AccessBits bits(region);
  scan(bits, kAll);
  region.move(4, false);
  EXPECT_EQ(scan(bits, kAll), kNone);
  store(region, 4, 9);
  EXPECT_EQ(scan(bits, kAll).at(4), 1);
}

TEST_F(AccessBitsTest, RefuseAFileThatDoesNotTell) {
  const Region region(1, 1);
  EXPECT_THROW(AccessBits(region, "/proc/no_such_file"), sim::ConfigError);
  EXPECT_THROW(AccessBits(region, "/proc/self/status"), sim::ConfigError);
  EXPECT_THROW(AccessBits(region, "/proc/self/maps"), sim::ConfigError);
}

}  // namespace
}  // namespace native
