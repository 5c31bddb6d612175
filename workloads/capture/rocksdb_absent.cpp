// SPDX-License-Identifier: Apache-2.0
// Stands in for rocksdb.cpp and pages.cpp where the library was not found when this was built.
#include "sim/config_error.h"
#include "workloads/capture/pages.h"
#include "workloads/capture/rocksdb.h"

namespace capture {
namespace {

[[noreturn]] void refuse(const char* command) {
  throw sim::ConfigError(command, "built without RocksDB; install librocksdb-dev and build again");
}

}  // namespace

bool rocksdb_available() {
  return false;
}

workloads::Capture capture_rocksdb(const RocksdbOptions&) {
  refuse("capture rocksdb");
}

workloads::PageCapture capture_pages(const PageOptions&) {
  refuse("capture pages");
}

}  // namespace capture
