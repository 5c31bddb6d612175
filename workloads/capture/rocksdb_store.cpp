// SPDX-License-Identifier: Apache-2.0
#include "workloads/capture/rocksdb_store.h"

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/perf_context.h>
#include <rocksdb/table.h>
#include <rocksdb/version.h>
#include <stdexcept>

#include "sim/random.h"
#include "workloads/capture/values.h"

namespace capture {
namespace {

void require(const rocksdb::Status& status) {
  if (!status.ok()) throw std::runtime_error("RocksDB: " + status.ToString());
}

rocksdb::Slice slice(const Key& key) {
  return {key.data(), key.size()};
}

rocksdb::BlockBasedTableOptions all_blocks_cached(const RocksdbOptions& options) {
  const std::int64_t data = options.keys * (options.value_bytes + 16);
  rocksdb::BlockBasedTableOptions table;
  // Twice the data, since the cache is sharded by hash and a shard may get more than its part.
  table.block_cache = rocksdb::NewLRUCache(static_cast<std::size_t>(2 * data + (64 << 20)));
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  return table;
}

rocksdb::Options database_options(rocksdb::Env* env, const RocksdbOptions& options) {
  rocksdb::Options db;
  db.env = env;
  db.create_if_missing = true;
  db.compression = rocksdb::kNoCompression;
  db.table_factory.reset(rocksdb::NewBlockBasedTableFactory(all_blocks_cached(options)));
  return db;
}

}  // namespace

RocksdbStore::RocksdbStore(const RocksdbOptions& options)
    : env_(rocksdb::NewMemEnv(rocksdb::Env::Default())) {
  rocksdb::DB* db = nullptr;
  require(rocksdb::DB::Open(database_options(env_.get(), options), "/capture", &db));
  db_.reset(db);
  fill(options);
  range(key_of(0), options.keys);  // every block enters the cache
}

RocksdbStore::~RocksdbStore() = default;

void RocksdbStore::fill(const RocksdbOptions& options) {
  const sim::Stream values(options.seed, "capture.values");
  rocksdb::WriteOptions write;
  write.disableWAL = true;
  for (std::int64_t key = 0; key < options.keys; ++key)
    require(db_->Put(write, slice(key_of(key)), value_of(values, key, options.value_bytes)));
  require(db_->Flush({}));
  require(db_->CompactRange({}, nullptr, nullptr));
}

void RocksdbStore::get(const Key& key) {
  rocksdb::PinnableSlice value;
  require(db_->Get({}, db_->DefaultColumnFamily(), slice(key), &value));
  bytes_read_ += static_cast<std::int64_t>(value.size());
}

void RocksdbStore::range(const Key& first, std::int64_t count) {
  const std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator({}));
  it->Seek(slice(first));
  for (std::int64_t i = 0; i < count && it->Valid(); ++i, it->Next())
    bytes_read_ += static_cast<std::int64_t>(it->value().size());
  require(it->status());
}

std::map<std::string, std::string> RocksdbStore::settings() {
  return {{"storage", "in-memory files (NewMemEnv), all blocks in the block cache"},
          {"compression", "none"},
          {"filter", "Bloom, 10 bits a key"},
          {"levels", "one, compacted before the first read"}};
}

std::int64_t blocks_fetched() {
  return static_cast<std::int64_t>(rocksdb::get_perf_context()->block_read_count);
}

std::string rocksdb_version() {
  return rocksdb::GetRocksVersionAsString();
}

}  // namespace capture
