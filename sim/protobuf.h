// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sim {

/// A message in the protocol buffers wire format, written field by field. Just what traces need:
/// no signed zigzag, no groups, no packed fields, no reading.
class ProtobufMessage {
 public:
  ProtobufMessage& integer(std::uint32_t field, std::uint64_t value);
  ProtobufMessage& fixed64(std::uint32_t field, std::uint64_t value);
  ProtobufMessage& number(std::uint32_t field, double value);
  ProtobufMessage& text(std::uint32_t field, std::string_view value);
  ProtobufMessage& message(std::uint32_t field, const ProtobufMessage& value);

  const std::string& bytes() const { return bytes_; }

 private:
  enum class Wire : std::uint32_t { kVarint = 0, kFixed64 = 1, kBytes = 2 };
  void key(std::uint32_t field, Wire wire);
  void varint(std::uint64_t value);

  std::string bytes_;
};

}  // namespace sim
