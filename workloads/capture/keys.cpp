// SPDX-License-Identifier: Apache-2.0
#include "workloads/capture/keys.h"

#include <boost/random/uniform_int_distribution.hpp>
#include <string>

#include "sim/distributions.h"
#include "sim/random.h"

namespace capture {
namespace {

/// All numbers below `count` are equally likely.
std::int64_t below(std::int64_t count, sim::Draws draws) {
  return boost::random::uniform_int_distribution<std::int64_t>{0, count - 1}(draws);
}

/// A range must find all its keys.
std::int64_t possible_starts(const RocksdbOptions& options) {
  return options.operation == Operation::kGet ? options.keys
                                              : options.keys - options.range_keys + 1;
}

}  // namespace

Key key_of(std::int64_t number) {
  Key key;
  for (auto digit = key.rbegin(); digit != key.rend(); ++digit, number /= 10)
    *digit = static_cast<char>('0' + number % 10);
  return key;
}

std::vector<Key> first_keys(const RocksdbOptions& options, int round) {
  const std::int64_t count = possible_starts(options);
  const bool zipf = options.key_choice == KeyChoice::kZipf;
  const sim::Zipf popularity(count, options.zipf_exponent);
  const sim::Stream requests(options.seed, "capture.keys." + std::to_string(round));
  const sim::Stream places(options.seed, "capture.places");
  std::vector<Key> keys;
  for (std::int64_t i = 0; i < options.operations; ++i) {
    sim::Draws draws = requests.at(static_cast<std::uint64_t>(i));
    const auto place = [&](std::int64_t rank) {
      return places.at(static_cast<std::uint64_t>(rank));
    };
    keys.push_back(key_of(below(count, zipf ? place(popularity(draws)) : draws)));
  }
  return keys;
}

}  // namespace capture
