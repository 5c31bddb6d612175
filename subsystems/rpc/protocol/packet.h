// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "subsystems/rpc/protocol/frame.h"
#include "subsystems/rpc/protocol/reassembly.h"

namespace rpc {

/// What goes over the network at once: a segment of a message, whose first one begins with the
/// message's header. Bodies are lengths only.
struct Packet {
  Segment segment;       // counts the header's bytes: of a whole message, header and body
  HeaderBytes header{};  // as it came off the wire; meaningless unless the segment's offset is 0

  bool has_header() const { return segment.offset == 0; }
};

}  // namespace rpc
