// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace ethernet {

using ToeplitzKey = std::array<std::uint8_t, 40>;

/// The key with which Microsoft's specification of receive-side scaling verifies its hash; most
/// drivers take it.
constexpr ToeplitzKey kMicrosoftKey{0x6d, 0x5a, 0x56, 0xda, 0x25, 0x5b, 0x0e, 0xc2, 0x41, 0x67,
                                    0x25, 0x3d, 0x43, 0xa3, 0x8f, 0xb0, 0xd0, 0xca, 0x2b, 0xcb,
                                    0xae, 0x7b, 0x30, 0xb4, 0x77, 0xcb, 0x2d, 0xa3, 0x80, 0x30,
                                    0xf2, 0x0c, 0x6a, 0x42, 0xb7, 0x3b, 0xbe, 0xac, 0x01, 0xfa};

/// What the hash of an IPv4 packet with ports is taken over: source and destination address,
/// source and destination port, most significant bytes first.
using Addresses = std::array<std::uint8_t, 12>;

/// Those of flow number `flow` to this host. A client has 16,384 flows, one for each port that
/// systems give out by themselves (49152 and up), and its address in 10.0.0.0/8 is its number; the
/// server is port 443 of 10.255.255.1.
Addresses addresses_of_flow(std::uint32_t flow);

/// The hash by which a port steers the packets of one flow to one queue: the 32 bits of the key
/// from each bit on that is set in the input, all of them combined by exclusive or. By table, a
/// look for each byte.
class ToeplitzHash {
 public:
  explicit ToeplitzHash(const ToeplitzKey& key);

  /// Of no more bytes than Addresses has.
  std::uint32_t operator()(std::span<const std::uint8_t> input) const;

 private:
  std::array<std::array<std::uint32_t, 256>, std::tuple_size_v<Addresses>> tables_;
};

}  // namespace ethernet
