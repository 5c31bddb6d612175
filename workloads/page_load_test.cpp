// SPDX-License-Identifier: Apache-2.0
#include "workloads/page_load.h"

#include <gtest/gtest.h>

namespace workloads {
namespace {

using sim::Time;

constexpr int kPages = 64;
constexpr tiering::Batch kBatches = 4096;  // 1 GiB
// A fiftieth, and what whole clusters of eight batches leave.
constexpr tiering::Batch kIndex = 88;

struct LoadBench {
  sim::Simulation sim;
  tiering::TieredMemory memory{sim, kBatches, kPages, 1};
  PageLoad load;

  explicit LoadBench(const PageLoadParams& params)
      : load(params, sim, memory, kPages * sim::Bytes{4096}, 1) {
    load.start();
  }
  double rate(tiering::Batch from, tiering::Batch to) const {
    double sum = 0;
    for (tiering::Batch b = from; b < to; ++b) sum += memory.table().rate(b);
    return sum;
  }
  /// Of all pages of these batches.
  std::int64_t take_dirty(tiering::Batch from, tiering::Batch to) {
    std::int64_t pages = 0;
    for (tiering::Batch b = from; b < to; ++b) pages += memory.table().take_dirty(b, sim.now());
    return pages;
  }
};

TEST(PageLoad, AccessesWhatItsRequestsNeed) {
  PageLoadParams params;
  params.index_pages = 1;
  params.data_pages = 3;
  LoadBench b(params);
  // Rates are known to half a step of 1.1 percent.
  EXPECT_NEAR(b.rate(0, kBatches), 4e6, 4e6 * 0.003);
  EXPECT_NEAR(b.rate(0, kIndex), 1e6, 1e6 * 0.003);
}

/// Half a second of 500,000 written pages a second, over 258,000 pages of which few are popular.
TEST(PageLoad, WritesDataAndNothingElse) {
  PageLoadParams params;
  params.puts = 0.5;
  params.drift = 0;
  LoadBench b(params);
  b.sim.run_until(Time{500ms});
  EXPECT_EQ(b.take_dirty(0, kIndex), 0);
  EXPECT_GT(b.take_dirty(kIndex, kBatches), 10'000);
}

TEST(PageLoad, WritesNothingWithoutPuts) {
  PageLoadParams params;
  params.puts = 0;
  LoadBench b(params);
  b.sim.run_until(Time{100s});
  EXPECT_EQ(b.take_dirty(0, kBatches), 0);
}

TEST(PageLoad, OnlyReadsInASweep) {
  PageLoadParams params;
  params.requests = sim::Rate{1e-3};
  params.sweep_every = 1s;
  params.sweep_takes = 10s;
  LoadBench b(params);
  b.sim.run_until(Time{12s});
  EXPECT_EQ(b.take_dirty(0, kBatches), 0);
  std::int64_t touched = 0;
  for (tiering::Batch batch = 0; batch < kBatches; ++batch)
    touched += b.memory.table().scan(batch, b.sim.now());
  EXPECT_EQ(touched, kBatches * kPages);
}

}  // namespace
}  // namespace workloads
