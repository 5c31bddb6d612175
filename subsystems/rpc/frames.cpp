// SPDX-License-Identifier: Apache-2.0
#include "subsystems/rpc/frames.h"

#include <algorithm>
#include <cstring>

namespace rpc {

static_assert(sizeof(Segment) + kHeaderBytes == sizeof(ethernet::Frame::descriptor));

ethernet::Frame to_frame(const Packet& packet) {
  ethernet::Frame frame;
  const Segment& segment = packet.segment;
  auto* const bytes = reinterpret_cast<std::byte*>(frame.descriptor.data());
  std::memcpy(bytes, &segment, sizeof segment);
  std::ranges::copy(packet.header, bytes + sizeof segment);
  const auto split =
      packet.has_header() ? std::min<std::uint32_t>(kHeaderBytes, segment.length) : 0;
  frame.payload = segment.length - split;
  return frame;
}

Packet to_packet(const ethernet::Frame& frame) {
  Packet packet;
  const auto* const bytes = reinterpret_cast<const std::byte*>(frame.descriptor.data());
  std::memcpy(&packet.segment, bytes, sizeof packet.segment);
  std::copy_n(bytes + sizeof packet.segment, kHeaderBytes, packet.header.begin());
  return packet;
}

}  // namespace rpc
