// SPDX-License-Identifier: Apache-2.0
#include "native/message_queue.h"

#include <csignal>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include "native/shared_memory.h"
#include "native/sleep_flag.h"
#include "native/test_volume.h"

namespace native {
namespace {

constexpr std::int64_t kCapacity = 256;

struct QueueBench {
  SharedMemory memory{1 << 16};
  wave::QueuePlace place{.offset = 64, .capacity = kCapacity, .words = 5};
  Producer producer{memory.words(), place};
  Consumer consumer{memory.words(), place};
  SleepFlag asleep{memory.words().half(0)};
};

/// Every word of entry `n` says which entry it belongs to.
wave::Slot entry(std::uint64_t n) {
  wave::Slot slot{};
  for (std::size_t w = 2; w < wave::kFlagWord; ++w) slot[w] = n * 16 + w;
  return slot;
}

bool is_entry(const wave::Slot& slot, std::uint64_t n) {
  wave::Slot expected = entry(n);
  expected[wave::kFlagWord] = slot[wave::kFlagWord];
  return slot == expected;
}

void send_all(QueueBench& b, std::uint64_t count) {
  for (std::uint64_t n = 0; n < count; ++n) {
    while (!b.producer.send(entry(n))) std::this_thread::yield();
    b.asleep.wake();
  }
}

/// How many came, in order and whole, before the first that did not. Sleeps without a limit: a
/// wake-up that is lost ends the test by its time limit.
std::uint64_t take_all(QueueBench& b, std::uint64_t count) {
  std::uint64_t n = 0;
  while (n < count) {
    auto slot = b.consumer.take();
    if (!slot) {
      b.asleep.announce();
      slot = b.consumer.take(std::memory_order_seq_cst);
      if (!slot) b.asleep.wait(std::nullopt);
      b.asleep.retract();
    }
    if (!slot) continue;
    if (!is_entry(*slot, n)) return n;
    ++n;
  }
  return n;
}

TEST(NativeQueue, IsEmptyAtFirst) {
  QueueBench b;
  EXPECT_FALSE(b.consumer.take());
}

TEST(NativeQueue, HoldsAsManyEntriesAsItHasAndNoMore) {
  QueueBench b;
  for (std::uint64_t n = 0; n < kCapacity; ++n) ASSERT_TRUE(b.producer.send(entry(n)));
  EXPECT_FALSE(b.producer.send(entry(99)));

  EXPECT_TRUE(is_entry(*b.consumer.take(), 0));
  EXPECT_TRUE(b.producer.send(entry(kCapacity)));
  EXPECT_FALSE(b.producer.send(entry(99)));
}

TEST(NativeQueue, AsksOnceForHalfAQueue) {
  QueueBench b;
  for (std::uint64_t n = 0; n < 10 * kCapacity; ++n) {
    ASSERT_TRUE(b.producer.send(entry(n)));
    ASSERT_TRUE(is_entry(*b.consumer.take(), n));
  }
  EXPECT_EQ(b.producer.probes(), 2 * 10 - 2);  // none for the first round, which is free
}

TEST(NativeQueue, BeginsAnewElsewhere) {
  QueueBench b;
  ASSERT_TRUE(b.producer.send(entry(0)));
  const wave::QueuePlace other{.offset = 1 << 15, .capacity = 2, .words = 5};
  b.producer.move_to(other);
  Consumer consumer(b.memory.words(), other);

  EXPECT_FALSE(consumer.take());
  EXPECT_TRUE(b.producer.send(entry(1)));
  EXPECT_TRUE(b.producer.send(entry(2)));
  EXPECT_FALSE(b.producer.send(entry(3)));
  EXPECT_TRUE(is_entry(*consumer.take(), 1));
}

TEST(NativeQueue, LosesNothingBetweenTwoThreads) {
  QueueBench b;
  const std::uint64_t count = test_volume();
  std::thread producer([&] { send_all(b, count); });
  EXPECT_EQ(take_all(b, count), count);
  producer.join();
  EXPECT_FALSE(b.consumer.take());
}

/// What lies beside the queue is no atomic: only the queue orders it, which ThreadSanitizer checks.
/// Each place is written again when the consumer has freed an entry that it took after it had read
/// the place, so that the order of the way back is checked as well.
TEST(NativeQueue, OrdersWhatIsWrittenBesideIt) {
  QueueBench b;
  const std::uint64_t count = test_volume();
  std::vector<std::uint64_t> beside(2 * kCapacity);
  std::thread producer([&] {
    for (std::uint64_t n = 0; n < count; ++n) {
      // The entry that lets this one pass has been freed before the place is written.
      while (!b.producer.has_room()) std::this_thread::yield();
      beside[n % beside.size()] = n;
      ASSERT_TRUE(b.producer.send(entry(n)));
    }
  });
  std::uint64_t wrong = 0;
  for (std::uint64_t n = 0; n < count;) {
    if (!b.consumer.take()) {
      std::this_thread::yield();
      continue;
    }
    wrong += beside[n % beside.size()] != n;
    ++n;
  }
  producer.join();
  EXPECT_EQ(wrong, 0U);
}

TEST(NativeQueue, LosesNothingBetweenTwoProcesses) {
  QueueBench b;
  const std::uint64_t count = test_volume();
  const pid_t child = ::fork();
  if (child == 0) {
    send_all(b, count);
    ::_exit(0);
  }
  EXPECT_EQ(take_all(b, count), count);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_FALSE(b.consumer.take());
}

}  // namespace
}  // namespace native
