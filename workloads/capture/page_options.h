// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace capture {

/// What is stored, what is asked, for how long. Keys are 16 bytes.
struct PageOptions {
  std::int64_t keys = 100'000;
  std::int64_t value_bytes = 1'024;
  double zipf_exponent = 0.99;     // of YCSB
  std::int64_t run_keys = 1;       // neighbours that share their popularity
  double put_share = 0.05;         // of YCSB's workload B
  double range_share = 0.01;       // the rest are GETs
  std::int64_t range_keys = 100;   // at most, by YCSB's workload E
  double drift = 0.5;              // share of the runs that change places half-way
  std::int64_t warm_up = 100'000;  // GETs that fill the block cache before a full scan does
  std::int64_t operations = 300;   // in an interval
  std::int64_t intervals = 400;
  std::uint64_t seed = 1;
};

/// Throws sim::ConfigError for the first option that makes no sense.
void check(const PageOptions& options);

std::map<std::string, std::string> describe_options(const PageOptions& options);

}  // namespace capture
