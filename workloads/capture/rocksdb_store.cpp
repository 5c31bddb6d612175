// SPDX-License-Identifier: Apache-2.0
#include "workloads/capture/rocksdb_store.h"

#include <rocksdb/cache.h>
#include <rocksdb/perf_context.h>
#include <rocksdb/version.h>

#include "sim/random.h"
#include "workloads/capture/memory_database.h"
#include "workloads/capture/values.h"

namespace capture {
namespace {

rocksdb::BlockBasedTableOptions all_blocks_cached(const RocksdbOptions& options) {
  const std::int64_t data = options.keys * (options.value_bytes + 16);
  rocksdb::BlockBasedTableOptions table;
  // Twice the data, since the cache is sharded by hash and a shard may get more than its part.
  table.block_cache = rocksdb::NewLRUCache(static_cast<std::size_t>(2 * data + (64 << 20)));
  return table;
}

}  // namespace

RocksdbStore::RocksdbStore(const RocksdbOptions& options)
    : env_(rocksdb::NewMemEnv(rocksdb::Env::Default())),
      db_(open_database(database_options(*env_, all_blocks_cached(options)))) {
  fill(options);
  range(key_of(0), options.keys);  // every block enters the cache
}

RocksdbStore::~RocksdbStore() = default;

void RocksdbStore::fill(const RocksdbOptions& options) {
  const sim::Stream values(options.seed, "capture.values");
  for (std::int64_t key = 0; key < options.keys; ++key)
    put(*db_, key_of(key), value_of(values, key, options.value_bytes));
  require_ok(db_->Flush({}));
  require_ok(db_->CompactRange({}, nullptr, nullptr));
}

void RocksdbStore::get(const Key& key) {
  rocksdb::PinnableSlice value;
  require_ok(db_->Get({}, db_->DefaultColumnFamily(), slice(key), &value));
  bytes_read_ += static_cast<std::int64_t>(value.size());
}

void RocksdbStore::range(const Key& first, std::int64_t count) {
  const std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator({}));
  it->Seek(slice(first));
  for (std::int64_t i = 0; i < count && it->Valid(); ++i, it->Next())
    bytes_read_ += static_cast<std::int64_t>(it->value().size());
  require_ok(it->status());
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
