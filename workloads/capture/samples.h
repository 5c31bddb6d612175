// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <vector>

#include "sim/units.h"

namespace capture {

/// Durations of single operations, and how many were discarded.
struct Samples {
  std::vector<sim::Duration> kept;
  std::int64_t dropped = 0;
};

/// What reading the clock twice in a row measures: the median of many tries.
std::chrono::nanoseconds clock_overhead();

/// How often the kernel has taken the calling thread off its core, willingly or not.
std::int64_t context_switches();

/// Times `operation(i)` for every i in [first, last), the clock's own cost taken off. When the
/// thread was switched away meanwhile the whole batch is dropped: one of its samples holds another
/// program's work, and the ones after it found that program's data in their caches.
///
/// Not seen: time that a hypervisor gives to another machine, which no counter of ours shows; it
/// stays in the samples and appears in the extreme tail.
template <class Operation>
void time_batch(std::int64_t first, std::int64_t last, std::chrono::nanoseconds overhead,
                Operation&& operation, Samples& samples) {
  using Clock = std::chrono::steady_clock;
  const std::size_t before = samples.kept.size();
  const std::int64_t switches = context_switches();
  for (std::int64_t i = first; i < last; ++i) {
    const Clock::time_point start = Clock::now();
    operation(i);
    const std::chrono::nanoseconds took = Clock::now() - start - overhead;
    samples.kept.push_back(std::max(took, std::chrono::nanoseconds{1}));
  }
  if (context_switches() == switches) return;
  samples.kept.resize(before);
  samples.dropped += last - first;
}

sim::Duration median(std::vector<sim::Duration> samples);

/// The share of samples that are longer than `factor` medians.
double share_above_medians(const std::vector<sim::Duration>& samples, int factor);

}  // namespace capture
