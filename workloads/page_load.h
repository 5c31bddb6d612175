// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

#include "sim/describe.h"
#include "sim/random.h"
#include "sim/simulation.h"
#include "subsystems/memory/tiered_memory.h"

namespace workloads {

using namespace std::chrono_literals;
using sim::operator""_KiB;
using sim::operator""_MiB;
using sim::operator""_GiB;

enum class PageLoadKind { kKeyValue, kCapture };

constexpr auto enum_names(std::type_identity<PageLoadKind>) {
  using sim::EnumName;
  return std::array{EnumName{PageLoadKind::kKeyValue, "key_value"},
                    EnumName{PageLoadKind::kCapture, "capture"}};
}

/// A key-value store in memory: keys that lie together are wanted together, and each is found
/// through an index. Or what a real one was seen to do.
struct PageLoadParams {
  PageLoadKind kind = PageLoadKind::kKeyValue;
  std::string capture = "rocksdb_pages";
  sim::Duration interval = 300ms;
  int intervals = 0;
  sim::Rate requests{1e6};
  int index_pages = 2;
  int data_pages = 2;
  double puts = 0.05;
  double exponent = 0.99;
  sim::Bytes cluster = 2_MiB;
  double index_memory = 0.02;
  sim::Duration drift_every = 60s;
  double drift = 0.001;
  sim::Duration phase_change = 0s;
  sim::Duration sweep_every = 0s;
  sim::Duration sweep_takes = 100s;
  sim::Rate sampled{300};

  int pages() const { return index_pages + data_pages; }
  /// In a second.
  double to_index() const { return requests.per_second * index_pages; }
  double to_data() const { return requests.per_second * data_pages; }
  /// Of the accesses to data. A PUT writes the page that its value is in.
  double written() const { return puts / data_pages; }

  static void describe(auto&& field) {
    using P = PageLoadParams;
    using sim::Range;
    field(&P::kind, "kind",
          "key_value: drawn, as the rest of these parameters says; capture: does what a captured "
          "program did, and of these parameters takes the next three only",
          sim::chosen("the question"));
    field(&P::capture, "capture", "a shipped capture's name, or the path of a .json file",
          sim::chosen("a real RocksDB, workloads/captures"));
    field(&P::interval, "interval", "how long an interval of the capture takes",
          sim::chosen("300 operations for 128 MiB are 0.8 M a second for 100 GiB"),
          Range{100ms, 10s});
    field(&P::intervals, "intervals",
          "of the capture, from the first, after which it begins again; 0: all",
          sim::chosen("half-way the popular keys of the shipped capture change"), Range{0, 10'000});
    field(&P::requests, "requests", "GETs and PUTs in a second",
          sim::assumed("what sixteen cores serve in 16 us each"),
          Range{sim::Rate{1e3}, sim::Rate{1e8}});
    field(&P::index_pages, "index_pages",
          "pages of the index that a request accesses beyond the processors' caches",
          sim::assumed("a filter or index block and its neighbour"), Range{0, 8});
    field(&P::data_pages, "data_pages", "pages of data that it accesses so",
          sim::assumed("as many as of the index"), Range{1, 8});
    field(&P::puts, "puts", "share of the requests that are PUTs, each of which writes a data page",
          sim::published("YCSB's workload B; A has 0.5, C none"), Range{0.0, 1.0});
    field(&P::exponent, "exponent", "of the Zipf distribution over clusters of keys",
          sim::published("YCSB's default"), Range{0.0, 1.5});
    field(&P::cluster, "cluster", "how much memory holds keys that are alike in popularity",
          sim::assumed("tenants, tables and recent keys lie together in sorted files"),
          Range{256_KiB, 1_GiB});
    field(&P::index_memory, "index_memory", "share of the memory that is index",
          sim::assumed("RocksDB's index and filter blocks"), Range{0.0, 0.2});
    field(&P::drift_every, "drift_every", "how often some clusters swap their popularity; 0: never",
          sim::assumed("minutes"), Range{1s, 3600s});
    field(&P::drift, "drift", "share of the clusters that do", sim::assumed("a slow drift"),
          Range{0.0, 0.1});
    field(&P::phase_change, "phase_change", "when all of them do at once; 0: never",
          sim::chosen("the question"));
    field(&P::sweep_every, "sweep_every",
          "how often the whole memory is read once from one end to the other; 0: never",
          sim::chosen("the question"));
    field(&P::sweep_takes, "sweep_takes", "how long that takes",
          sim::assumed("a backup at a GiB a second"), Range{10s, 3600s});
    field(&P::sampled, "sampled",
          "of the requests in a second, those whose added latency is worked out",
          sim::chosen("enough for a p99 in half a minute"), Range{sim::Rate{10}, sim::Rate{1e4}});
  }
};

/// Says how often each batch is accessed, and changes it in time.
///
/// Not modelled: keys of one cluster that differ; an index deeper than one level; memtables, logs
/// and compaction: a PUT writes in place.
class PageLoad {
 public:
  PageLoad(const PageLoadParams& params, sim::Simulation& sim, tiering::TieredMemory& memory,
           sim::Bytes batch, std::uint64_t seed);

  /// From the present instant on.
  void start();

  using Batch = tiering::Batch;
  /// The batches of the pages that a request accesses: of its key's index, then of its cluster.
  void draw_request(sim::Draws& draws, std::vector<Batch>& pages);

 private:
  std::size_t clusters() const { return shares_.size(); }
  std::size_t below(std::size_t n);
  std::int64_t first_index_of(std::int64_t cluster) const;
  Batch index_of(std::int64_t cluster, double which) const;
  void shuffle();
  void set_cluster(std::size_t cluster);
  void set_index();
  void set_all();
  void drift();
  void begin_sweep();
  void sweep(int step);
  double share_of_index(std::size_t batch) const;

  const PageLoadParams params_;
  sim::Simulation& sim_;
  tiering::TieredMemory& memory_;
  sim::Stream order_;
  const Batch per_cluster_;
  Batch index_batches_;         // the first ones
  std::vector<double> shares_;  // of the accesses to data, by cluster
  std::vector<double> up_to_;   // the sums of these, to draw by; empty if they have changed
};

}  // namespace workloads
