// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <vector>

// From segments to messages. Bytes are not kept here: a receiver puts a segment's bytes where the
// message's are to be (by DMA, in the place that its offset says), and asks here when all are
// there.

namespace rpc {

/// A part of a message, as its header says.
struct Segment {
  std::uint32_t connection = 0;
  std::uint32_t message = 0;  // of the connection
  std::uint32_t offset = 0;   // in bytes
  std::uint32_t length = 0;
  std::uint32_t total = 0;  // of the message; the same in all its segments

  friend bool operator==(const Segment&, const Segment&) = default;
};

/// What a segment brought.
enum class Arrival : std::uint8_t {
  kPartial,       // more is missing
  kComplete,      // the message, with this segment
  kDuplicate,     // nothing that had not been there
  kMalformed,     // empty, past the message's end, or of another total than the first; dropped
  kTooManyHoles,  // it would leave more holes than are kept track of; dropped, to be sent again
};

/// Which bytes of one message are there.
class Extents {
 public:
  /// With fewer holes than this, as a TCP receiver tells of few (RFC 2018).
  static constexpr std::size_t kMostHoles = 8;

  explicit Extents(std::uint32_t total) : total_(total) {}

  std::uint32_t total() const { return total_; }
  bool complete() const;
  Arrival add(std::uint32_t offset, std::uint32_t length);

 private:
  struct Extent {
    std::uint32_t begin;
    std::uint32_t end;
  };

  std::uint32_t total_;
  std::vector<Extent> there_;  // in order, none touches the next
};

/// The messages of all connections that have begun to arrive. Keeps so many; when another begins,
/// the one that began first is forgotten, so that senders who never finish cannot fill it.
class Reassembler {
 public:
  using Key = std::uint64_t;  // names a message: its connection, and its number there
  static Key key_of(const Segment& segment) {
    return (Key{segment.connection} << 32) | segment.message;
  }

  /// A message of more than `most_bytes` is malformed.
  Reassembler(std::size_t most_messages, std::uint32_t most_bytes);

  Arrival add(const Segment& segment);
  /// Which message the latest `add` has forgotten for the sake of the one that it began.
  std::optional<Key> just_forgotten() const { return just_forgotten_; }

  std::size_t under_way() const { return messages_.size(); }
  std::int64_t forgotten() const { return forgotten_; }
  std::int64_t malformed() const { return malformed_; }

 private:
  struct Message {
    Extents extents;
    std::list<Key>::iterator age;
  };
  using Messages = std::map<Key, Message>;

  bool well_formed(const Segment& segment) const;
  Messages::iterator begin_message(Key key, std::uint32_t total);
  void end_message(Messages::iterator message);

  const std::size_t most_messages_;
  const std::uint32_t most_bytes_;
  Messages messages_;
  std::list<Key> by_age_;  // the first began first
  std::optional<Key> just_forgotten_;
  std::int64_t forgotten_ = 0;
  std::int64_t malformed_ = 0;
};

}  // namespace rpc
