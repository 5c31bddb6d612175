// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "sim/random.h"
#include "workloads/capture/page_options.h"
#include "workloads/capture/watched_memory.h"

namespace rocksdb {
class DB;
class Env;
}  // namespace rocksdb

namespace capture {

/// A RocksDB whose block cache lies in watched memory: data, indexes and filters. The cache has
/// room for all of it and a tenth more, so that what a compaction has replaced is evicted.
///
/// Not in watched memory: memtables, the cache's own records, and the files, which stand for a disk
/// and are memory too.
class WatchedStore {
 public:
  WatchedStore(const PageOptions& options, WatchedMemory& memory);
  ~WatchedStore();

  void get(std::int64_t key);
  /// Another value than before. When a memtable's worth has been put, it is flushed, and what must
  /// be compacted is, before this returns.
  void put(std::int64_t key);
  void range(std::int64_t first, std::int64_t count);

  /// What has been read in all; using it keeps the compiler from dropping the reads.
  std::uint64_t sum_of_reads() const { return sum_of_reads_; }
  static std::map<std::string, std::string> settings();
  /// Pages that a store of so many keys may need.
  static std::size_t pages_for(const PageOptions& options);

 private:
  void fill();
  void write(std::int64_t key);
  void flush();

  const PageOptions options_;
  const sim::Stream values_;
  std::unique_ptr<rocksdb::Env> env_;  // outlives the database, whose files it holds
  std::unique_ptr<rocksdb::DB> db_;
  std::int64_t puts_ = 0;
  std::uint64_t sum_of_reads_ = 0;
};

}  // namespace capture
