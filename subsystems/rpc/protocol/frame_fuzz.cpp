// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <span>
#include <vector>

#include "subsystems/rpc/protocol/frame.h"
#include "subsystems/rpc/protocol/reassembly.h"

// Reads arbitrary bytes as a header, as it is and with its checksum put right, and as segments.
// What is accepted must encode to the same bytes again; a segment that is accepted lies within its
// message.

namespace rpc {
namespace {

constexpr std::size_t kChecksumAt = kHeaderBytes - sizeof(std::uint32_t);
constexpr std::uint32_t kMostBytes = 1 << 16;

void must_hold(bool condition) {
  if (!condition) std::abort();
}

void read_header(std::span<const std::byte> bytes) {
  const auto read = decode(bytes);
  if (const auto* why = std::get_if<Malformed>(&read)) {
    must_hold(!name_of(*why).empty());
    return;
  }
  const HeaderBytes again = encode(std::get<Header>(read));
  must_hold(std::ranges::equal(again, bytes.first(kHeaderBytes)));
}

/// Nobody guesses a checksum.
void read_sealed_header(std::span<const std::byte> bytes) {
  if (bytes.size() < kHeaderBytes) return;
  std::vector<std::byte> sealed(bytes.begin(), bytes.end());
  const std::uint32_t sum = crc32c(bytes.first(kChecksumAt));
  for (std::size_t i = 0; i < sizeof sum; ++i)
    sealed[kChecksumAt + i] = static_cast<std::byte>(sum >> (8 * i));
  read_header(sealed);
}

void take_segments(std::span<const std::byte> bytes) {
  Reassembler all(4, kMostBytes);
  for (; bytes.size() >= sizeof(Segment); bytes = bytes.subspan(sizeof(Segment))) {
    Segment segment;
    std::memcpy(&segment, bytes.data(), sizeof segment);
    segment.connection %= 2;
    segment.message %= 4;
    if (all.add(segment) == Arrival::kMalformed) continue;
    must_hold(std::uint64_t{segment.offset} + segment.length <= segment.total);
    must_hold(segment.total <= kMostBytes);
  }
  must_hold(all.under_way() <= 4);
}

}  // namespace
}  // namespace rpc

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  rpc::read_header(bytes);
  rpc::read_sealed_header(bytes);
  rpc::take_segments(bytes);
  return 0;
}
