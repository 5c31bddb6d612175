// SPDX-License-Identifier: Apache-2.0
#include "workloads/capture/options.h"

#include <sstream>

#include "sim/config_error.h"

namespace capture {
namespace {

constexpr std::int64_t kMostBytes = std::int64_t{8} << 30;

void require(bool sensible, const char* option, const char* rule) {
  if (!sensible) throw sim::ConfigError(std::string("capture rocksdb --") + option, rule);
}

std::string text_of(double number) {
  std::ostringstream text;
  text << number;
  return text.str();
}

}  // namespace

RocksdbOptions default_options(Operation operation) {
  RocksdbOptions options;
  options.operation = operation;
  if (operation == Operation::kRange) options.operations = 4'000;
  return options;
}

void check(const RocksdbOptions& o) {
  require(o.keys >= 1 && o.keys <= 1'000'000'000, "keys", "give 1 to 1,000,000,000 keys");
  require(o.value_bytes >= 1 && o.value_bytes <= 1'000'000, "value-bytes",
          "give 1 to 1,000,000 bytes");
  require(o.keys * (o.value_bytes + 16) <= kMostBytes, "keys",
          "keys and values take more than 8 GiB, and they are held twice");
  require(o.range_keys >= 1 && o.range_keys <= o.keys, "range-keys",
          "a range reads at least one key and not more than there are");
  require(o.operations >= 1 && o.operations <= 100'000'000, "operations",
          "time 1 to 100,000,000 operations a round");
  require(o.rounds >= 1 && o.rounds <= 1'000, "rounds", "time 1 to 1,000 rounds");
  require(o.operations * o.rounds <= 1'000'000'000, "rounds",
          "operations times rounds may not exceed 1,000,000,000");
  require(o.zipf_exponent > 0 && o.zipf_exponent <= 10, "zipf-exponent",
          "give an exponent above 0 and up to 10");
}

std::map<std::string, std::string> describe_options(const RocksdbOptions& o) {
  std::map<std::string, std::string> all{
      {"keys", std::to_string(o.keys) + " of 16 bytes"},
      {"values", std::to_string(o.value_bytes) + " bytes"},
      {"keys asked for", o.key_choice == KeyChoice::kUniform
                             ? "uniform"
                             : "Zipf, exponent " + text_of(o.zipf_exponent)},
      {"rounds", std::to_string(o.rounds) + " of " + std::to_string(o.operations) +
                     " operations, after one to warm up"},
      {"seed", std::to_string(o.seed)}};
  if (o.operation == Operation::kRange)
    all["range"] = std::to_string(o.range_keys) + " keys, iterator creation included";
  return all;
}

std::string name_of(Operation operation) {
  return operation == Operation::kGet ? "get" : "range";
}

}  // namespace capture
