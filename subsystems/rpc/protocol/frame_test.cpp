// SPDX-License-Identifier: Apache-2.0
#include "subsystems/rpc/protocol/frame.h"

#include <gtest/gtest.h>
#include <limits>
#include <string_view>

namespace rpc {
namespace {

const Header kGet{.kind = Kind::kRequest,
                  .slo_class = 2,
                  .method = 0x0304,
                  .call = 0x0123456789abcdef,
                  .budget_us = 250,
                  .body_bytes = 1024};

Header header_of(std::span<const std::byte> bytes) {
  return std::get<Header>(decode(bytes));
}

Malformed reason_for(std::span<const std::byte> bytes) {
  return std::get<Malformed>(decode(bytes));
}

/// As somebody would send it on purpose: with a checksum that is right.
HeaderBytes sealed(HeaderBytes bytes) {
  const std::uint32_t sum = crc32c(std::span(bytes).first(24));
  for (std::size_t i = 0; i < 4; ++i) bytes[24 + i] = static_cast<std::byte>(sum >> (8 * i));
  return bytes;
}

HeaderBytes sealed_with(std::size_t at, std::byte value) {
  HeaderBytes bytes = encode(kGet);
  bytes[at] = value;
  return sealed(bytes);
}

TEST(Crc32c, IsTheOneThatEverybodyMeans) {
  const std::string_view digits = "123456789";
  EXPECT_EQ(crc32c(std::as_bytes(std::span(digits))), 0xe3069283u);
  EXPECT_EQ(crc32c({}), 0u);
  EXPECT_EQ(crc32c(std::array<std::byte, 32>{}), 0x8a9136aau);  // RFC 3720, B.4
}

/// Bit by bit, as the polynomial's definition has it.
std::uint32_t slow_crc32c(std::span<const std::byte> bytes) {
  std::uint32_t rest = ~std::uint32_t{0};
  for (const std::byte byte : bytes) {
    rest ^= std::to_integer<std::uint32_t>(byte);
    for (int bit = 0; bit < 8; ++bit) rest = (rest >> 1) ^ ((rest & 1) != 0 ? 0x82f63b78u : 0u);
  }
  return ~rest;
}

TEST(Crc32c, IsTheSameInOneGoAndBitByBitAtEveryLength) {
  std::array<std::byte, 40> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(37 * i + 11);
  for (std::size_t length = 0; length <= bytes.size(); ++length) {
    const auto part = std::span(bytes).first(length);
    EXPECT_EQ(crc32c(part), slow_crc32c(part)) << length;
  }
}

TEST(Header, StandsOnTheWireByteByByte) {
  const HeaderBytes bytes = encode(kGet);
  const std::array<int, 24> expected{0x57, 0x52, 1,    1,    0x04, 0x03, 2,    0,
                                     0xef, 0xcd, 0xab, 0x89, 0x67, 0x45, 0x23, 0x01,
                                     250,  0,    0,    0,    0,    4,    0,    0};
  for (std::size_t i = 0; i < expected.size(); ++i)
    EXPECT_EQ(std::to_integer<int>(bytes[i]), expected[i]) << "byte " << i;
}

TEST(Header, ComesBackAsItWasAlsoAtTheEndsOfItsRanges) {
  const Header most{.kind = Kind::kError,
                    .slo_class = 255,
                    .method = 65535,
                    .call = std::numeric_limits<std::uint64_t>::max(),
                    .budget_us = std::numeric_limits<std::uint32_t>::max(),
                    .body_bytes = kMostBodyBytes};
  for (const Header& header : {Header{}, kGet, most}) EXPECT_EQ(header_of(encode(header)), header);
}

TEST(Header, MayBeFollowedByItsBody) {
  std::array<std::byte, kHeaderBytes + 5> message{};
  const HeaderBytes bytes = encode(kGet);
  std::copy(bytes.begin(), bytes.end(), message.begin());
  EXPECT_EQ(header_of(message), kGet);
}

TEST(Header, IsRefusedAtEveryLengthShortOfItsOwn) {
  const HeaderBytes bytes = encode(kGet);
  for (std::size_t length = 0; length < kHeaderBytes; ++length)
    EXPECT_EQ(reason_for(std::span(bytes).first(length)), Malformed::kTruncated) << length;
}

TEST(Header, IsRefusedWhenAnyOneBitHasFlipped) {
  const HeaderBytes bytes = encode(kGet);
  for (std::size_t bit = 0; bit < 8 * kHeaderBytes; ++bit) {
    HeaderBytes damaged = bytes;
    damaged[bit / 8] ^= static_cast<std::byte>(1 << (bit % 8));
    EXPECT_EQ(reason_for(damaged), bit < 16 ? Malformed::kNoMagic : Malformed::kWrongChecksum)
        << "bit " << bit;
  }
}

TEST(Header, SaysWhatIsWrongWithOneThatWasMadeSo) {
  EXPECT_EQ(reason_for(sealed_with(2, std::byte{2})), Malformed::kUnknownVersion);
  EXPECT_EQ(reason_for(sealed_with(3, std::byte{0})), Malformed::kUnknownKind);
  EXPECT_EQ(reason_for(sealed_with(3, std::byte{4})), Malformed::kUnknownKind);
  EXPECT_EQ(reason_for(sealed_with(7, std::byte{1})), Malformed::kReservedBits);
  Header large = kGet;
  large.body_bytes = kMostBodyBytes + 1;
  EXPECT_EQ(reason_for(encode(large)), Malformed::kBodyTooLarge);
}

TEST(MalformedCounts, AreAddedAndSubtractedReasonByReason) {
  MalformedCounts before;
  before.add(Malformed::kNoMagic);
  MalformedCounts now = before;
  now.add(Malformed::kNoMagic);
  now.add(Malformed::kTruncated);
  MalformedCounts since = now;
  since -= before;
  EXPECT_EQ(since.of(Malformed::kNoMagic), 1);
  EXPECT_EQ(since.of(Malformed::kTruncated), 1);
  since += before;
  EXPECT_EQ(since.of(Malformed::kNoMagic), 2);
  EXPECT_EQ(since.all(), now.all());
}

TEST(MalformedCounts, KeepReasonsApart) {
  MalformedCounts dropped;
  dropped.add(Malformed::kNoMagic);
  dropped.add(Malformed::kBodyTooLarge);
  dropped.add(Malformed::kBodyTooLarge);
  EXPECT_EQ(dropped.of(Malformed::kNoMagic), 1);
  EXPECT_EQ(dropped.of(Malformed::kBodyTooLarge), 2);
  EXPECT_EQ(dropped.of(Malformed::kTruncated), 0);
  EXPECT_EQ(dropped.all(), 3);
  EXPECT_EQ(name_of(Malformed::kBodyTooLarge), "body too large");
  EXPECT_EQ(name_of(Malformed::kTruncated), "truncated");
}

}  // namespace
}  // namespace rpc
