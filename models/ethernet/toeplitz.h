// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace ethernet {

using ToeplitzKey = std::array<std::uint8_t, 40>;

/// The key that Microsoft's specification of receive-side scaling verifies its hash with, and which
/// most drivers take.
constexpr ToeplitzKey kMicrosoftKey{0x6d, 0x5a, 0x56, 0xda, 0x25, 0x5b, 0x0e, 0xc2, 0x41, 0x67,
                                    0x25, 0x3d, 0x43, 0xa3, 0x8f, 0xb0, 0xd0, 0xca, 0x2b, 0xcb,
                                    0xae, 0x7b, 0x30, 0xb4, 0x77, 0xcb, 0x2d, 0xa3, 0x80, 0x30,
                                    0xf2, 0x0c, 0x6a, 0x42, 0xb7, 0x3b, 0xbe, 0xac, 0x01, 0xfa};

/// The hash by which a port steers the packets of one flow to one queue: for each bit of `input`
/// that is set, from the most significant of its first byte on, the 32 bits of the key from that
/// bit on, all of them combined by exclusive or. At most 36 bytes.
std::uint32_t toeplitz_hash(const ToeplitzKey& key, std::span<const std::uint8_t> input);

/// What IPv4 with ports feeds the hash of flow number `flow` to this host: the client's address is
/// 10.0.0.0/8's number `flow / 16384`, its port 49152 + `flow % 16384` (the ephemeral ones), the
/// server 10.255.255.1, port 443.
std::array<std::uint8_t, 12> addresses_of_flow(std::uint32_t flow);

}  // namespace ethernet
