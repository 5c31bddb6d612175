// SPDX-License-Identifier: Apache-2.0
// What SOL costs the simulator: samples from Beta distributions drawn side by side against one by
// one, scans taken in, and the end of an epoch.
#include <benchmark/benchmark.h>
#include <vector>

#include "subsystems/memory/policies/beta_sampler.h"
#include "subsystems/memory/policies/hot_set.h"
#include "subsystems/memory/policies/sol.h"
#include "subsystems/memory/policies/split_mix.h"

namespace bench {
namespace {

/// A sixteenth of 100 GiB in batches of 64 pages.
constexpr tiering::Part kPart{.batches = 25'600};

/// Items are samples. The parameters are what a learner has: some arms known, some not.
template <class Sampler>
void draw(benchmark::State& state) {
  Sampler sampler(1);
  tiering::Lanes a;
  tiering::Lanes b;
  for (Eigen::Index i = 0; i < tiering::kLanes; ++i) {
    a[i] = i % 6 == 0 ? 6.3f : 1.0f;
    b[i] = i % 6 == 0 ? 1.0f : 1.0f + static_cast<float>(i % 7);
  }
  tiering::Lanes sample;
  for (auto _ : state) {
    sampler.draw(a, b, sample);
    benchmark::DoNotOptimize(sample);
  }
  state.SetItemsProcessed(state.iterations() * tiering::kLanes);
}

/// One scan of each batch, at any period, of which most find little.
std::vector<tiering::Scan> scans() {
  std::vector<tiering::Scan> all;
  std::uint64_t random = 1;
  for (tiering::Batch batch = 0; batch < kPart.batches; ++batch) {
    const std::uint64_t word = tiering::split_mix(random);
    const auto accessed = static_cast<std::uint16_t>(word % 4 == 0 ? word / 4 % 65 : 0);
    all.push_back({batch, accessed, static_cast<tiering::Period>((word >> 32) % 6)});
  }
  return all;
}

/// Items are scans.
void observe(benchmark::State& state) {
  tiering::Sol sol(kPart, {});
  const std::vector<tiering::Scan> all = scans();
  tiering::Work work;
  for (auto _ : state) sol.observe(all, work);
  state.SetItemsProcessed(work.scans);
}

/// Items are batches.
void choose_periods(benchmark::State& state) {
  tiering::Sol sol(kPart, {});
  const std::vector<tiering::Scan> all = scans();
  std::vector<tiering::Period> next(kPart.batches);
  tiering::Work work;
  for (auto _ : state) {
    state.PauseTiming();
    sol.observe(all, work);
    state.ResumeTiming();
    sol.choose_periods(next, work);
  }
  state.SetItemsProcessed(state.iterations() * kPart.batches);
}

/// Items are batches; all have been accessed.
void rank(benchmark::State& state) {
  std::vector<float> rates;
  std::uint64_t random = 1;
  for (tiering::Batch batch = 0; batch < kPart.batches; ++batch)
    rates.push_back(static_cast<float>(1 + tiering::split_mix(random) % 1'000'000));
  const std::vector<tiering::InFastTier> now(rates.size(), 0);
  tiering::Work work;
  for (auto _ : state) benchmark::DoNotOptimize(tiering::rank(rates, now, {}, work));
  state.SetItemsProcessed(state.iterations() * kPart.batches);
}

BENCHMARK(draw<tiering::BetaSampler>)->Name("draw/side_by_side");
BENCHMARK(draw<tiering::ScalarBetaSampler>)->Name("draw/one_by_one");
BENCHMARK(observe);
BENCHMARK(choose_periods);
BENCHMARK(rank);

}  // namespace
}  // namespace bench
