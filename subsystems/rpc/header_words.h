// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

#include "subsystems/rpc/protocol/frame.h"

namespace rpc {

/// A header as stack and workers hand it to each other: taken apart already, so without what the
/// wire needs besides.
constexpr std::size_t kHeaderWords = 3;
using HeaderWords = std::array<std::uint64_t, kHeaderWords>;

constexpr HeaderWords to_words(const Header& header) {
  return {std::uint64_t{static_cast<std::uint8_t>(header.kind)} |
              std::uint64_t{header.slo_class} << 8 | std::uint64_t{header.method} << 16 |
              std::uint64_t{header.body_bytes} << 32,
          header.call, header.budget_us};
}

constexpr Header to_header(const HeaderWords& words) {
  return {.kind = static_cast<Kind>(words[0] & 0xff),
          .slo_class = static_cast<std::uint8_t>(words[0] >> 8),
          .method = static_cast<std::uint16_t>(words[0] >> 16),
          .call = words[1],
          .budget_us = static_cast<std::uint32_t>(words[2]),
          .body_bytes = static_cast<std::uint32_t>(words[0] >> 32)};
}

/// Cache lines that a body takes.
constexpr std::int64_t lines_of(std::uint32_t body_bytes) {
  return (std::int64_t{body_bytes} + 63) / 64;
}

}  // namespace rpc
