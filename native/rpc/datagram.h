// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>

#include "subsystems/rpc/protocol/packet.h"

namespace native {

static_assert(std::endian::native == std::endian::little, "both ends are this machine");

/// A packet as one datagram: which part of which message it is, and then the part's bytes. The
/// length is the datagram's own.
struct DatagramHeader {
  static constexpr std::uint32_t kMagic = 0x31445757;  // "WWD1"

  std::uint32_t magic = kMagic;
  std::uint32_t connection = 0;  // the sender's number for it
  std::uint32_t message = 0;
  std::uint32_t offset = 0;
  std::uint32_t total = 0;
};

/// What a buffer has to hold.
constexpr std::size_t kLargestDatagram = 65'536;

/// A received packet and its bytes, the message's header among them.
struct Datagram {
  rpc::Packet packet;
  std::span<const std::byte> bytes;
};

inline DatagramHeader header_of(const rpc::Segment& segment) {
  return {.connection = segment.connection,
          .message = segment.message,
          .offset = segment.offset,
          .total = segment.total};
}

/// Nothing if it is no packet of this protocol. Whether the segment makes sense is for the stack to
/// say.
inline std::optional<Datagram> read_datagram(std::span<const std::byte> bytes) {
  DatagramHeader header;
  if (bytes.size() < sizeof header) return std::nullopt;
  std::memcpy(&header, bytes.data(), sizeof header);
  if (header.magic != DatagramHeader::kMagic) return std::nullopt;
  Datagram datagram{.packet = {}, .bytes = bytes.subspan(sizeof header)};
  datagram.packet.segment = {.connection = header.connection,
                             .message = header.message,
                             .offset = header.offset,
                             .length = static_cast<std::uint32_t>(datagram.bytes.size()),
                             .total = header.total};
  if (datagram.packet.has_header() && !datagram.bytes.empty())
    std::memcpy(datagram.packet.header.data(), datagram.bytes.data(),
                std::min(datagram.bytes.size(), rpc::kHeaderBytes));
  return datagram;
}

}  // namespace native
