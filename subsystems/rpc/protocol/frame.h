// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <variant>

// The header of an RPC as it stands on the wire, before its body. Read by whoever handles the RPC,
// on the host or on the NIC, from bytes that anybody may have sent.

namespace rpc {

enum class Kind : std::uint8_t { kRequest = 1, kReply = 2, kError = 3 };

struct Header {
  Kind kind = Kind::kRequest;
  std::uint8_t slo_class = 0;  // of latency objectives: which one, not how long
  std::uint16_t method = 0;
  std::uint64_t call = 0;        // the caller's number; a reply carries that of its request
  std::uint32_t budget_us = 0;   // how long the caller still waits; 0: for ever
  std::uint32_t body_bytes = 0;  // that follow; at most kMostBodyBytes

  friend bool operator==(const Header&, const Header&) = default;
};

/// Little-endian: magic (2 bytes), version (1), kind (1), method (2), class (1), zero (1), call
/// (8), budget (4), body (4), CRC-32C of all before it (4).
constexpr std::size_t kHeaderBytes = 28;
constexpr std::uint16_t kMagic = 0x5257;
constexpr std::uint8_t kVersion = 1;
/// A peer that announces more does not mean it: nobody has to keep room for it.
constexpr std::uint32_t kMostBodyBytes = 64u << 20;

/// Why bytes are no header. In the order in which it is looked for.
enum class Malformed : std::uint8_t {
  kTruncated,
  kNoMagic,
  kWrongChecksum,
  kUnknownVersion,
  kUnknownKind,
  kReservedBits,
  kBodyTooLarge,
};
constexpr std::size_t kWaysToBeMalformed = 7;
std::string_view name_of(Malformed why);

using HeaderBytes = std::array<std::byte, kHeaderBytes>;

HeaderBytes encode(const Header& header);
/// Of the first kHeaderBytes. What is accepted encodes to the same bytes again.
std::variant<Header, Malformed> decode(std::span<const std::byte> bytes);

/// CRC-32C (Castagnoli), as iSCSI and NICs' engines compute it.
std::uint32_t crc32c(std::span<const std::byte> bytes);

/// Headers that were dropped, by reason.
class MalformedCounts {
 public:
  void add(Malformed why) { ++counts_[static_cast<std::size_t>(why)]; }
  std::int64_t of(Malformed why) const { return counts_[static_cast<std::size_t>(why)]; }
  std::int64_t all() const;

  MalformedCounts& operator-=(const MalformedCounts& other);
  MalformedCounts& operator+=(const MalformedCounts& other);

 private:
  std::array<std::int64_t, kWaysToBeMalformed> counts_{};
};

}  // namespace rpc
