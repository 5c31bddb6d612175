// SPDX-License-Identifier: Apache-2.0
#include "subsystems/rpc/protocol/inbox.h"

#include <algorithm>

namespace rpc {
namespace {

/// A whole header stays, whatever overlaps it.
void take_header(const Packet& packet, Beginning& beginning) {
  const std::size_t here = std::min<std::size_t>(packet.segment.length, kHeaderBytes);
  if (!packet.has_header() || here <= beginning.header_bytes) return;
  beginning.header = packet.header;
  beginning.header_bytes = here;
}

}  // namespace

Inbox::Taken Inbox::add(const Packet& packet, Clock now) {
  Taken taken{.arrival = segments_.add(packet.segment)};
  if (const auto forgotten = segments_.just_forgotten()) begun_.erase(*forgotten);
  const Reassembler::Key key = Reassembler::key_of(packet.segment);
  if (taken.arrival == Arrival::kPartial) {
    take_header(packet, begun_.try_emplace(key, Beginning{.since = now}).first->second);
  } else if (taken.arrival == Arrival::kComplete) {
    const auto begun = begun_.extract(key);
    taken.beginning = begun ? begun.mapped() : Beginning{.since = now};
    take_header(packet, taken.beginning);
  }
  return taken;
}

}  // namespace rpc
