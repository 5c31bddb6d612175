// SPDX-License-Identifier: Apache-2.0
#include "sim/stack_pool.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <gtest/gtest.h>
#include <set>
#include <vector>

namespace sim {
namespace {

constexpr std::size_t kSize = 10'000;

std::vector<Stack> take(StackPool& pool, int count) {
  std::vector<Stack> stacks;
  for (int i = 0; i < count; ++i) stacks.push_back(pool.take(kSize));
  return stacks;
}

TEST(StackPool, EachStackIsMemoryOfItsOwn) {
  StackPool pool;
  const std::vector<Stack> stacks = take(pool, 100);  // more than one mapping of them
  for (std::size_t i = 0; i < stacks.size(); ++i)
    std::memset(stacks[i].bottom, static_cast<int>(i), stacks[i].size);
  for (std::size_t i = 0; i < stacks.size(); ++i) {
    EXPECT_GE(stacks[i].usable(), kSize);
    EXPECT_TRUE(std::all_of(stacks[i].bottom, stacks[i].bottom + stacks[i].size,
                            [i](std::byte b) { return b == static_cast<std::byte>(i); }));
  }
}

TEST(StackPool, AStackThatOverflowsFaults) {
  StackPool pool;
  for (const Stack& stack : take(pool, 3)) EXPECT_DEATH(stack.bottom[-1] = std::byte{1}, "");
}

TEST(StackPool, GivesAgainWhatItGotBack) {
  StackPool pool;
  const std::vector<Stack> stacks = take(pool, 40);
  const std::byte* const bottom = stacks[7].bottom;
  pool.give(stacks[7]);
  EXPECT_NE(pool.take(2 * kSize).bottom, bottom);
  EXPECT_EQ(pool.take(kSize).bottom, bottom);
}

TEST(StackPool, TopsDoNotAllLieAtOnePlaceInTheirPages) {
  StackPool pool;
  std::set<std::size_t> places;
  for (const Stack& stack : take(pool, 20))
    places.insert(reinterpret_cast<std::uintptr_t>(stack.top()) % 4096);
  EXPECT_EQ(places.size(), 20u);
}

}  // namespace
}  // namespace sim
