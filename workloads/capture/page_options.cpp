// SPDX-License-Identifier: Apache-2.0
#include "workloads/capture/page_options.h"

#include <fmt/format.h>

#include "sim/config_error.h"

namespace capture {
namespace {

constexpr std::int64_t kMostWatched = std::int64_t{1} << 30;

void require_option(bool sensible, const char* option, const char* rule) {
  if (!sensible) throw sim::ConfigError(std::string("capture pages --") + option, rule);
}

bool is_share(double number) {
  return 0 <= number && number <= 1;
}

}  // namespace

void check(const PageOptions& o) {
  require_option(1 <= o.keys && o.keys <= 10'000'000, "keys", "give 1 to 10,000,000 keys");
  require_option(1 <= o.value_bytes && o.value_bytes <= 100'000, "value-bytes",
                 "give 1 to 100,000 bytes");
  require_option(
      o.keys * (o.value_bytes + 16) <= kMostWatched, "keys",
      "keys and values take more than 1 GiB, and all of it is protected anew for each operation");
  require_option(0 < o.zipf_exponent && o.zipf_exponent <= 10, "zipf-exponent",
                 "give an exponent above 0 and up to 10");
  require_option(1 <= o.run_keys && o.run_keys <= o.keys, "run-keys",
                 "a run has at least one key and not more than there are");
  require_option(is_share(o.put_share), "put-share", "shares go from 0 to 1");
  require_option(is_share(o.range_share) && o.put_share + o.range_share <= 1, "range-share",
                 "shares go from 0 to 1, and this one with that of the PUTs as well");
  require_option(1 <= o.range_keys && o.range_keys <= o.keys, "range-keys",
                 "a range reads at least one key and not more than there are");
  require_option(is_share(o.drift), "drift", "shares go from 0 to 1");
  require_option(0 <= o.warm_up && o.warm_up <= 100'000'000, "warm-up",
                 "give 0 to 100,000,000 GETs");
  require_option(1 <= o.operations && o.operations <= 1'000'000, "operations",
                 "give 1 to 1,000,000 operations an interval");
  require_option(1 <= o.intervals && o.intervals <= 10'000, "intervals",
                 "give 1 to 10,000 intervals");
}

std::map<std::string, std::string> describe_options(const PageOptions& o) {
  return {{"keys", fmt::format("{} of 16 bytes", o.keys)},
          {"values", fmt::format("{} bytes", o.value_bytes)},
          {"keys asked for", fmt::format("Zipf, exponent {}, over runs of {} neighbouring keys, "
                                         "spread over the key space",
                                         o.zipf_exponent, o.run_keys)},
          {"mix", fmt::format("{} PUTs, {} range queries of 1 to {} keys, the rest GETs",
                              o.put_share, o.range_share, o.range_keys)},
          {"drift", fmt::format("half-way {} of the runs change places", o.drift)},
          {"warm-up", fmt::format("{} GETs, then a scan of all keys", o.warm_up)},
          {"seed", std::to_string(o.seed)}};
}

}  // namespace capture
