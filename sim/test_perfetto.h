// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <gtest/gtest.h>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

// For tests: Perfetto files, read back by a decoder that knows the wire format only.

namespace sim::test {

constexpr std::uint64_t kFixed64 = 1;

struct Field {
  std::uint64_t wire = 0;
  std::uint64_t integer = 0;  // varint or fixed64
  std::string bytes;
};
using Message = std::multimap<std::uint32_t, Field>;

inline std::uint64_t read_varint(const std::string& in, std::size_t& at) {
  std::uint64_t value = 0;
  for (unsigned shift = 0;; shift += 7) {
    const auto byte = static_cast<unsigned char>(in.at(at++));
    value |= std::uint64_t{byte & 0x7fu} << shift;
    if (byte < 0x80) return value;
  }
}

inline Message decode(const std::string& in) {
  Message out;
  for (std::size_t at = 0; at < in.size();) {
    const std::uint64_t key = read_varint(in, at);
    Field field{.wire = key & 7, .bytes = {}};
    switch (field.wire) {
      case 0:
        field.integer = read_varint(in, at);
        break;
      case 1:
        for (unsigned i = 0; i < 8; ++i) {
          field.integer |= std::uint64_t{static_cast<unsigned char>(in.at(at++))} << (8 * i);
        }
        break;
      case 2: {
        const std::uint64_t size = read_varint(in, at);
        if (size > in.size() - at) throw std::out_of_range("length");
        field.bytes = in.substr(at, size);
        at += size;
        break;
      }
      default:
        throw std::out_of_range("wire type");
    }
    out.emplace(static_cast<std::uint32_t>(key >> 3), field);
  }
  return out;
}

/// The only field of this number.
inline const Field& only(const Message& m, std::uint32_t number) {
  EXPECT_EQ(m.count(number), 1u) << "field " << number;
  return m.find(number)->second;
}

inline Message inside(const Message& m, std::uint32_t number) {
  return decode(only(m, number).bytes);
}

/// A Perfetto file: fields by their numbers in its public .proto files.
struct Perfetto {
  std::map<std::uint64_t, std::string> names;
  std::map<std::uint64_t, Message> tracks;  // by uuid
  std::vector<std::pair<std::uint64_t, Message>> events;

  const std::string& track(const Message& event) {
    return only(tracks.at(only(event, 11).integer), 2).bytes;
  }
  const std::string& name(const Message& event) { return names.at(only(event, 10).integer); }
};

inline Perfetto parse_perfetto(const std::string& file) {
  Perfetto read;
  for (const auto& [number, field] : decode(file)) {
    EXPECT_EQ(number, 1u);
    const Message packet = decode(field.bytes);
    EXPECT_EQ(only(packet, 10).integer, 1u) << "sequence";
    if (packet.contains(12)) {
      EXPECT_EQ(only(packet, 13).integer, 1u) << "names come with a cleared state";
      const Message interned = inside(packet, 12);
      for (auto [i, end] = interned.equal_range(2); i != end; ++i) {
        const Message entry = decode(i->second.bytes);
        read.names[only(entry, 1).integer] = only(entry, 2).bytes;
      }
    } else if (packet.contains(60)) {
      const Message track = inside(packet, 60);
      EXPECT_TRUE(read.tracks.emplace(only(track, 1).integer, track).second) << "uuid twice";
    } else {
      EXPECT_EQ(only(packet, 13).integer, 2u) << "events need the names";
      read.events.emplace_back(only(packet, 8).integer, inside(packet, 11));
    }
  }
  return read;
}

}  // namespace sim::test
