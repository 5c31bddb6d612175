// SPDX-License-Identifier: Apache-2.0
#include "native/rpc/bodies.h"

#include <gtest/gtest.h>

namespace native {
namespace {

using rpc::Segment;

std::vector<std::byte> bytes_of(std::uint8_t value, std::size_t count) {
  return std::vector<std::byte>(count, std::byte{value});
}

Segment part(std::uint32_t message, std::uint32_t offset, std::uint32_t length,
             std::uint32_t total) {
  return {.connection = 1, .message = message, .offset = offset, .length = length, .total = total};
}

TEST(Bodies, PutsPartsTogetherInWhateverOrderTheyCome) {
  Bodies bodies(4, 100, 1000);
  EXPECT_TRUE(bodies.keep(part(7, 2, 1, 3), bytes_of(9, 1)));
  EXPECT_TRUE(bodies.take(1, 7).empty());
  EXPECT_TRUE(bodies.keep(part(7, 0, 2, 3), bytes_of(5, 2)));
  EXPECT_EQ(bodies.take(1, 7), (std::vector{std::byte{5}, std::byte{5}, std::byte{9}}));
  EXPECT_EQ(bodies.bytes(), 0u);
}

TEST(Bodies, ForgetsWhatWasCompleteBeforeTheOneThatIsUsed) {
  Bodies bodies(4, 100, 1000);
  for (const std::uint32_t message : {1u, 2u, 3u})
    EXPECT_TRUE(bodies.keep(part(message, 0, 10, 10), bytes_of(1, 10)));
  EXPECT_EQ(bodies.take(1, 2).size(), 10u);
  EXPECT_EQ(bodies.bytes(), 10u);
  EXPECT_TRUE(bodies.take(1, 1).empty());
  EXPECT_EQ(bodies.take(1, 3).size(), 10u);
}

TEST(Bodies, ForgetsTheOldestOfTooManyThatAreIncompleteAsTheStackDoes) {
  Bodies bodies(2, 100, 1000);
  for (const std::uint32_t message : {1u, 2u, 3u})
    EXPECT_TRUE(bodies.keep(part(message, 0, 5, 10), bytes_of(1, 5)));
  EXPECT_EQ(bodies.bytes(), 20u);
  EXPECT_TRUE(bodies.keep(part(2, 5, 5, 10), bytes_of(2, 5)));
  EXPECT_EQ(bodies.take(1, 2).size(), 10u);
}

TEST(Bodies, DropsWhatItHasNoRoomForButNotTheRestOfWhatHasBegun) {
  Bodies bodies(4, 100, 15);
  EXPECT_TRUE(bodies.keep(part(1, 0, 5, 10), bytes_of(1, 5)));
  EXPECT_FALSE(bodies.keep(part(2, 0, 6, 6), bytes_of(1, 6)));
  EXPECT_TRUE(bodies.keep(part(3, 0, 5, 5), bytes_of(1, 5)));
  EXPECT_TRUE(bodies.keep(part(1, 5, 5, 10), bytes_of(1, 5)));
  EXPECT_EQ(bodies.bytes(), 15u);
}

TEST(Bodies, KeepsNothingOfASegmentThatCannotBe) {
  Bodies bodies(4, 100, 1000);
  EXPECT_TRUE(bodies.keep(part(1, 5, 6, 10), bytes_of(1, 6)));       // past its end
  EXPECT_TRUE(bodies.keep(part(2, 0, 101, 101), bytes_of(1, 101)));  // too long a message
  EXPECT_EQ(bodies.bytes(), 0u);
}

TEST(Bodies, DropsARefusedMessageAndNoOther) {
  Bodies bodies(4, 100, 1000);
  for (const std::uint32_t message : {1u, 2u})
    EXPECT_TRUE(bodies.keep(part(message, 0, 10, 10), bytes_of(1, 10)));
  bodies.drop(1, 2);
  EXPECT_EQ(bodies.bytes(), 10u);
  EXPECT_EQ(bodies.take(1, 1).size(), 10u);
}

TEST(Bodies, TakesTheSameNumberAgainForAnotherMessage) {
  Bodies bodies(4, 100, 1000);
  EXPECT_TRUE(bodies.keep(part(1, 0, 10, 10), bytes_of(1, 10)));
  EXPECT_TRUE(bodies.keep(part(1, 0, 4, 4), bytes_of(2, 4)));
  EXPECT_EQ(bodies.take(1, 1), bytes_of(2, 4));
  EXPECT_EQ(bodies.bytes(), 0u);
}

}  // namespace
}  // namespace native
