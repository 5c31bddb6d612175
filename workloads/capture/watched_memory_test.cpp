// SPDX-License-Identifier: Apache-2.0
#include "workloads/capture/watched_memory.h"

#include <csetjmp>
#include <csignal>
#include <gtest/gtest.h>
#include <new>
#include <sys/mman.h>
#include <thread>

namespace capture {
namespace {

const std::size_t kPage = WatchedMemory::page_size();

/// Memory of which everything is allocated.
struct Bench {
  volatile char* at(std::size_t page) { return bytes + page * kPage; }

  WatchedMemory memory{64};
  volatile char* bytes = static_cast<char*>(memory.allocate(64 * kPage));
};

TEST(WatchedMemory, NoticesFirstReadsAndFirstWrites) {
  Bench bench;
  EXPECT_TRUE(bench.memory.noticed().empty()) << "the watching begins";
  (void)*bench.at(5);
  *bench.at(2) = 1;
  (void)*bench.at(5);
  (void)*bench.at(7);
  *bench.at(7) = 1;
  const std::vector<PageAccess> noticed = bench.memory.noticed();
  ASSERT_EQ(noticed.size(), 3u);
  EXPECT_EQ(noticed[0].page, 5u);
  EXPECT_FALSE(noticed[0].written);
  EXPECT_EQ(noticed[1].page, 2u);
  EXPECT_TRUE(noticed[1].written);
  EXPECT_EQ(noticed[2].page, 7u);
  EXPECT_TRUE(noticed[2].written) << "read, then written";
}

TEST(WatchedMemory, NoticesTheSamePageAgainNextTime) {
  Bench bench;
  bench.memory.noticed();
  *bench.at(3) = 9;
  EXPECT_EQ(bench.memory.noticed().size(), 1u);
  EXPECT_TRUE(bench.memory.noticed().empty());
  EXPECT_EQ(*bench.at(3), 9) << "what was written stays";
  const std::vector<PageAccess> noticed = bench.memory.noticed();
  ASSERT_EQ(noticed.size(), 1u);
  EXPECT_FALSE(noticed[0].written);
}

TEST(WatchedMemory, NoticesBothEnds) {
  Bench bench;
  bench.memory.noticed();
  *bench.at(0) = 1;
  bench.bytes[64 * kPage - 1] = 1;
  const std::vector<PageAccess> noticed = bench.memory.noticed();
  ASSERT_EQ(noticed.size(), 2u);
  EXPECT_EQ(noticed[1].page, 63u);
}

TEST(WatchedMemory, NoticesWhatOtherThreadsDo) {
  Bench bench;
  bench.memory.noticed();
  const auto touch = [&](std::size_t from) {
    for (std::size_t page = from; page < 64; page += 2) *bench.at(page) = 1;
  };
  std::thread other(touch, 0);
  touch(1);
  other.join();
  const std::vector<PageAccess> noticed = bench.memory.noticed();
  EXPECT_EQ(noticed.size(), 64u);
  for (const PageAccess& access : noticed) EXPECT_TRUE(access.written);
}

TEST(WatchedMemory, IsUnwatchedUntilSomebodyAsks) {
  Bench bench;
  *bench.at(0) = 1;
  EXPECT_TRUE(bench.memory.noticed().empty());
}

TEST(WatchedMemory, RoundsSizesUpToFourClassesAPowerOfTwo) {
  EXPECT_EQ(WatchedMemory::rounded(1), 64u);
  EXPECT_EQ(WatchedMemory::rounded(64), 64u);
  EXPECT_EQ(WatchedMemory::rounded(65), 80u);
  EXPECT_EQ(WatchedMemory::rounded(4096), 4096u);
  EXPECT_EQ(WatchedMemory::rounded(4097), 5120u);
  EXPECT_EQ(WatchedMemory::rounded(8192), 8192u);
}

TEST(WatchedMemory, UsesAgainWhatWasGivenBack) {
  WatchedMemory memory(4);
  void* const first = memory.allocate(5000);
  void* const second = memory.allocate(100);
  EXPECT_EQ(memory.used_pages(), 2u);
  memory.deallocate(first);
  EXPECT_NE(memory.allocate(100), first) << "another size";
  EXPECT_EQ(memory.allocate(4500), first) << "rounded to the same size";
  EXPECT_NE(second, first);
  EXPECT_EQ(memory.used_pages(), 2u);
}

TEST(WatchedMemory, ThatIsUsedUpSaysSo) {
  WatchedMemory memory(2);
  memory.allocate(kPage);
  EXPECT_THROW(memory.allocate(kPage + 1), std::bad_alloc);
  memory.allocate(kPage);
  EXPECT_THROW(memory.allocate(1), std::bad_alloc);
}

sigjmp_buf before_fault;

/// Whoever had a handler before gets the faults that are not ours.
TEST(WatchedMemory, LeavesFaultsElsewhereToWhoWasThereBefore) {
  struct sigaction ours {};
  struct sigaction before {};
  ours.sa_handler = [](int) { siglongjmp(before_fault, 1); };
  sigaction(SIGSEGV, &ours, &before);
  void* const elsewhere = mmap(nullptr, kPage, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  {
    WatchedMemory memory(1);
    if (sigsetjmp(before_fault, 1) == 0) {
      *static_cast<volatile char*>(elsewhere) = 1;
      ADD_FAILURE() << "a protected page was written";
    }
  }
  munmap(elsewhere, kPage);
  sigaction(SIGSEGV, &before, nullptr);
}

}  // namespace
}  // namespace capture
