// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/table.h>
#include <stdexcept>
#include <string>

#include "workloads/capture/keys.h"

// What stores have in common: a RocksDB whose files are in memory.

namespace capture {

// These two stand here since operations that are timed call them.
inline void require_ok(const rocksdb::Status& status) {
  if (!status.ok()) throw std::runtime_error("RocksDB: " + status.ToString());
}

inline rocksdb::Slice slice(const Key& key) {
  return {key.data(), key.size()};
}

/// A new database in `env`, without compression, and with a Bloom filter of 10 bits a key.
rocksdb::Options database_options(rocksdb::Env& env, rocksdb::BlockBasedTableOptions table);
std::unique_ptr<rocksdb::DB> open_database(const rocksdb::Options& options);

/// Without a write-ahead log.
void put(rocksdb::DB& db, const Key& key, const std::string& value);

}  // namespace capture
