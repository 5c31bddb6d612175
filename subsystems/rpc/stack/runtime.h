// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "subsystems/rpc/protocol/frame.h"
#include "subsystems/rpc/protocol/packet.h"
#include "subsystems/wave/agent/runtime.h"

namespace rpc {

using wave::Instant;

/// The threads to which one core's stack hands requests, counted from 0; each handles one at a
/// time.
using Worker = std::int32_t;
/// Nobody: where a reply comes from that the stack gives by itself, a header without a body.
constexpr Worker kNoWorker = -1;

/// The parts of the work that cost computing time, declared where they happen. A native runtime
/// ignores them.
enum class Stage : std::uint8_t {
  kReceiveDriver,     // of each packet
  kReceiveTransport,  // of each packet: connection, reassembly, acknowledgement
  kDeserialise,       // of each message: header and arguments
  kDispatch,          // of each request: choosing a worker, handing it over
  kSerialise,         // of each reply
  kSendTransport,     // of each packet
  kSendDriver,        // of each packet
};
constexpr std::size_t kStages = 7;

/// What polling found.
struct Event {
  enum class Kind : std::uint8_t {
    kNone,    // the deadline came first
    kPacket,  // from the wire
    kReply,   // from a worker, which is free again
  };
  Kind kind = Kind::kNone;
  Packet packet{};    // of kPacket
  Worker worker = 0;  // of kReply, and the header that it wants to be sent
  Header reply{};
};

/// A request whose bytes are all here.
struct Message {
  std::uint32_t connection = 0;
  std::uint32_t number = 0;  // of the connection's messages
  Header header{};
};

/// Everything that the RPC stack on one core has: the packets that the NIC steers to it, its
/// workers, and the scheduler's ear. Calls block like ordinary code. The same program runs in the
/// simulator and natively, on the host and on the SmartNIC.
class Runtime {
 public:
  virtual ~Runtime() = default;

  virtual Instant now() = 0;
  /// Looks at the receive ring and at the workers' replies in turn until something is new, the
  /// deadline has come, or the host wants the stack to leave.
  virtual Event poll(Instant deadline) = 0;
  virtual bool leaving() = 0;

  virtual Worker workers() const = 0;
  /// Puts a request, header and body, where this idle worker reads it, and once it is there tells
  /// the scheduler that the worker has something to do. Does not wait for either.
  virtual void give(Worker worker, const Message& message) = 0;
  /// Puts a packet of a reply onto the wire; its bytes come from where `from` has left them, and
  /// that place is `from`'s again once the last packet of the reply has gone. From kNoWorker there
  /// are no bytes but the header's. False if there was no room for it: it is lost.
  virtual bool transmit(const Packet& packet, Worker from) = 0;

  /// Declares that the program is about to do this, with so many bytes of payload.
  virtual void charge(Stage stage, std::uint32_t bytes) = 0;
};

}  // namespace rpc
