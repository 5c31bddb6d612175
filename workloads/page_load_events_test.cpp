// SPDX-License-Identifier: Apache-2.0
// The statistical load beside a simulation of the same store with an event for every single access.
#include <algorithm>
#include <array>
#include <cmath>
#include <gtest/gtest.h>
#include <numeric>
#include <set>
#include <vector>

#include "sim/distributions.h"
#include "sim/uniform.h"
#include "workloads/page_load.h"

namespace workloads {
namespace {

using sim::Time;
using tiering::Batch;

constexpr int kFew = 8;  // pages of a batch
constexpr sim::Bytes kFewBytes{std::int64_t{kFew} * 4096};
constexpr int kClusters = 12;
constexpr int kPerCluster = 2;  // batches
constexpr int kIndexBatches = 2;
constexpr int kAllBatches = kIndexBatches + kClusters * kPerCluster;

/// A small store: everything happens to it in six seconds.
PageLoadParams small_store() {
  PageLoadParams params;
  params.requests = sim::Rate{100};
  params.index_pages = 1;
  params.data_pages = 1;
  params.puts = 0.3;
  params.cluster = kPerCluster * kFewBytes;
  params.index_memory = 0.1;
  params.drift = 0.2;
  params.drift_every = 1s;
  params.phase_change = 2500ms;
  params.sweep_every = 4s;
  params.sweep_takes = 1s;
  return params;
}

struct StoreBench {
  explicit StoreBench(const PageLoadParams& params, std::uint64_t seed = 1)
      : memory(sim, kAllBatches, kFew, seed), load(params, sim, memory, kFewBytes, 1) {
    load.start();
  }
  std::vector<double> cluster_rates() const {
    std::vector<double> rates;
    for (Batch b = kIndexBatches; b < kAllBatches; b += kPerCluster)
      rates.push_back(memory.table().rate(b));
    return rates;
  }

  sim::Simulation sim;
  tiering::TieredMemory memory;
  PageLoad load;
};

/// Zipf's law, by rank.
std::vector<double> zipf_shares(double exponent) {
  std::vector<double> shares;
  for (int rank = 1; rank <= kClusters; ++rank) shares.push_back(std::pow(rank, -exponent));
  const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
  for (double& share : shares) share /= sum;
  return shares;
}

std::vector<double> sorted(std::vector<double> values) {
  std::sort(values.begin(), values.end(), std::greater<>());
  return values;
}

int differences(const std::vector<double>& a, const std::vector<double>& b) {
  int count = 0;
  for (std::size_t i = 0; i < a.size(); ++i) count += a[i] != b[i];
  return count;
}

/// As popular as all the clusters that it leads to, to a step of 1.1 percent.
void expect_index_of_present_clusters(const StoreBench& bench) {
  const std::vector<double> rates = bench.cluster_rates();
  for (Batch b = 0; b < kIndexBatches; ++b) {
    const auto first = rates.begin() + b * kClusters / kIndexBatches;
    const double led_to = std::accumulate(first, first + kClusters / kIndexBatches, 0.0);
    EXPECT_NEAR(bench.memory.table().rate(b), kPerCluster * led_to, 0.011 * kPerCluster * led_to);
  }
}

TEST(PageLoadOrder, IsZipfsLawOverClustersInSomeOrder) {
  const PageLoadParams params = small_store();
  StoreBench bench(params);
  const std::vector<double> rates = bench.cluster_rates();
  const std::vector<double> by_rank = sorted(rates), shares = zipf_shares(params.exponent);
  for (std::size_t rank = 0; rank < shares.size(); ++rank)
    EXPECT_NEAR(by_rank[rank], 100 * shares[rank] / kPerCluster, 0.006 * by_rank[rank]);
  EXPECT_NE(rates, by_rank) << "in another order";
  for (Batch b = kIndexBatches; b < kAllBatches; b += kPerCluster)
    EXPECT_EQ(bench.memory.table().rate(b), bench.memory.table().rate(b + 1));
}

TEST(PageLoadOrder, DriftsByASwapAtATime) {
  PageLoadParams params = small_store();
  params.phase_change = 0s;
  StoreBench bench(params);
  std::vector<double> before = bench.cluster_rates();
  int changes = 0;
  for (int second = 1; second <= 20; ++second) {
    bench.sim.run_until(Time{second * 1s} - sim::Duration{1});
    EXPECT_EQ(bench.cluster_rates(), before);
    bench.sim.run_until(Time{second * 1s});
    const std::vector<double> after = bench.cluster_rates();
    EXPECT_LE(differences(before, after), 2);
    EXPECT_EQ(sorted(before), sorted(after));
    expect_index_of_present_clusters(bench);
    changes += differences(before, after) > 0;
    before = after;
  }
  EXPECT_GE(changes, 15) << "a cluster swaps with itself in one case of twelve";
}

TEST(PageLoadOrder, ChangesAltogetherInAPhaseChange) {
  PageLoadParams params = small_store();
  params.drift_every = 0s;
  StoreBench bench(params);
  const std::vector<double> before = bench.cluster_rates();
  bench.sim.run_until(Time{2500ms} - sim::Duration{1});
  EXPECT_EQ(bench.cluster_rates(), before);
  bench.sim.run_until(Time{2500ms});
  EXPECT_GE(differences(before, bench.cluster_rates()), 6);
  expect_index_of_present_clusters(bench);
  EXPECT_EQ(sorted(before), sorted(bench.cluster_rates()));
}

/// Many batches of index to few clusters: all of them together are accessed as often.
TEST(PageLoadOrder, MayTakeMoreBatchesOfIndexThanThereAreClusters) {
  PageLoadParams params = small_store();
  params.cluster = 4 * kFewBytes;
  params.index_memory = 0.7;  // 18 batches, and two clusters
  StoreBench bench(params);
  double index = 0;
  for (Batch b = 0; b < 18; ++b) index += bench.memory.table().rate(b);
  EXPECT_NEAR(index, 100, 0.6);
  const std::vector<double> shares{bench.memory.table().rate(0), bench.memory.table().rate(17)};
  EXPECT_NEAR(std::max(shares[0], shares[1]) / std::min(shares[0], shares[1]), std::exp2(0.99),
              0.03);
}

TEST(PageLoadSweep, ReadsEveryPageOnceFromOneEndToTheOther) {
  PageLoadParams params = small_store();
  params.requests = sim::Rate{1e-6};
  StoreBench bench(params);
  const auto scan = [&](Batch b) { return bench.memory.table().scan(b, bench.sim.now()); };
  bench.sim.run_until(Time{4500ms});
  EXPECT_EQ(scan(12), kFew) << "just before the middle";
  EXPECT_EQ(scan(14), 0) << "just behind";
  bench.sim.run_until(Time{5s});
  EXPECT_EQ(scan(12), 0);
  EXPECT_EQ(scan(kAllBatches - 1), kFew);
  EXPECT_NEAR(bench.memory.accesses().fast, kAllBatches * kFew, 0.01);
  bench.sim.run_until(Time{8s - 1ns});
  EXPECT_EQ(scan(0), kFew) << "of the first";
  bench.sim.run_until(Time{8s + 50ms});
  EXPECT_EQ(scan(0), kFew) << "four seconds after the first";
}

// One event an access.

/// Which cluster has which rank, and since when: all that the two share.
struct Order {
  Time since;
  std::vector<int> cluster_of_rank;
};

std::vector<Order> orders_of(const PageLoadParams& params, const std::vector<Time>& changes) {
  StoreBench bench(params);
  std::vector<Order> orders;
  for (const Time change : changes) {
    bench.sim.run_until(change);
    const std::vector<double> rates = bench.cluster_rates();
    std::vector<int> order(kClusters);
    std::iota(order.begin(), order.end(), 0);
    std::sort(order.begin(), order.end(), [&](int a, int b) {
      return rates[static_cast<std::size_t>(a)] > rates[static_cast<std::size_t>(b)];
    });
    orders.push_back({change, order});
  }
  return orders;
}

struct Bits {
  std::array<bool, std::size_t{kAllBatches} * kFew> accessed{};
  std::array<bool, std::size_t{kAllBatches} * kFew> dirty{};
  double accesses = 0;

  void access(int page, bool write) {
    accessed[static_cast<std::size_t>(page)] = true;
    if (write) dirty[static_cast<std::size_t>(page)] = true;
    ++accesses;
  }
};

using Found =
    std::array<double, std::size_t{2} * kAllBatches>;  // access bits of each batch, then dirty bits

class EventByEvent {
 public:
  EventByEvent(const PageLoadParams& params, const std::vector<Order>& orders, std::uint64_t seed)
      : params_(params), orders_(orders), draws_(seed, "single accesses") {
    next_request();
    sim_.after(params.sweep_every, [this] { sweep(0); });
  }

  /// Reads and clears all bits.
  Found look(Time when) {
    sim_.run_until(when);
    Found found{};
    for (std::size_t page = 0; page < bits_.accessed.size(); ++page) {
      found[page / kFew] += bits_.accessed[page];
      found[kAllBatches + page / kFew] += bits_.dirty[page];
    }
    bits_.accessed.fill(false);
    bits_.dirty.fill(false);
    return found;
  }
  double accesses() const { return bits_.accesses; }

 private:
  int below(int n) { return static_cast<int>(draws_() % static_cast<std::uint64_t>(n)); }
  bool chance(double p) { return sim::chance(p, draws_); }

  void next_request() {
    const sim::Exponential gap{sim::from_seconds(1 / params_.requests.per_second)};
    sim_.after(gap(draws_), [this] {
      serve(cluster());
      next_request();
    });
  }
  /// A request reads a page of the index that leads to the cluster, and reads or writes one there.
  void serve(int cluster) {
    const int index = cluster * kIndexBatches / kClusters;
    bits_.access(index * kFew + below(kFew), false);
    const int first = (kIndexBatches + cluster * kPerCluster) * kFew;
    const int page = first + below(kPerCluster * kFew);
    bits_.access(page, chance(params_.puts));
  }
  int cluster() {
    auto now = orders_.rbegin();
    while (now->since > sim_.now()) ++now;
    return now->cluster_of_rank[static_cast<std::size_t>(zipf_(draws_))];
  }
  /// A page at a time, evenly.
  void sweep(int page) {
    bits_.access(page, false);
    constexpr int kAll = kAllBatches * kFew;
    if (page + 1 < kAll) sim_.after(params_.sweep_takes / kAll, [this, page] { sweep(page + 1); });
  }

  const PageLoadParams& params_;
  const std::vector<Order>& orders_;
  sim::Zipf zipf_{kClusters, params_.exponent};
  sim::Simulation sim_;
  sim::Stream draws_;
  Bits bits_;
};

Found look_at_table(StoreBench& bench, Time when) {
  bench.sim.run_until(when);
  Found found{};
  for (Batch b = 0; b < kAllBatches; ++b) {
    const auto place = static_cast<std::size_t>(b);
    found[place] = bench.memory.table().scan(b, when);
    found[kAllBatches + place] = bench.memory.table().take_dirty(b, when);
  }
  return found;
}

struct Moment {
  double sum = 0;
  double squares = 0;

  void add(double value) {
    sum += value;
    squares += value * value;
  }
  double mean(int n) const { return sum / n; }
  double variance(int n) const { return squares / n - mean(n) * mean(n); }
};

/// Looks of several lengths: before and after swaps, across the phase change, in mid-sweep, after.
TEST(PageLoadEvents, HaveTheStatisticsOfOneEventAnAccess) {
  constexpr int kRuns = 500;
  const PageLoadParams params = small_store();
  const std::vector<Order> orders = orders_of(
      params, {Time{}, Time{1s}, Time{2s}, Time{2500ms}, Time{3s}, Time{4s}, Time{5s}, Time{6s}});
  const std::vector<Time> looks{Time{300ms},  Time{900ms},  Time{1300ms}, Time{2900ms},
                                Time{3700ms}, Time{4499ms}, Time{5200ms}, Time{6s}};
  std::vector<std::array<Moment, std::size_t{2} * kAllBatches>> table(looks.size()),
      events(looks.size());
  Moment accesses;
  double expected = 0;
  for (std::uint64_t run = 1; run <= kRuns; ++run) {
    StoreBench bench(params, run);
    EventByEvent single(params, orders, run);
    for (std::size_t look = 0; look < looks.size(); ++look) {
      const Found a = look_at_table(bench, looks[look]), b = single.look(looks[look]);
      for (std::size_t i = 0; i < a.size(); ++i) {
        table[look][i].add(a[i]);
        events[look][i].add(b[i]);
      }
    }
    accesses.add(single.accesses());
    expected = bench.memory.accesses().fast;
  }
  for (std::size_t look = 0; look < looks.size(); ++look)
    for (std::size_t i = 0; i < table[look].size(); ++i) {
      const Moment &a = table[look][i], &b = events[look][i];
      const double spread = a.variance(kRuns) + b.variance(kRuns);
      // Levels are rounded to half a step of 1.1 percent.
      const double rounding = 0.006 * b.mean(kRuns);
      EXPECT_NEAR(a.mean(kRuns), b.mean(kRuns), 4.5 * std::sqrt(spread / kRuns) + rounding)
          << "look " << look << ", place " << i;
      if (b.mean(kRuns) < 1 || b.mean(kRuns) > kFew - 1) continue;
      EXPECT_NEAR(a.variance(kRuns) / b.variance(kRuns), 1, 5 * std::sqrt(4.0 / kRuns) + 0.01)
          << "look " << look << ", place " << i;
    }
  EXPECT_NEAR(expected, accesses.mean(kRuns),
              4.5 * std::sqrt(accesses.variance(kRuns) / kRuns) + 0.006 * expected);
}

}  // namespace
}  // namespace workloads
