// SPDX-License-Identifier: Apache-2.0
#include "workloads/request_sampler.h"

#include <cmath>
#include <gtest/gtest.h>
#include <vector>

namespace workloads {
namespace {

using sim::Duration;
using sim::Time;
using tiering::Batch;

constexpr int kBatchPages = 16;
constexpr Batch kSampledBatches = 64;
constexpr double kPerSecond = 2000;

PageLoadParams small_load() {
  PageLoadParams params;
  params.requests = sim::Rate{kPerSecond};
  params.cluster = 2 * (kBatchPages * sim::Bytes{4096});
  params.index_memory = 0.1;
  params.drift = 0;
  params.sampled = sim::Rate{kPerSecond};
  return params;
}

tiering::TieringParams small_memory() {
  tiering::TieringParams params;
  params.batch_pages = kBatchPages;
  params.application.flushed = 70us;
  params.application.request = 1ms;
  return params;
}

/// Every second batch is in the slow tier. All are scanned every 300 ms, and every 20 ms TLBs are
/// flushed, which no TLB means an interrupt only.
struct SamplerBench {
  sim::Simulation sim;
  memory::Domain domain{"host", {}, 1, {Duration{0}}};
  core::Core core{sim, "migrator", domain, 0, {}};
  const tiering::TieringParams params = small_memory();
  tiering::TieredMemory memory{sim, kSampledBatches, kBatchPages, 1};
  tiering::Migrator migrator{{.params = params, .memory = memory, .core = core}};
  tiering::AccessDelays delays{params.application, sim, memory, migrator};
  PageLoad load{small_load(), sim, memory, kBatchPages* sim::Bytes{4096}, 1};

  SamplerBench() {
    for (Batch b = 0; b < kSampledBatches; b += 2) memory.move(b);
    load.start();
    scan();
    flush();
  }
  virtual ~SamplerBench() = default;
  virtual void clear_bits() {
    for (Batch b = 0; b < kSampledBatches; ++b) memory.table().scan(b, sim.now());
  }
  void scan() {
    clear_bits();
    sim.after(300ms, [this] { scan(); });
  }
  void flush() {
    memory.flush();
    sim.after(20ms, [this] { flush(); });
  }
};

/// The same with a bit for each page and an event for each request, which sets them.
struct EventBench : SamplerBench {
  std::vector<char> accessed = std::vector<char>(std::size_t{kSampledBatches} * kBatchPages);
  sim::Stream stream{7, "requests"};
  std::vector<Batch> pages;
  sim::Histogram added;

  void clear_bits() override { accessed.assign(accessed.size(), 0); }
  void request() {
    load.draw_request(stream, pages);
    Duration sum = delays.stalled();
    for (const Batch batch : pages) {
      const auto page = static_cast<std::size_t>(batch) * kBatchPages + stream() % kBatchPages;
      if (!memory.is_fast(batch)) sum += params.application.slow_access;
      if (accessed[page] == 0) sum += params.application.retouch;
      accessed[page] = 1;
    }
    added.record(sum);
    sim.after(sim::Exponential{sim::from_seconds(1 / kPerSecond)}(stream), [this] { request(); });
  }
};

double share_up_to(const sim::Histogram& histogram, Duration limit) {
  std::int64_t count = 0;
  for (const auto& bucket : histogram.buckets())
    if (bucket.high <= limit) count += bucket.count;
  return static_cast<double>(count) / static_cast<double>(histogram.count());
}

/// Sampled requests are delayed as all are when each access is an event: the whole distribution.
TEST(RequestSampler, FindsWhatOneEventAnAccessFinds) {
  SamplerBench bench;
  RequestSampler sampler(small_load(), bench.sim, bench.load, bench.delays, 1);
  sampler.start();
  bench.sim.run_until(Time{60s});
  EventBench events;
  events.clear_bits();
  events.request();
  events.sim.run_until(Time{60s});

  const sim::Histogram& added = sampler.stats().added;
  const auto n = static_cast<double>(std::min(added.count(), events.added.count()));
  ASSERT_GT(n, 100'000);
  double largest = 0;
  for (Duration limit = 25ns; limit < 200us; limit = limit * 9 / 8)
    largest =
        std::max(largest, std::abs(share_up_to(added, limit) - share_up_to(events.added, limit)));
  // Kolmogorov and Smirnov: more than 1.95 happens once in a thousand. Two pages of a request that
  // are the same one take a little more.
  EXPECT_LT(largest, 1.95 * std::sqrt(2 / n) + 0.004);
  for (const double q : {0.5, 0.9, 0.99})
    EXPECT_NEAR(sim::to_ns(*added.value_at_quantile(q)),
                sim::to_ns(*events.added.value_at_quantile(q)),
                0.01 * sim::to_ns(*events.added.value_at_quantile(q)))
        << q;
  // A flush in a millisecond of every twenty.
  EXPECT_NEAR(sim::to_ns(sampler.stats().stalled) / n, 70e3 / 20, 70e3 / 20 * 0.06);
}

TEST(RequestSampler, AddsUpItsCauses) {
  SamplerBench bench;
  RequestSampler sampler(small_load(), bench.sim, bench.load, bench.delays, 1);
  sampler.start();
  bench.sim.run_until(Time{1s});
  const RequestDelayStats& s = sampler.stats();
  EXPECT_EQ(*s.added.mean() / 1000 * 1000,
            (s.slow + s.setting + s.refilling + s.waiting + s.stalled) / s.sampled / 1000 * 1000);
  EXPECT_GT(s.slow.count(), 0);
  EXPECT_GT(s.setting.count(), 0);
  EXPECT_EQ(s.refilling.count(), 0) << "there are no TLBs";
  EXPECT_EQ(s.waiting.count(), 0) << "nothing is moved";
}

/// All pages as popular as they are: each batch as often as its rate says.
TEST(RequestSampler, DrawsBatchesAsOftenAsTheLoadAccessesThem) {
  SamplerBench bench;
  sim::Stream stream(3, "test");
  std::vector<double> drawn(kSampledBatches);
  std::vector<Batch> pages;
  constexpr int kDraws = 100'000;
  for (int i = 0; i < kDraws; ++i) {
    bench.load.draw_request(stream, pages);
    for (const Batch b : pages) drawn[static_cast<std::size_t>(b)] += 1;
  }
  for (Batch b = 0; b < kSampledBatches; ++b) {
    const double expected = bench.memory.table().rate(b) / kPerSecond * kDraws;
    EXPECT_NEAR(drawn[static_cast<std::size_t>(b)], expected,
                0.006 * expected + 6 * std::sqrt(expected))
        << "batch " << b;
  }
}

}  // namespace
}  // namespace workloads
