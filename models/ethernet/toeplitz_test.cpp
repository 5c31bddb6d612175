// SPDX-License-Identifier: Apache-2.0
#include "models/ethernet/toeplitz.h"

#include <gtest/gtest.h>

namespace ethernet {
namespace {

using Address = std::array<std::uint8_t, 4>;

/// A line of the verification suite in Microsoft's specification of receive-side scaling.
struct Known {
  Address destination;
  std::uint16_t destination_port;
  Address source;
  std::uint16_t source_port;
  std::uint32_t of_addresses;
  std::uint32_t of_addresses_and_ports;
};

constexpr std::array kKnown{
    Known{{161, 142, 100, 80}, 1766, {66, 9, 149, 187}, 2794, 0x323e8fc2, 0x51ccc178},
    Known{{65, 69, 140, 83}, 4739, {199, 92, 111, 2}, 14230, 0xd718262a, 0xc626b0ea},
    Known{{12, 22, 207, 184}, 38024, {24, 19, 198, 95}, 12898, 0xd2d0a5de, 0x5c2b394a},
    Known{{209, 142, 163, 6}, 2217, {38, 27, 205, 30}, 48228, 0x82989176, 0xafc7327f},
    Known{{202, 188, 127, 2}, 1303, {153, 39, 163, 191}, 44251, 0x5d1809c5, 0x10e828a2}};

Addresses addresses_of(const Known& known) {
  Addresses a{};
  std::ranges::copy(known.source, a.begin());
  std::ranges::copy(known.destination, a.begin() + 4);
  a[8] = static_cast<std::uint8_t>(known.source_port >> 8);
  a[9] = static_cast<std::uint8_t>(known.source_port);
  a[10] = static_cast<std::uint8_t>(known.destination_port >> 8);
  a[11] = static_cast<std::uint8_t>(known.destination_port);
  return a;
}

TEST(Toeplitz, GivesTheHashesOfTheSpecificationsVerificationSuite) {
  const ToeplitzHash hash(kMicrosoftKey);
  for (const Known& known : kKnown) {
    const Addresses addresses = addresses_of(known);
    EXPECT_EQ(hash(std::span(addresses).first(8)), known.of_addresses);
    EXPECT_EQ(hash(addresses), known.of_addresses_and_ports);
  }
}

TEST(Toeplitz, HashesFlowsByTheirClientsAddressAndPort) {
  EXPECT_EQ(addresses_of_flow(0), (Addresses{10, 0, 0, 0, 10, 255, 255, 1, 192, 0, 1, 187}));
  EXPECT_EQ(addresses_of_flow(16383), (Addresses{10, 0, 0, 0, 10, 255, 255, 1, 255, 255, 1, 187}));
  EXPECT_EQ(addresses_of_flow(16384 * 258 + 1),
            (Addresses{10, 0, 1, 2, 10, 255, 255, 1, 192, 1, 1, 187}));
}

}  // namespace
}  // namespace ethernet
