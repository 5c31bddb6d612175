// SPDX-License-Identifier: Apache-2.0
#include "workloads/capture/pages.h"

#include <map>
#include <string>

#include "sim/check.h"
#include "sim/config_error.h"
#include "workloads/capture/machine.h"
#include "workloads/capture/page_requests.h"
#include "workloads/capture/rocksdb_store.h"
#include "workloads/capture/watched_memory.h"
#include "workloads/capture/watched_store.h"

namespace capture {
namespace {

using workloads::BatchAccesses;
using workloads::IntervalAccesses;

constexpr std::size_t kPagesOfBatch = workloads::kPagesOfBatch;

/// The operations of one interval together.
class Interval {
 public:
  void add(const std::vector<PageAccess>& of_operation) {
    for (const PageAccess& access : of_operation) {
      BatchAccesses& batch = batches_[access.page / kPagesOfBatch];
      const workloads::PageSet page = workloads::PageSet{1} << access.page % kPagesOfBatch;
      ++batch.visits;
      batch.pages |= page;
      if (access.written) batch.written |= page;
    }
  }

  IntervalAccesses accesses() const {
    IntervalAccesses all;
    for (auto [number, batch] : batches_) {
      batch.batch = static_cast<int>(number);
      all.push_back(batch);
    }
    return all;
  }

 private:
  std::map<std::size_t, BatchAccesses> batches_;
};

void warm_up(WatchedStore& store, const PageRequests& requests, const PageOptions& options) {
  for (std::int64_t i = 0; i < options.warm_up; ++i) store.get(requests.warm_up(i));
  store.range(0, options.keys);
}

void serve(const PageRequests::Request& request, WatchedStore& store) {
  using Kind = PageRequests::Kind;
  switch (request.kind) {
    case Kind::kGet:
      return store.get(request.key);
    case Kind::kPut:
      return store.put(request.key);
    case Kind::kRange:
      return store.range(request.key, request.count);
  }
}

std::vector<IntervalAccesses> watch(WatchedStore& store, const PageRequests& requests,
                                    const PageOptions& options, WatchedMemory& memory) {
  std::vector<IntervalAccesses> intervals;
  memory.noticed();
  for (std::int64_t i = 0, next = 0; i < options.intervals; ++i) {
    Interval interval;
    for (const std::int64_t end = next + options.operations; next < end; ++next) {
      serve(requests.request(next), store);
      interval.add(memory.noticed());
    }
    intervals.push_back(interval.accesses());
  }
  return intervals;
}

std::map<std::string, std::string> provenance(const PageOptions& options) {
  std::map<std::string, std::string> all = machine_provenance();
  all.merge(WatchedStore::settings());
  all.merge(describe_options(options));
  all["program"] = "wavesim capture pages";
  all["library"] = "RocksDB " + rocksdb_version();
  return all;
}

int batches_of(const WatchedMemory& memory) {
  return static_cast<int>((memory.used_pages() + kPagesOfBatch - 1) / kPagesOfBatch);
}

}  // namespace

workloads::PageCapture capture_pages(const PageOptions& options) {
  check(options);
  if (WatchedMemory::page_size() != 4096)
    throw sim::ConfigError("capture pages", "this machine's pages are not of 4 KiB");
  WatchedMemory memory(WatchedStore::pages_for(options));
  WatchedStore store(options, memory);
  const PageRequests requests(options);
  warm_up(store, requests, options);
  workloads::PageCapture capture{.about = "Pages that a RocksDB accesses in its block cache",
                                 .provenance = provenance(options),
                                 .operations = options.operations,
                                 .intervals = watch(store, requests, options, memory)};
  capture.batches = batches_of(memory);
  SIM_CHECK(store.sum_of_reads() > 0);
  return capture;
}

}  // namespace capture
