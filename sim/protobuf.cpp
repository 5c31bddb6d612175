// SPDX-License-Identifier: Apache-2.0
#include "sim/protobuf.h"

#include <bit>

namespace sim {

ProtobufMessage& ProtobufMessage::integer(std::uint32_t field, std::uint64_t value) {
  key(field, Wire::kVarint);
  varint(value);
  return *this;
}

// Byte by byte, so that the host's byte order does not matter.
ProtobufMessage& ProtobufMessage::fixed64(std::uint32_t field, std::uint64_t value) {
  key(field, Wire::kFixed64);
  for (int i = 0; i < 8; ++i, value >>= 8) bytes_.push_back(static_cast<char>(value & 0xff));
  return *this;
}

ProtobufMessage& ProtobufMessage::number(std::uint32_t field, double value) {
  return fixed64(field, std::bit_cast<std::uint64_t>(value));
}

ProtobufMessage& ProtobufMessage::text(std::uint32_t field, std::string_view value) {
  key(field, Wire::kBytes);
  varint(value.size());
  bytes_.append(value);
  return *this;
}

ProtobufMessage& ProtobufMessage::message(std::uint32_t field, const ProtobufMessage& value) {
  return text(field, value.bytes_);
}

void ProtobufMessage::key(std::uint32_t field, Wire wire) {
  varint(std::uint64_t{field} << 3 | static_cast<std::uint32_t>(wire));
}

// Seven bits to a byte, the lowest first; the top bit says that more follow.
void ProtobufMessage::varint(std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) bytes_.push_back(static_cast<char>(value | 0x80));
  bytes_.push_back(static_cast<char>(value));
}

}  // namespace sim
