// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <stdexcept>

#include "workloads/capture_file.h"

namespace capture {

enum class Operation { kGet, kRange };
enum class KeyChoice { kUniform, kZipf };

/// What is stored, what is asked, how often. Keys are 16 bytes.
struct RocksdbOptions {
  Operation operation = Operation::kGet;
  std::int64_t keys = 1'000'000;
  std::int64_t value_bytes = 100;
  KeyChoice key_choice = KeyChoice::kUniform;
  double zipf_exponent = 0.99;        // of YCSB; used by KeyChoice::kZipf only
  std::int64_t range_keys = 5'000;    // keys read by one range query
  std::int64_t operations = 200'000;  // timed in one round
  int rounds = 5;                     // after one more that is not timed
  std::uint64_t seed = 1;             // of the values and of the keys asked for
};

/// The options with fewer operations where one takes a thousand times as long.
RocksdbOptions default_options(Operation operation);

/// Whether this program was built with RocksDB.
bool rocksdb_available();

/// Nothing was timed: the thread was switched away all the time, or a few samples that hold other
/// programs' work are most of the mean. Not RocksDB's fault.
struct MachineIsBusy : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Fills a RocksDB that lives in memory, warms it and times single operations on the calling
/// thread. Every block is in the block cache, which the capture proves by counting reads.
/// Throws sim::ConfigError for options that make no sense or when built without RocksDB,
/// std::runtime_error when RocksDB fails, MachineIsBusy when it keeps less than a tenth of the
/// samples or would write what workloads::read_capture refuses.
workloads::Capture capture_rocksdb(const RocksdbOptions& options);

}  // namespace capture
