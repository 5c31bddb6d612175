// SPDX-License-Identifier: Apache-2.0
#include "subsystems/rpc/protocol/reassembly.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <vector>

namespace rpc {
namespace {

constexpr std::uint32_t kMost = 1 << 20;

Segment part(std::uint32_t message, std::uint32_t offset, std::uint32_t length,
             std::uint32_t total) {
  return {.connection = 1, .message = message, .offset = offset, .length = length, .total = total};
}

TEST(Extents, JoinWhatTouchesAndSayWhenAllIsThere) {
  Extents message(300);
  EXPECT_EQ(message.add(200, 100), Arrival::kPartial);
  EXPECT_EQ(message.add(0, 100), Arrival::kPartial);
  EXPECT_FALSE(message.complete());
  EXPECT_EQ(message.add(100, 100), Arrival::kComplete);
}

TEST(Extents, TakeWhatOverlapsForWhatIsNewInIt) {
  Extents message(100);
  EXPECT_EQ(message.add(10, 40), Arrival::kPartial);
  EXPECT_EQ(message.add(20, 10), Arrival::kDuplicate);
  EXPECT_EQ(message.add(10, 40), Arrival::kDuplicate);
  EXPECT_EQ(message.add(0, 60), Arrival::kPartial);
  EXPECT_EQ(message.add(59, 41), Arrival::kComplete);
}

TEST(Extents, OneByteMissingIsNotAll) {
  Extents message(100);
  EXPECT_EQ(message.add(0, 50), Arrival::kPartial);
  EXPECT_EQ(message.add(51, 49), Arrival::kPartial);
  EXPECT_EQ(message.add(50, 1), Arrival::kComplete);
}

TEST(Extents, KeepTrackOfSoManyPiecesAndNoMore) {
  Extents message(1000);
  for (std::uint32_t piece = 0; piece < Extents::kMostHoles; ++piece)
    EXPECT_EQ(message.add(100 * piece, 10), Arrival::kPartial);
  EXPECT_EQ(message.add(950, 10), Arrival::kTooManyHoles);
  EXPECT_EQ(message.add(10, 10), Arrival::kPartial);   // joins the first
  EXPECT_EQ(message.add(0, 110), Arrival::kPartial);   // makes one of two
  EXPECT_EQ(message.add(950, 10), Arrival::kPartial);  // and so there is room
}

TEST(Reassembler, KeepsMessagesAndConnectionsApart) {
  Reassembler all(16, kMost);
  EXPECT_EQ(all.add(part(1, 0, 50, 100)), Arrival::kPartial);
  EXPECT_EQ(all.add(part(2, 50, 50, 100)), Arrival::kPartial);
  Segment other = part(1, 50, 50, 100);
  other.connection = 2;
  EXPECT_EQ(all.add(other), Arrival::kPartial);
  EXPECT_EQ(all.under_way(), 3u);
  EXPECT_EQ(all.add(part(1, 50, 50, 100)), Arrival::kComplete);
  EXPECT_EQ(all.under_way(), 2u);
}

TEST(Reassembler, NeedsNothingForAMessageOfOneSegment) {
  Reassembler all(16, kMost);
  EXPECT_EQ(all.add(part(1, 0, 64, 64)), Arrival::kComplete);
  EXPECT_EQ(all.under_way(), 0u);
}

TEST(Reassembler, RefusesWhatCannotBe) {
  Reassembler all(16, kMost);
  EXPECT_EQ(all.add(part(1, 0, 0, 100)), Arrival::kMalformed);
  EXPECT_EQ(all.add(part(1, 100, 1, 100)), Arrival::kMalformed);
  EXPECT_EQ(all.add(part(1, 99, 2, 100)), Arrival::kMalformed);
  EXPECT_EQ(all.add(part(1, 0xffffffff, 2, 100)), Arrival::kMalformed);  // would wrap around
  EXPECT_EQ(all.add(part(1, 1, 0xffffffff, 100)), Arrival::kMalformed);
  EXPECT_EQ(all.add(part(1, 0, 1, kMost + 1)), Arrival::kMalformed);
  EXPECT_EQ(all.under_way(), 0u);
  EXPECT_EQ(all.add(part(1, 0, 1, kMost)), Arrival::kPartial);
  EXPECT_EQ(all.add(part(1, 1, 1, kMost - 1)), Arrival::kMalformed);  // of another total
  EXPECT_EQ(all.malformed(), 7);
  EXPECT_EQ(all.under_way(), 1u);
}

TEST(Reassembler, ForgetsTheMessageThatBeganFirstWhenThereIsNoRoom) {
  Reassembler all(2, kMost);
  all.add(part(1, 0, 50, 100));
  all.add(part(2, 0, 50, 100));
  EXPECT_FALSE(all.just_forgotten());
  all.add(part(3, 0, 50, 100));
  EXPECT_EQ(all.just_forgotten(), Reassembler::key_of(part(1, 0, 50, 100)));
  EXPECT_EQ(all.forgotten(), 1);
  EXPECT_EQ(all.under_way(), 2u);
  EXPECT_EQ(all.add(part(2, 50, 50, 100)), Arrival::kComplete);
  EXPECT_FALSE(all.just_forgotten());
  EXPECT_EQ(all.add(part(3, 50, 50, 100)), Arrival::kComplete);
  EXPECT_EQ(all.add(part(1, 50, 50, 100)), Arrival::kPartial);  // begins anew
}

/// Some order of all segments, another for each seed (Knuth's MMIX generator).
void shuffle(std::vector<Segment>& segments, std::uint64_t seed) {
  std::uint64_t state = seed;
  for (std::size_t i = segments.size(); i-- > 1;) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    std::swap(segments[i], segments[(state >> 33) % (i + 1)]);
  }
}

/// Segments of several messages in any order, some of them twice: each message is complete exactly
/// when its last byte is there.
TEST(Reassembler, CompletesEachMessageOnceWhateverTheOrder) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    Reassembler all(64, kMost);
    std::vector<Segment> sent;
    for (std::uint32_t message = 0; message < 8; ++message)
      for (std::uint32_t piece = 0; piece < 6; ++piece)
        sent.push_back(part(message, 100 * piece, 100, 600));
    shuffle(sent, seed);
    std::vector<int> there(8, 0);
    for (const Segment& segment : sent) {
      const Arrival arrival = all.add(segment);
      const bool last = ++there[segment.message] == 6;
      ASSERT_EQ(arrival, last ? Arrival::kComplete : Arrival::kPartial) << "seed " << seed;
      if (last) continue;
      ASSERT_EQ(all.add(segment), Arrival::kDuplicate) << "seed " << seed;
    }
    EXPECT_EQ(all.under_way(), 0u);
  }
}

}  // namespace
}  // namespace rpc
