// SPDX-License-Identifier: Apache-2.0
#include "subsystems/scheduling/policies/metered_policy.h"

#include <gtest/gtest.h>
#include <utility>
#include <vector>

#include "subsystems/scheduling/policies/fifo.h"

namespace scheduling {
namespace {

using namespace std::chrono_literals;
using wave::Work;

/// Notes what it is charged for.
class Bill : public wave::Runtime {
 public:
  Instant now() override { return 0us; }
  wave::Event poll(Instant) override { return {}; }
  bool leaving() override { return true; }
  int slots() const override { return 1; }
  void write_decision(int, const wave::Slot&, std::size_t) override {}
  void notify(int) override {}
  std::uint64_t read_word(std::int64_t) override { return 0; }
  void charge(Work) override {}
  void charge_blocks(Work part_of, std::int64_t blocks) override {
    entries.emplace_back(part_of, blocks);
  }
  std::vector<std::pair<Work, std::int64_t>> entries;
};

/// Counts as its library would: each call runs a number of blocks of its own.
class Counting : public Fifo {
 public:
  static inline thread_local std::uint64_t blocks = 0;
  void runnable(ThreadId thread, Why why, Instant now) override {
    blocks += 7;
    Fifo::runnable(thread, why, now);
  }
  void gone(ThreadId thread) override {
    blocks += 5;
    Fifo::gone(thread);
  }
  std::optional<ThreadId> pick(Cpu cpu, Instant now) override {
    blocks += 3;
    return Fifo::pick(cpu, now);
  }
  void word(ThreadId, std::uint64_t) override { blocks += 2; }
  bool reads_words() const override { return blocks++ > 0; }
  std::optional<Instant> slice() const override {
    ++blocks;
    return 30us;
  }
};

TEST(MeteredPolicy, ChargesEachCallForTheBlocksThatItRan) {
  Bill bill;
  MeteredPolicy policy(bill, std::make_unique<Counting>(), [] { return Counting::blocks; });
  policy.word(1, 0);
  policy.runnable(1, Policy::Why::kWoken, 0us);
  policy.runnable(2, Policy::Why::kWoken, 0us);
  policy.gone(1);
  EXPECT_EQ(policy.pick(0, 0us), 2);
  EXPECT_EQ(policy.pick(0, 0us), std::nullopt);
  EXPECT_EQ(bill.entries, (std::vector<std::pair<Work, std::int64_t>>{{Work::kHandleMessage, 2},
                                                                      {Work::kHandleMessage, 7},
                                                                      {Work::kHandleMessage, 7},
                                                                      {Work::kHandleMessage, 5},
                                                                      {Work::kDecide, 3},
                                                                      {Work::kDecide, 3}}));
}

TEST(MeteredPolicy, AsksForWhatDoesNotChangeWithoutCharge) {
  Bill bill;
  MeteredPolicy policy(bill, std::make_unique<Counting>(), [] { return Counting::blocks; });
  Counting::blocks = 1;
  EXPECT_TRUE(policy.reads_words());
  EXPECT_EQ(policy.slice(), 30us);
  EXPECT_TRUE(bill.entries.empty());
}

}  // namespace
}  // namespace scheduling
