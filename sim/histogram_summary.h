// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "sim/histogram.h"

namespace sim {

/// What is reported of a histogram. A quantile is missing when there are too few samples for it.
struct HistogramSummary {
  std::int64_t count = 0;
  std::optional<Duration> mean;
  std::optional<Duration> median;
  std::optional<Duration> p99;
  std::optional<Duration> p999;
  std::optional<Duration> max;

  static void describe(auto&& stat) {
    using S = HistogramSummary;
    stat(&S::count, "count", "samples");
    stat(&S::mean, "mean", "exact");
    stat(&S::median, "median", "half of the samples took at most so long");
    stat(&S::p99, "p99", "99 % took at most so long");
    stat(&S::p999, "p999", "99.9 % took at most so long");
    stat(&S::max, "max", "the longest");
  }
};

/// How `describe` reports a histogram; include this where statistics are written or listed.
inline HistogramSummary described(const Histogram& histogram) {
  return {.count = histogram.count(),
          .mean = histogram.mean(),
          .median = histogram.value_at_quantile(0.5),
          .p99 = histogram.value_at_quantile(0.99),
          .p999 = histogram.value_at_quantile(0.999),
          .max = histogram.max()};
}

}  // namespace sim
