// SPDX-License-Identifier: Apache-2.0
// Stands in for rocksdb.cpp where the library was not found when this was built.
#include "sim/config_error.h"
#include "workloads/capture/rocksdb.h"

namespace capture {

bool rocksdb_available() {
  return false;
}

workloads::Capture capture_rocksdb(const RocksdbOptions&) {
  throw sim::ConfigError("capture rocksdb",
                         "built without RocksDB; install librocksdb-dev and build again");
}

}  // namespace capture
