// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "workloads/capture/keys.h"
#include "workloads/capture/rocksdb.h"

namespace rocksdb {
class DB;
class Env;
}  // namespace rocksdb

namespace capture {

/// A RocksDB whose files are in memory and whose blocks are all in the block cache, so that an
/// operation is lookups, checks and copies, never input or output.
///
/// Its settings, where they are not the defaults: no compression, no write-ahead log, a Bloom
/// filter of 10 bits a key, everything compacted into one level before the first read.
class RocksdbStore {
 public:
  explicit RocksdbStore(const RocksdbOptions& options);
  ~RocksdbStore();

  void get(const Key& key);
  /// What a server does for one range query: a new iterator, a seek, and a walk over the values.
  void range(const Key& first, std::int64_t count);

  /// What has been read in all; using it keeps the compiler from dropping the reads.
  std::int64_t bytes_read() const { return bytes_read_; }
  static std::map<std::string, std::string> settings();

 private:
  void fill(const RocksdbOptions& options);

  std::unique_ptr<rocksdb::Env> env_;  // outlives the database, whose files it holds
  std::unique_ptr<rocksdb::DB> db_;
  std::int64_t bytes_read_ = 0;
};

/// Blocks that the calling thread has had to fetch from (in-memory) files so far.
std::int64_t blocks_fetched();

std::string rocksdb_version();

}  // namespace capture
