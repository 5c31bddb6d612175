// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "subsystems/rpc/protocol/reassembly.h"

namespace native {

/// The bytes of messages of which parts are missing, and of those that are complete and wait to be
/// used: what a NIC writes into receive buffers. A stack's program sees lengths only.
///
/// Bounded: when `most_bytes` are kept, what comes is dropped, as by a NIC without buffers.
class Bodies {
 public:
  Bodies(std::size_t most_incomplete, std::uint32_t most_message_bytes, std::size_t most_bytes)
      : segments_(most_incomplete, most_message_bytes), most_bytes_(most_bytes) {}

  /// False: there is no room, and the packet is to be dropped before anybody sees it.
  bool keep(const rpc::Segment& segment, std::span<const std::byte> bytes);

  /// The bytes of a complete message, header and body. Messages are used in the order in which they
  /// became complete, so those that were complete before it are not wanted any more. Empty if it is
  /// not there.
  std::vector<std::byte> take(std::uint32_t connection, std::uint32_t message);
  /// It is not wanted, whatever becomes of the others.
  void drop(std::uint32_t connection, std::uint32_t message);

  std::size_t bytes() const { return bytes_; }

 private:
  using Key = rpc::Reassembler::Key;
  using Order = std::uint64_t;
  struct Message {
    std::vector<std::byte> bytes;
    Order completed = 0;  // 0: not yet
  };

  bool has_room_for(const rpc::Segment& segment) const;
  void forget(std::map<Key, Message>::iterator message);
  void complete(Key key);

  rpc::Reassembler segments_;
  const std::size_t most_bytes_;
  std::size_t bytes_ = 0;
  Order completed_ = 0;
  std::map<Key, Message> messages_;
  std::map<Order, Key> in_order_;  // those that are complete
};

}  // namespace native
