// SPDX-License-Identifier: Apache-2.0
#include "sim/ring.h"

#include <gtest/gtest.h>
#include <memory>

namespace sim {
namespace {

TEST(Ring, KeepsOrderWhileItGrowsAroundItsEnd) {
  Ring<int> ring;
  int pushed = 0;
  int popped = 0;
  for (int round = 1; round < 200; ++round) {
    for (int i = 0; i < round % 37; ++i) ring.push(pushed++);
    for (int i = 0; i < round % 31 && !ring.empty(); ++i) EXPECT_EQ(ring.pop(), popped++);
  }
  while (!ring.empty()) EXPECT_EQ(ring.pop(), popped++);
  EXPECT_EQ(popped, pushed);
}

TEST(Ring, NumbersItsItemsForLife) {
  Ring<int> ring;
  for (int i = 0; i < 40; ++i) ring.push(i);
  for (int i = 0; i < 25; ++i) ring.pop();
  EXPECT_EQ(ring.front_number(), 25u);
  EXPECT_EQ(ring.next_number(), 40u);
  EXPECT_EQ(ring.at(30), 30);
}

TEST(Ring, DestroysWhatIsLeftInIt) {
  const auto alive = std::make_shared<int>();
  {
    Ring<std::shared_ptr<int>> ring;
    for (int i = 0; i < 20; ++i) ring.push(alive);
    ring.pop();
    EXPECT_EQ(alive.use_count(), 20);
  }
  EXPECT_EQ(alive.use_count(), 1);
}

TEST(Ring, TakesBackWhatWasItsFront) {
  Ring<int> ring;
  for (int i = 0; i < 16; ++i) ring.push(i);
  ring.push_front(-1);  // when it is full
  EXPECT_EQ(ring.pop(), -1);
  EXPECT_EQ(ring.pop(), 0);
  ring.push_front(0);
  for (int i = 0; i < 16; ++i) EXPECT_EQ(ring.pop(), i);
  ring.push_front(7);  // before everything that ever was in it
  ring.push(8);
  EXPECT_EQ(ring.size(), 2u);
  EXPECT_EQ(ring.pop(), 7);
  EXPECT_EQ(ring.pop(), 8);
  EXPECT_TRUE(ring.empty());
}

}  // namespace
}  // namespace sim
