// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <map>
#include <random>
#include <utility>
#include <vector>

#include "bench/queues/heap.h"
#include "bench/queues/ladder.h"
#include "bench/queues/lanes.h"
#include "bench/queues/tournament.h"
#include "bench/queues/wheel.h"

namespace bench {
namespace {

/// What every candidate must do, in the plainest way.
class Reference {
 public:
  explicit Reference(std::size_t slots) : armed_(slots, queue_.end()) {}

  void arm(Slot slot, Ticks when) {
    cancel(slot);
    armed_[slot] = queue_.emplace(when, slot);  // behind those with the same key
  }
  void cancel(Slot slot) {
    if (armed_[slot] != queue_.end()) queue_.erase(armed_[slot]);
    armed_[slot] = queue_.end();
  }
  std::optional<Due> pop() {
    if (queue_.empty()) return std::nullopt;
    const auto [when, slot] = *queue_.begin();
    cancel(slot);
    return Due{when, slot};
  }

 private:
  std::multimap<Ticks, Slot> queue_;
  std::vector<std::multimap<Ticks, Slot>::iterator> armed_;
};

template <class Q>
class QueueTest : public testing::Test {
 protected:
  /// Arms, moves, cancels and pops at random; instants lie up to `span` ahead.
  void compare(std::size_t slots, Ticks span, int operations) {
    Q queue(slots);
    Reference reference(slots);
    std::mt19937_64 random(static_cast<std::uint64_t>(span) + slots);
    Ticks now = 0;
    for (int i = 0; i < operations; ++i) {
      const auto slot = static_cast<Slot>(random() % slots);
      const auto when = now + static_cast<Ticks>(random() % static_cast<std::uint64_t>(span));
      switch (random() % 8) {
        case 0:
          queue.cancel(slot), reference.cancel(slot);
          break;
        case 1:
        case 2:
        case 3: {
          const auto due = reference.pop();
          ASSERT_EQ(queue.pop(), due) << "operation " << i;
          if (due) now = due->when;
          break;
        }
        default:
          queue.arm(slot, when), reference.arm(slot, when);
      }
    }
    while (const auto due = reference.pop()) ASSERT_EQ(queue.pop(), due);
    EXPECT_EQ(queue.pop(), std::nullopt);
  }
};

using Candidates =
    testing::Types<TournamentQueue, HeapQueue, WheelQueue, LadderQueue,
                   WithPresent<TournamentQueue>, WithPresent<HeapQueue>, WithPresent<WheelQueue>,
                   WithPresent<LadderQueue>, TournamentWithDelays>;
TYPED_TEST_SUITE(QueueTest, Candidates);

TYPED_TEST(QueueTest, AgreesWithAMultimapWhenNearlyEverythingTies) {
  this->compare(20, 3, 20'000);
  this->compare(2000, 3, 50'000);
}

TYPED_TEST(QueueTest, AgreesWithAMultimapOnShortDelays) {
  this->compare(300, 1000, 50'000);
}

TYPED_TEST(QueueTest, AgreesWithAMultimapOnDelaysFarApart) {
  this->compare(1, 1'000'000'000, 1000);
  this->compare(50, 1'000'000'000'000, 50'000);
  this->compare(3000, 1'000'000'000, 100'000);
}

}  // namespace
}  // namespace bench
