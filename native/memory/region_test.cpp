// SPDX-License-Identifier: Apache-2.0
#include "native/memory/region.h"

#include <atomic>
#include <cstdint>
#include <gtest/gtest.h>
#include <memory>
#include <thread>
#include <vector>

#include "native/memory/test_machine.h"
#include "sim/random.h"

namespace native {

/// Moves as `Region::move` does, but lets writers write.
class UnprotectedMove {
 public:
  static void move(Region& region, tiering::Batch batch, bool fast) {
    region.copy(batch, fast);
    region.map(batch, fast);
    region.watch(batch);
    region.fast_[0].store(fast ? 1 : 0);
    region.release(batch);
  }
};

namespace {

constexpr int kPages = 16;

std::uint64_t& word(const Region& region, tiering::Batch batch, int page) {
  return *reinterpret_cast<std::uint64_t*>(region.batch(batch) +
                                           static_cast<std::size_t>(page) * region.page_bytes());
}

/// A thread that adds to words of a batch while `moves` happen; how many of its stores are lost.
template <class Moves>
std::int64_t lost_under_a_writer(Region& region, Moves moves) {
  std::atomic<bool> stop = false;
  std::vector<std::uint64_t> made(kPages);
  std::thread writer([&] {
    sim::Stream draws(1, "pages");
    while (!stop.load(std::memory_order_relaxed)) {
      const auto page = static_cast<int>(draws() % kPages);
      volatile std::uint64_t& at = word(region, 0, page);
      at = at + 1;
      ++made[static_cast<std::size_t>(page)];
    }
  });
  moves();
  stop = true;
  writer.join();
  std::int64_t lost = 0;
  for (int page = 0; page < kPages; ++page)
    lost += static_cast<std::int64_t>(made[static_cast<std::size_t>(page)] - word(region, 0, page));
  return lost;
}

class RegionTest : public MachineTest {};

TEST_F(RegionTest, IsFastAndZeroAtFirst) {
  const Region region(3, kPages);
  for (tiering::Batch b = 0; b < 3; ++b) {
    EXPECT_TRUE(region.is_fast(b));
    EXPECT_EQ(word(region, b, kPages - 1), 0u);
  }
  EXPECT_EQ(region.fast_batches(), 3);
}

TEST_F(RegionTest, KeepsABatchAndItsNeighboursThroughMoves) {
  Region region(3, kPages);
  for (tiering::Batch b = 0; b < 3; ++b)
    for (int page = 0; page < kPages; ++page)
      word(region, b, page) = static_cast<std::uint64_t>(100 * b + page);
  for (const bool fast : {false, true, false}) {
    region.move(1, fast);
    EXPECT_EQ(region.is_fast(1), fast);
    EXPECT_EQ(region.fast_batches(), fast ? 3 : 2);
    for (tiering::Batch b = 0; b < 3; ++b)
      for (int page = 0; page < kPages; ++page)
        ASSERT_EQ(word(region, b, page), static_cast<std::uint64_t>(100 * b + page));
  }
}

TEST_F(RegionTest, LosesNoStoreOfAWriter) {
  Region region(1, kPages);
  const std::int64_t lost = lost_under_a_writer(region, [&] {
    for (int i = 0; i < 2000; ++i) region.move(0, i % 2 == 1);
  });
  EXPECT_EQ(lost, 0);
}

/// So that the test above is known to see what it looks for.
TEST_F(RegionTest, WouldLoseStoresWithoutHoldingWritersOff) {
  Region region(1, kPages);
  std::int64_t lost = 0;
  for (int tries = 0; lost == 0 && tries < 200; ++tries) {
    for (int page = 0; page < kPages; ++page) word(region, 0, page) = 0;
    lost = lost_under_a_writer(region, [&] {
      for (int i = 0; i < 1000; ++i) UnprotectedMove::move(region, 0, i % 2 == 1);
    });
  }
  EXPECT_GT(lost, 0);
}

TEST_F(RegionTest, HoldsAWriterOffForAMoveOnly) {
  Region region(1, kPages);
  std::atomic<int> written = 0;
  std::atomic<bool> stop = false;
  std::thread writer([&] {
    while (!stop) {
      word(region, 0, 3) = 7;
      ++written;
    }
  });
  while (region.held_off() == 0)
    for (const bool fast : {false, true}) region.move(0, fast);
  const int before = written;
  while (written == before) std::this_thread::yield();
  stop = true;
  writer.join();
  EXPECT_EQ(word(region, 0, 3), 7u);
}

}  // namespace
}  // namespace native
