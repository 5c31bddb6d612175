// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstdlib>

namespace native {

/// How many messages a test of real concurrency sends: enough to meet the usual races, or as many
/// as NATIVE_TEST_MESSAGES says.
inline std::uint64_t test_volume() {
  const char* const given = std::getenv("NATIVE_TEST_MESSAGES");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : 100'000;
}

}  // namespace native
