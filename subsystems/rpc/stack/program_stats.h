// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>

#include "subsystems/rpc/protocol/frame.h"

namespace rpc {

/// What a stack has seen and done. Nothing is lost from sight:
///
///   packets  = bad_segments + duplicates + too_many_holes + those that brought something new
///   messages = malformed + wrong_size + not_requests + requests
///   requests = given + expired + refused + those that wait
///   given    = replies + those that workers have
struct ProgramStats {
  std::int64_t packets = 0;
  std::int64_t bad_segments = 0;
  std::int64_t duplicates = 0;
  std::int64_t too_many_holes = 0;
  std::int64_t forgotten = 0;
  std::int64_t messages = 0;
  MalformedCounts malformed;
  std::int64_t wrong_size = 0;
  std::int64_t not_requests = 0;
  std::int64_t requests = 0;
  std::int64_t expired = 0;
  std::int64_t refused = 0;
  std::int64_t given = 0;
  std::int64_t waited = 0;
  std::int64_t most_waiting = 0;
  std::int64_t replies = 0;
  std::int64_t bad_replies = 0;
  std::int64_t stray_replies = 0;
  std::int64_t sent = 0;
  std::int64_t unsent = 0;

  static void describe(auto&& stat) {
    stat(&ProgramStats::packets, "packets", "packets taken from the receive ring");
    stat(&ProgramStats::bad_segments, "bad_segments",
         "packets whose segment cannot be part of its message; dropped");
    stat(&ProgramStats::duplicates, "duplicates", "packets that brought nothing new; dropped");
    stat(&ProgramStats::too_many_holes, "too_many_holes",
         "packets that would have left too many holes in their message; dropped");
    stat(&ProgramStats::forgotten, "forgotten",
         "messages that had begun longest ago when there was no room for another");
    stat(&ProgramStats::messages, "messages", "messages of which every byte came");
    stat(&ProgramStats::malformed, "malformed", "messages without a header; dropped");
    stat(&ProgramStats::wrong_size, "wrong_size",
         "messages that are not as long as their header says; dropped");
    stat(&ProgramStats::not_requests, "not_requests",
         "replies and errors, although this side asks nothing; dropped");
    stat(&ProgramStats::requests, "requests", "well-formed requests");
    stat(&ProgramStats::expired, "expired",
         "requests that nobody waited for any more when a worker could have had them; dropped");
    stat(&ProgramStats::refused, "refused",
         "requests answered by an error, because too many waited for a worker");
    stat(&ProgramStats::given, "given", "requests given to workers");
    stat(&ProgramStats::waited, "waited", "of those given, those that had to wait for a worker");
    stat(&ProgramStats::most_waiting, "most_waiting",
         "requests that waited for a worker at once, at most, since the stack began");
    stat(&ProgramStats::replies, "replies", "workers' replies, sent");
    stat(&ProgramStats::bad_replies, "bad_replies",
         "of those, replies that cannot be sent as they are; an error went in their place");
    stat(&ProgramStats::stray_replies, "stray_replies",
         "replies of workers that had no request; dropped");
    stat(&ProgramStats::sent, "sent", "packets handed to the port");
    stat(&ProgramStats::unsent, "unsent",
         "packets of replies that found the transmit ring full; dropped");
  }
  /// The most that ever waited is not a count: it stays what it is.
  friend ProgramStats operator-(ProgramStats a, const ProgramStats& b) {
    const std::int64_t most = a.most_waiting;
    describe([&](auto member, auto&&...) { a.*member -= b.*member; });
    a.most_waiting = most;
    return a;
  }
  /// Of several cores: the most that ever waited at one of them.
  friend ProgramStats operator+(ProgramStats a, const ProgramStats& b) {
    const std::int64_t most = std::max(a.most_waiting, b.most_waiting);
    describe([&](auto member, auto&&...) { a.*member += b.*member; });
    a.most_waiting = most;
    return a;
  }
};

/// MalformedCounts as it is reported.
struct MalformedByReason {
  std::int64_t truncated = 0;
  std::int64_t no_magic = 0;
  std::int64_t wrong_checksum = 0;
  std::int64_t unknown_version = 0;
  std::int64_t unknown_kind = 0;
  std::int64_t reserved_bits = 0;
  std::int64_t body_too_large = 0;

  static void describe(auto&& stat) {
    stat(&MalformedByReason::truncated, "truncated",
         "shorter than a header, or in several packets");
    stat(&MalformedByReason::no_magic, "no_magic", "not beginning as a header does");
    stat(&MalformedByReason::wrong_checksum, "wrong_checksum", "damaged");
    stat(&MalformedByReason::unknown_version, "unknown_version", "of another version");
    stat(&MalformedByReason::unknown_kind, "unknown_kind", "neither request nor reply nor error");
    stat(&MalformedByReason::reserved_bits, "reserved_bits", "with bits set that mean nothing yet");
    stat(&MalformedByReason::body_too_large, "body_too_large",
         "with a longer body than anybody has to keep room for");
  }
};

inline MalformedByReason described(const MalformedCounts& counts) {
  return {.truncated = counts.of(Malformed::kTruncated),
          .no_magic = counts.of(Malformed::kNoMagic),
          .wrong_checksum = counts.of(Malformed::kWrongChecksum),
          .unknown_version = counts.of(Malformed::kUnknownVersion),
          .unknown_kind = counts.of(Malformed::kUnknownKind),
          .reserved_bits = counts.of(Malformed::kReservedBits),
          .body_too_large = counts.of(Malformed::kBodyTooLarge)};
}

}  // namespace rpc
