// SPDX-License-Identifier: Apache-2.0
#include "native/decision_slot.h"

#include <algorithm>
#include <atomic>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include "native/shared_memory.h"
#include "native/test_volume.h"
#include "subsystems/wave/agent/scheduling.h"

namespace native {
namespace {

using wave::scheduling::kTransactionWords;
using wave::scheduling::Transaction;

struct SlotBench {
  SharedMemory memory{4096};
  wave::SlotPlace place{.offset = 64};
  DecisionWriter writer{memory.words(), place};
  DecisionReader reader{memory.words(), place};
};

/// Everything in decision `n` follows from its number.
Transaction decision(std::uint32_t n) {
  return {.target = wave::scheduling::make_gtid(n, 1),
          .task_barrier = n * 3,
          .agent_barrier = n * 5,
          .commit_flags = n * 7,
          .run_flags = n * 11};
}

void write(DecisionWriter& writer, std::uint32_t n) {
  writer.write(encode(decision(n), n), kTransactionWords);
}

/// Its number if it is whole, else zero.
std::uint32_t number_of(const wave::Slot& slot) {
  const auto n = static_cast<std::uint32_t>(slot[wave::kFlagWord]);
  return slot == encode(decision(n), n) ? n : 0;
}

TEST(NativeSlot, HoldsNothingAtFirst) {
  SlotBench b;
  EXPECT_FALSE(b.reader.poll(kTransactionWords));
}

TEST(NativeSlot, ShowsEachDecisionOnce) {
  SlotBench b;
  write(b.writer, 1);
  EXPECT_EQ(number_of(*b.reader.poll(kTransactionWords)), 1U);
  EXPECT_FALSE(b.reader.poll(kTransactionWords));
  write(b.writer, 2);
  EXPECT_EQ(number_of(*b.reader.poll(kTransactionWords)), 2U);
}

TEST(NativeSlot, ShowsNoDecisionThatTheNextIsBeingWrittenOver) {
  SlotBench b;
  write(b.writer, 1);
  b.writer.begin(encode(decision(2), 2), kTransactionWords);
  EXPECT_FALSE(b.reader.poll(kTransactionWords));
  write(b.writer, 2);
  EXPECT_EQ(number_of(*b.reader.poll(kTransactionWords)), 2U);
}

TEST(NativeSlot, BringsTheOutcomeBack) {
  SlotBench b;
  EXPECT_EQ(b.writer.outcome(), 0U);
  b.reader.answer(42);
  EXPECT_EQ(b.writer.outcome(), 42U);
}

TEST(NativeSlot, IsEmptyElsewhere) {
  SlotBench b;
  write(b.writer, 1);
  b.reader.move_to({.offset = 1024});
  EXPECT_FALSE(b.reader.poll(kTransactionWords));
}

/// Decisions are written over each other as fast as can be, until so many were seen: each is whole,
/// and in order.
struct Seen {
  std::uint64_t torn = 0;
  std::uint64_t backward = 0;
};

std::uint64_t enough() {
  return std::min<std::uint64_t>(test_volume() / 100, 1000);
}

Seen read_enough(DecisionReader& reader) {
  Seen all;
  std::uint32_t last = 0;
  for (std::uint64_t seen = 0; seen < enough();) {
    const auto slot = reader.poll(kTransactionWords);
    if (!slot) continue;
    ++seen;
    const std::uint32_t n = number_of(*slot);
    if (n == 0) ++all.torn;
    if (n <= last) ++all.backward;
    last = static_cast<std::uint32_t>((*slot)[wave::kFlagWord]);
  }
  return all;
}

/// At least as many as the tests' volume; then until the reader has seen enough.
void write_until(DecisionWriter& writer, std::atomic_ref<std::uint64_t> read) {
  const std::uint64_t least = test_volume();
  for (std::uint32_t n = 1; n <= least || read.load(std::memory_order_relaxed) == 0; ++n)
    write(writer, n);
}

TEST(NativeSlot, IsNeverTornBetweenTwoThreads) {
  SlotBench b;
  const auto done = b.memory.words().at(0);
  std::thread writer([&] { write_until(b.writer, done); });
  const Seen all = read_enough(b.reader);
  done.store(1, std::memory_order_relaxed);
  writer.join();
  EXPECT_EQ(all.torn, 0U);
  EXPECT_EQ(all.backward, 0U);
}

/// As for queues: what lies beside the slot is ordered by it and nothing else.
TEST(NativeSlot, OrdersWhatIsWrittenBeforeADecision) {
  SlotBench b;
  const auto count = static_cast<std::uint32_t>(test_volume());
  std::vector<std::uint32_t> beside(count + 1);
  std::thread writer([&] {
    for (std::uint32_t n = 1; n <= count; ++n) {
      beside[n] = n;
      write(b.writer, n);
    }
  });
  std::uint64_t wrong = 0;
  for (std::uint32_t last = 0; last != count;) {
    const auto slot = b.reader.poll(kTransactionWords);
    if (!slot) continue;
    last = static_cast<std::uint32_t>((*slot)[wave::kFlagWord]);
    wrong += beside[last] != last;
  }
  writer.join();
  EXPECT_EQ(wrong, 0U);
}

TEST(NativeSlot, IsNeverTornBetweenTwoProcesses) {
  SlotBench b;
  const auto done = b.memory.words().at(0);
  const pid_t child = ::fork();
  if (child == 0) {
    write_until(b.writer, done);
    ::_exit(0);
  }
  const Seen all = read_enough(b.reader);
  done.store(1, std::memory_order_relaxed);
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  EXPECT_EQ(all.torn, 0U);
  EXPECT_EQ(all.backward, 0U);
}

}  // namespace
}  // namespace native
