// SPDX-License-Identifier: Apache-2.0
#include "workloads/capture/values.h"

namespace capture {

std::string value_of(const sim::Stream& stream, std::int64_t key, std::int64_t bytes) {
  std::string value;
  sim::Draws draws = stream.at(static_cast<std::uint64_t>(key));
  while (value.size() < static_cast<std::size_t>(bytes)) {
    const std::uint64_t bits = draws();
    value.append(reinterpret_cast<const char*>(&bits), sizeof bits);
  }
  value.resize(static_cast<std::size_t>(bytes));
  return value;
}

}  // namespace capture
