// SPDX-License-Identifier: Apache-2.0
#include "subsystems/rpc/protocol/frame.h"

#include <functional>
#include <numeric>
#include <utility>

namespace rpc {
namespace {

// Where the fields are.
constexpr std::size_t kMagicAt = 0;
constexpr std::size_t kVersionAt = 2;
constexpr std::size_t kKindAt = 3;
constexpr std::size_t kMethodAt = 4;
constexpr std::size_t kClassAt = 6;
constexpr std::size_t kReservedAt = 7;
constexpr std::size_t kCallAt = 8;
constexpr std::size_t kBudgetAt = 16;
constexpr std::size_t kBodyAt = 20;
constexpr std::size_t kChecksumAt = 24;

template <class Integer>
void put(HeaderBytes& bytes, std::size_t at, Integer value) {
  for (std::size_t i = 0; i < sizeof(Integer); ++i)
    bytes[at + i] = static_cast<std::byte>(static_cast<std::uint64_t>(value) >> (8 * i));
}

/// `f(i)` of every i below `count`, in one expression: as a loop, GCC does not see that bytes make
/// a word.
template <std::size_t count, class F, class Join>
std::uint64_t joined(F f, Join join) {
  return [&]<std::size_t... i>(std::index_sequence<i...>) {
    std::uint64_t all = 0;
    ((all = join(all, f(i))), ...);
    return all;
  }
  (std::make_index_sequence<count>{});
}

template <class Integer>
Integer get(std::span<const std::byte> bytes, std::size_t at) {
  const auto in_place = [&](std::size_t i) {
    return static_cast<std::uint64_t>(bytes[at + i]) << (8 * i);
  };
  return static_cast<Integer>(joined<sizeof(Integer)>(in_place, std::bit_or<>{}));
}

/// Reflected, as bits go over a wire.
constexpr std::uint32_t kCastagnoli = 0x82f63b78;

using Remainders = std::array<std::uint32_t, 256>;
constexpr std::size_t kAtOnce = 8;

/// Of each byte, followed by as many zero bytes as the table's number.
constexpr std::array<Remainders, kAtOnce> remainders() {
  std::array<Remainders, kAtOnce> tables{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t rest = byte;
    for (int bit = 0; bit < 8; ++bit) rest = (rest >> 1) ^ ((rest & 1) != 0 ? kCastagnoli : 0);
    tables[0][byte] = rest;
  }
  for (std::size_t zeros = 1; zeros < kAtOnce; ++zeros)
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const std::uint32_t before = tables[zeros - 1][byte];
      tables[zeros][byte] = (before >> 8) ^ tables[0][before & 0xff];
    }
  return tables;
}

bool is_kind(std::uint8_t number) {
  return number >= static_cast<std::uint8_t>(Kind::kRequest) &&
         number <= static_cast<std::uint8_t>(Kind::kError);
}

Header fields_of(std::span<const std::byte> bytes) {
  return {.kind = static_cast<Kind>(bytes[kKindAt]),
          .slo_class = get<std::uint8_t>(bytes, kClassAt),
          .method = get<std::uint16_t>(bytes, kMethodAt),
          .call = get<std::uint64_t>(bytes, kCallAt),
          .budget_us = get<std::uint32_t>(bytes, kBudgetAt),
          .body_bytes = get<std::uint32_t>(bytes, kBodyAt)};
}

}  // namespace

std::string_view name_of(Malformed why) {
  static constexpr std::array<std::string_view, kWaysToBeMalformed> kNames{
      "truncated",    "no magic",      "wrong checksum", "unknown version",
      "unknown kind", "reserved bits", "body too large"};
  return kNames[static_cast<std::size_t>(why)];
}

/// Eight bytes at once, whose look-ups do not wait for each other.
std::uint32_t crc32c(std::span<const std::byte> bytes) {
  static constexpr std::array<Remainders, kAtOnce> kTables = remainders();
  std::uint32_t rest = ~std::uint32_t{0};
  for (; bytes.size() >= kAtOnce; bytes = bytes.subspan(kAtOnce)) {
    const std::uint64_t eight = get<std::uint64_t>(bytes, 0) ^ rest;
    const auto of_byte = [eight](std::size_t i) {
      return kTables[kAtOnce - 1 - i][(eight >> (8 * i)) & 0xff];
    };
    rest = static_cast<std::uint32_t>(joined<kAtOnce>(of_byte, std::bit_xor<>{}));
  }
  for (const std::byte byte : bytes)
    rest = (rest >> 8) ^ kTables[0][(rest ^ static_cast<std::uint32_t>(byte)) & 0xff];
  return ~rest;
}

HeaderBytes encode(const Header& header) {
  HeaderBytes bytes{};
  put(bytes, kMagicAt, kMagic);
  put(bytes, kVersionAt, kVersion);
  put(bytes, kKindAt, static_cast<std::uint8_t>(header.kind));
  put(bytes, kMethodAt, header.method);
  put(bytes, kClassAt, header.slo_class);
  put(bytes, kCallAt, header.call);
  put(bytes, kBudgetAt, header.budget_us);
  put(bytes, kBodyAt, header.body_bytes);
  put(bytes, kChecksumAt, crc32c(std::span(bytes).first(kChecksumAt)));
  return bytes;
}

std::variant<Header, Malformed> decode(std::span<const std::byte> bytes) {
  if (bytes.size() < kHeaderBytes) return Malformed::kTruncated;
  if (get<std::uint16_t>(bytes, kMagicAt) != kMagic) return Malformed::kNoMagic;
  if (get<std::uint32_t>(bytes, kChecksumAt) != crc32c(bytes.first(kChecksumAt)))
    return Malformed::kWrongChecksum;
  if (get<std::uint8_t>(bytes, kVersionAt) != kVersion) return Malformed::kUnknownVersion;
  if (!is_kind(get<std::uint8_t>(bytes, kKindAt))) return Malformed::kUnknownKind;
  if (bytes[kReservedAt] != std::byte{0}) return Malformed::kReservedBits;
  const Header header = fields_of(bytes);
  if (header.body_bytes > kMostBodyBytes) return Malformed::kBodyTooLarge;
  return header;
}

std::int64_t MalformedCounts::all() const {
  return std::accumulate(counts_.begin(), counts_.end(), std::int64_t{0});
}

MalformedCounts& MalformedCounts::operator-=(const MalformedCounts& other) {
  for (std::size_t way = 0; way < counts_.size(); ++way) counts_[way] -= other.counts_[way];
  return *this;
}

MalformedCounts& MalformedCounts::operator+=(const MalformedCounts& other) {
  for (std::size_t way = 0; way < counts_.size(); ++way) counts_[way] += other.counts_[way];
  return *this;
}

}  // namespace rpc
