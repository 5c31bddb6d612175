// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <benchmark/benchmark.h>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace bench {

/// Entries run in one iteration of a benchmark, so that starting and stopping do not count.
inline constexpr std::int64_t kBatch = 50'000;

/// Ticks of the simulator at hand: picoseconds here, nanoseconds elsewhere.
using Ticks = std::int64_t;
inline constexpr Ticks kMean = 1'000'000;
/// A pre-emption slice of which half of all exponential tasks are shorter.
inline constexpr Ticks kSlice = 693'147;
/// A link's latency: there and back it is kMean.
inline constexpr Ticks kFlight = kMean / 2;

/// Exponential gaps of mean kMean, the same ones for every engine, for about a nanosecond each.
class Gaps {
 public:
  Gaps() {
    for (std::size_t i = 0; i < quantiles_.size(); ++i) {
      const double p = (static_cast<double>(i) + 0.5) / static_cast<double>(quantiles_.size());
      quantiles_[i] = static_cast<Ticks>(-std::log(1.0 - p) * static_cast<double>(kMean));
    }
  }
  Ticks next() {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    const auto dither = static_cast<Ticks>(state_ >> 30 & 1023);
    return quantiles_[state_ >> 54] + dither + 1;
  }

 private:
  std::array<Ticks, 1024> quantiles_;
  std::uint64_t state_ = 0x853c49e6748fea9bu;
};

/// Times `run`, which returns how many entries it ran; compare.py reads items per second.
template <class Run>
void measure(benchmark::State& state, Run run) {
  run();  // warm caches and pools
  std::int64_t entries = 0;
  for (auto _ : state) entries += run();
  state.SetItemsProcessed(entries);
}

/// Counts what runs and ends a batch of it. An engine is anything with `run` and `stop`.
template <class Engine>
class Batches {
 public:
  explicit Batches(Engine& engine) : engine_(engine) {}

  void count() {
    if (++runs_ == limit_) engine_.stop();
  }
  /// Returns how much ran.
  std::int64_t run() {
    const std::int64_t before = runs_;
    limit_ = runs_ + kBatch;
    engine_.run();
    return runs_ - before;
  }

 private:
  Engine& engine_;
  std::int64_t runs_ = 0;
  std::int64_t limit_ = 0;
};

inline void pending(benchmark::internal::Benchmark* b) {
  for (const int n : {16, 256, 4096, 65536}) b->Arg(n);
}
inline void waiting(benchmark::internal::Benchmark* b) {
  for (const int n : {16, 256, 4096}) b->Arg(n);
}

}  // namespace bench
