// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/ethernet/frame.h"
#include "subsystems/rpc/protocol/packet.h"

namespace rpc {

/// A packet as the port's descriptor holds it: the segment's fields and the message's header, if
/// the segment has it. The rest of the segment is payload in a buffer.
ethernet::Frame to_frame(const Packet& packet);
Packet to_packet(const ethernet::Frame& frame);

}  // namespace rpc
