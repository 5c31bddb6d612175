// SPDX-License-Identifier: Apache-2.0
#include "models/ethernet/toeplitz.h"

#include "sim/check.h"

namespace ethernet {
namespace {

/// The 32 bits of the key from `bit` on, the most significant of its first byte being bit 0.
std::uint32_t window(const ToeplitzKey& key, std::size_t bit) {
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < 5; ++i) bytes = bytes << 8 | key.at(bit / 8 + i);
  return static_cast<std::uint32_t>(bytes >> (8 - bit % 8));
}

void put(Addresses& to, std::size_t at, std::uint32_t value, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; ++i)
    to.at(at + i) = static_cast<std::uint8_t>(value >> 8 * (bytes - 1 - i));
}

}  // namespace

Addresses addresses_of_flow(std::uint32_t flow) {
  constexpr std::uint32_t kFlowsOfClient = 1u << 14;
  Addresses addresses{};
  put(addresses, 0, 10u << 24 | flow / kFlowsOfClient, 4);
  put(addresses, 4, 10u << 24 | 255u << 16 | 255u << 8 | 1u, 4);
  put(addresses, 8, 49152u + flow % kFlowsOfClient, 2);
  put(addresses, 10, 443, 2);
  return addresses;
}

ToeplitzHash::ToeplitzHash(const ToeplitzKey& key) {
  for (std::size_t byte = 0; byte < tables_.size(); ++byte)
    for (std::size_t value = 0; value < 256; ++value) {
      std::uint32_t& hash = tables_.at(byte).at(value) = 0;
      for (std::size_t bit = 0; bit < 8; ++bit)
        if ((value >> (7 - bit) & 1) != 0) hash ^= window(key, 8 * byte + bit);
    }
}

std::uint32_t ToeplitzHash::operator()(std::span<const std::uint8_t> input) const {
  SIM_CHECK(input.size() <= tables_.size());
  std::uint32_t hash = 0;
  for (std::size_t i = 0; i < input.size(); ++i) hash ^= tables_[i][input[i]];
  return hash;
}

}  // namespace ethernet
