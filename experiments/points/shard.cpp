// SPDX-License-Identifier: Apache-2.0
#include "experiments/points/shard.h"

#include <charconv>

#include "sim/config_error.h"
#include "sim/wording.h"

namespace experiments {
namespace {

/// Nothing but digits, and no more than a sweep has points.
std::size_t number_in(const std::string& text) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc{} && end == text.data() + text.size();
  return whole && number <= 1'000'000 ? number : 0;
}

}  // namespace

Shard read_shard(const std::string& text) {
  const std::size_t slash = text.find('/');
  Shard shard{.number = number_in(text.substr(0, slash)), .of = 0};
  if (slash != std::string::npos) shard.of = number_in(text.substr(slash + 1));
  if (shard.number == 0 || shard.number > shard.of)
    throw sim::ConfigError("--shard", sim::in_quotes(text) + " is no part of a whole",
                           "write 1/4, 2/4, 3/4 and 4/4 for four");
  return shard;
}

}  // namespace experiments
