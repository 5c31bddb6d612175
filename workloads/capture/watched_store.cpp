// SPDX-License-Identifier: Apache-2.0
#include "workloads/capture/watched_store.h"

#include <chrono>
#include <rocksdb/cache.h>
#include <rocksdb/memory_allocator.h>
#include <thread>

#include "workloads/capture/memory_database.h"
#include "workloads/capture/values.h"

namespace capture {
namespace {

// RocksDB's defaults are 64 MiB, 64 MiB and 256 MiB. Made smaller with the database, so that it has
// levels and a compaction replaces a part of it, as in a large one.
constexpr std::int64_t kMemtableBytes = 1 << 20;
constexpr std::uint64_t kFileBytes = 8 << 20;
constexpr std::uint64_t kLevelBytes = 32 << 20;

class WatchedAllocator : public rocksdb::MemoryAllocator {
 public:
  explicit WatchedAllocator(WatchedMemory& memory) : memory_(memory) {}
  const char* Name() const override { return "WatchedAllocator"; }
  void* Allocate(std::size_t size) override { return memory_.allocate(size); }
  void Deallocate(void* block) override { memory_.deallocate(block); }

 private:
  WatchedMemory& memory_;
};

std::size_t cache_bytes(const PageOptions& options) {
  const auto data = static_cast<std::size_t>(options.keys * (options.value_bytes + 16));
  return data + data / 10 + (std::size_t{1} << 20);
}

/// One shard, which is full when the cache is.
std::shared_ptr<rocksdb::Cache> cache_in(WatchedMemory& memory, const PageOptions& options) {
  rocksdb::LRUCacheOptions cache;
  cache.capacity = cache_bytes(options);
  cache.num_shard_bits = 0;
  cache.memory_allocator = std::make_shared<WatchedAllocator>(memory);
  return rocksdb::NewLRUCache(cache);
}

rocksdb::Options options_for(rocksdb::Env& env, WatchedMemory& memory, const PageOptions& options) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache_in(memory, options);
  table.cache_index_and_filter_blocks = true;
  rocksdb::Options db = database_options(env, table);
  db.write_buffer_size = 4 * kMemtableBytes;  // flushed before it is full, by ourselves
  db.target_file_size_base = kFileBytes;
  db.max_bytes_for_level_base = kLevelBytes;
  db.stats_dump_period_sec = 0;
  return db;
}

bool is_zero(rocksdb::DB& db, const std::string& property) {
  std::uint64_t value = 0;
  return db.GetIntProperty(property, &value) && value == 0;
}

}  // namespace

WatchedStore::WatchedStore(const PageOptions& options, WatchedMemory& memory)
    : options_(options),
      values_(options.seed, "capture.values"),
      env_(rocksdb::NewMemEnv(rocksdb::Env::Default())),
      db_(open_database(options_for(*env_, memory, options))) {
  fill();
}

WatchedStore::~WatchedStore() = default;

void WatchedStore::fill() {
  for (std::int64_t key = 0; key < options_.keys; ++key) write(key);
  flush();
  require_ok(db_->CompactRange({}, nullptr, nullptr));
}

void WatchedStore::get(std::int64_t key) {
  rocksdb::PinnableSlice value;
  require_ok(db_->Get({}, db_->DefaultColumnFamily(), slice(key_of(key)), &value));
  for (std::size_t i = 0; i < value.size(); ++i)
    sum_of_reads_ += static_cast<unsigned char>(value[i]);
}

void WatchedStore::put(std::int64_t key) {
  write(key);
  if (++puts_ * options_.value_bytes < kMemtableBytes) return;
  puts_ = 0;
  flush();
}

void WatchedStore::range(std::int64_t first, std::int64_t count) {
  const std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator({}));
  it->Seek(slice(key_of(first)));
  for (std::int64_t i = 0; i < count && it->Valid(); ++i, it->Next())
    for (const char byte : it->value().ToStringView())
      sum_of_reads_ += static_cast<unsigned char>(byte);
  require_ok(it->status());
}

void WatchedStore::write(std::int64_t key) {
  capture::put(*db_, key_of(key), value_of(values_, key, options_.value_bytes));
}

/// What works in the background must not do so during somebody else's operation.
void WatchedStore::flush() {
  require_ok(db_->Flush({}));
  while (!is_zero(*db_, "rocksdb.compaction-pending") ||
         !is_zero(*db_, "rocksdb.num-running-compactions"))
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
}

std::map<std::string, std::string> WatchedStore::settings() {
  return {{"watched memory",
           "the block cache: data, index and filter blocks, a tenth more room "
           "than data, in size classes as jemalloc's"},
          {"storage", "in-memory files (NewMemEnv), which are not watched"},
          {"compression", "none"},
          {"filter", "Bloom, 10 bits a key"},
          {"levels",
           "memtables of 1 MiB, files of 8 MiB, 32 MiB in the first level; compacted "
           "into the last one before the first read"}};
}

/// Blocks are rounded up by a quarter at most, and indexes need room too.
std::size_t WatchedStore::pages_for(const PageOptions& options) {
  return cache_bytes(options) / WatchedMemory::page_size() * 2 + 4096;
}

}  // namespace capture
