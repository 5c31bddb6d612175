// SPDX-License-Identifier: Apache-2.0
#include "workloads/capture/memory_database.h"

#include <rocksdb/filter_policy.h>

namespace capture {

rocksdb::Options database_options(rocksdb::Env& env, rocksdb::BlockBasedTableOptions table) {
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  rocksdb::Options db;
  db.env = &env;
  db.create_if_missing = true;
  db.compression = rocksdb::kNoCompression;
  db.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return db;
}

std::unique_ptr<rocksdb::DB> open_database(const rocksdb::Options& options) {
  rocksdb::DB* db = nullptr;
  require_ok(rocksdb::DB::Open(options, "/capture", &db));
  return std::unique_ptr<rocksdb::DB>(db);
}

void put(rocksdb::DB& db, const Key& key, const std::string& value) {
  rocksdb::WriteOptions unlogged;
  unlogged.disableWAL = true;
  require_ok(db.Put(unlogged, slice(key), value));
}

}  // namespace capture
