// SPDX-License-Identifier: Apache-2.0
#include "subsystems/rpc/protocol/inbox.h"

#include <gtest/gtest.h>

#include "subsystems/rpc/stack/scripted_runtime.h"

namespace rpc {
namespace {

using namespace std::chrono_literals;

constexpr std::uint32_t kMostBytes = 1 << 20;
const Header kPut{.method = 7, .call = 70, .body_bytes = 272};  // 300 bytes in all

Packet piece_of(const Header& header, std::uint32_t number, std::uint32_t offset,
                std::uint32_t length) {
  return {.segment = {.connection = 1,
                      .message = number,
                      .offset = offset,
                      .length = length,
                      .total = static_cast<std::uint32_t>(kHeaderBytes + header.body_bytes)},
          .header = offset == 0 ? encode(header) : HeaderBytes{}};
}

TEST(Inbox, KeepsTheHeaderOfAMessageUntilItIsWhole) {
  Inbox inbox(4, kMostBytes);
  EXPECT_EQ(inbox.add(piece_of(kPut, 1, 0, 100), 1us).arrival, Arrival::kPartial);
  EXPECT_EQ(inbox.under_way(), 1u);
  EXPECT_EQ(inbox.add(piece_of(kPut, 1, 100, 100), 2us).arrival, Arrival::kPartial);
  const Inbox::Taken taken = inbox.add(piece_of(kPut, 1, 200, 100), 3us);
  EXPECT_EQ(taken.arrival, Arrival::kComplete);
  EXPECT_EQ(std::get<Header>(decode(taken.beginning.bytes())), kPut);
  EXPECT_EQ(taken.beginning.since, 1us);
  EXPECT_EQ(inbox.under_way(), 0u);
}

TEST(Inbox, TakesTheHeaderAlsoWhenItComesLast) {
  Inbox inbox(4, kMostBytes);
  inbox.add(piece_of(kPut, 1, 100, 200), 1us);
  const Inbox::Taken taken = inbox.add(piece_of(kPut, 1, 0, 100), 2us);
  EXPECT_EQ(taken.arrival, Arrival::kComplete);
  EXPECT_EQ(std::get<Header>(decode(taken.beginning.bytes())), kPut);
  EXPECT_EQ(taken.beginning.since, 1us);
}

TEST(Inbox, KeepsNothingOfAMessageInOnePacket) {
  Inbox inbox(4, kMostBytes);
  const Inbox::Taken taken = inbox.add(piece_of(kPut, 1, 0, 300), 5us);
  EXPECT_EQ(taken.arrival, Arrival::kComplete);
  EXPECT_EQ(std::get<Header>(decode(taken.beginning.bytes())), kPut);
  EXPECT_EQ(taken.beginning.since, 5us);
  EXPECT_EQ(inbox.under_way(), 0u);
}

TEST(Inbox, ForgetsAHeaderTogetherWithItsMessage) {
  Inbox inbox(2, kMostBytes);
  inbox.add(piece_of(kPut, 1, 0, 100), 1us);
  inbox.add(piece_of(kPut, 2, 0, 100), 2us);
  inbox.add(piece_of(kPut, 3, 0, 100), 3us);
  EXPECT_EQ(inbox.under_way(), 2u);
  EXPECT_EQ(inbox.forgotten(), 1);
  // The first begins anew, without what was known of it.
  inbox.add(piece_of(kPut, 1, 100, 100), 9us);
  EXPECT_EQ(inbox.under_way(), 2u);
  Header other = kPut;
  other.call = 71;
  inbox.add(piece_of(other, 1, 0, 100), 10us);
  const Inbox::Taken taken = inbox.add(piece_of(kPut, 1, 200, 100), 11us);
  EXPECT_EQ(std::get<Header>(decode(taken.beginning.bytes())), other);
  EXPECT_EQ(taken.beginning.since, 9us);
}

TEST(Inbox, DoesNotLetALaterPacketReplaceAWholeHeader) {
  Inbox inbox(4, kMostBytes);
  Header other = kPut;
  other.call = 71;
  inbox.add(piece_of(kPut, 1, 0, 100), 1us);
  EXPECT_EQ(inbox.add(piece_of(other, 1, 0, 100), 1us).arrival, Arrival::kDuplicate);
  inbox.add(piece_of(other, 1, 0, 150), 1us);
  const Inbox::Taken taken = inbox.add(piece_of(kPut, 1, 150, 150), 1us);
  EXPECT_EQ(std::get<Header>(decode(taken.beginning.bytes())), kPut);
}

TEST(Inbox, HasAWholeHeaderFromAWholeHeaderOnly) {
  for (const auto length : {kHeaderBytes - 1, kHeaderBytes}) {
    const auto first = static_cast<std::uint32_t>(length);
    Inbox inbox(4, kMostBytes);
    inbox.add(piece_of(kPut, 1, 0, first), 1us);
    const Inbox::Taken taken = inbox.add(piece_of(kPut, 1, first, 300 - first), 1us);
    ASSERT_EQ(taken.arrival, Arrival::kComplete);
    EXPECT_EQ(taken.beginning.bytes().size(), length);
  }
}

TEST(Inbox, TakesTheHeaderFromASecondPacketIfTheFirstHadNotAllOfIt) {
  Inbox inbox(4, kMostBytes);
  inbox.add(piece_of(kPut, 1, 0, 10), 1us);
  inbox.add(piece_of(kPut, 1, 0, 100), 1us);
  const Inbox::Taken taken = inbox.add(piece_of(kPut, 1, 100, 200), 1us);
  EXPECT_EQ(std::get<Header>(decode(taken.beginning.bytes())), kPut);
}

TEST(Inbox, LearnsNothingFromWhatIsDropped) {
  Inbox inbox(4, kMostBytes);
  Packet wrong = piece_of(kPut, 1, 0, 100);
  wrong.segment.total = 50;
  EXPECT_EQ(inbox.add(wrong, 1us).arrival, Arrival::kMalformed);
  EXPECT_EQ(inbox.under_way(), 0u);
}

}  // namespace
}  // namespace rpc
