// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "sim/check.h"
#include "sim/units.h"

namespace sim {

/// How often which durations occurred. Counts are integers, so adding and subtracting histograms is
/// exact and does not depend on the order; warm-up is a copy at its end and a subtraction.
///
/// Durations up to 511 ps have a bucket each; above, every doubling is cut into 256 buckets of
/// equal width. A quantile is therefore off by at most 1/512 of itself. Count and mean are exact.
///
/// Memory is 2 KiB for each doubling up to the longest duration: 34 KiB at 10 us.
class Histogram {
 public:
  /// A quantile needs this many samples beyond it, or it says more of chance than of the system.
  static constexpr std::int64_t kTailSamples = 10;

  /// `d` must not be negative.
  void record(Duration d);

  Histogram& operator+=(const Histogram& other);
  /// Takes away what was recorded by the time of `earlier`, a former copy of this one (or of a part
  /// of its sum).
  Histogram& operator-=(const Histogram& earlier);
  friend Histogram operator+(Histogram a, const Histogram& b) { return a += b; }
  friend Histogram operator-(Histogram a, const Histogram& b) { return a -= b; }
  friend bool operator==(const Histogram& a, const Histogram& b);

  std::int64_t count() const { return count_; }

  // Nothing when nothing was recorded:
  /// To the nearest picosecond.
  std::optional<Duration> mean() const;
  /// Exact; after a subtraction that took the extreme itself away, the edge of the last bucket
  /// left, at most 1/256 further out.
  std::optional<Duration> min() const;
  std::optional<Duration> max() const;

  /// The value of rank ceil(`q` * count) in ascending order (nearest rank), given as the middle of
  /// its bucket. `q` lies between 0 and 1 and is first rounded to a millionth, so that 0.99 of
  /// 1,000 samples is rank 990 whatever the binary fraction says.
  ///
  /// Nothing with fewer than `kTailSamples` samples on the thinner side: the median needs 20
  /// samples, p99 needs 1,000, p99.9 needs 10,000. Ask `min` and `max` for the ends.
  std::optional<Duration> value_at_quantile(double q) const;

  struct Bucket {
    Duration low;
    Duration high;  // the last value that belongs to it
    std::int64_t count;

    bool operator==(const Bucket&) const = default;
  };
  /// Those with something in them, in ascending order.
  std::vector<Bucket> buckets() const;

 private:
  /// A value keeps this many bits after its leading one.
  static constexpr unsigned kBits = 8;

  static constexpr std::size_t bucket_of(Duration d);
  static Bucket bucket_at(std::size_t index, std::int64_t count);
  void grow_to(std::size_t size);
  void forget_lost_extremes();

  std::vector<std::int64_t> counts_;
  std::int64_t count_ = 0;
  detail::Int128 sum_ = 0;  // 2^63 durations of 2^63 ps fit
  Duration min_ = Duration::max();
  Duration max_ = Duration::min();
};

// The leading bits of a value are its bucket within the doubling, the number of bits dropped is the
// doubling. Values that fit into kBits + 1 bits drop none.
constexpr std::size_t Histogram::bucket_of(Duration d) {
  const auto value = static_cast<std::uint64_t>(d.count());
  const auto width = static_cast<unsigned>(std::bit_width(value >> kBits));
  const unsigned dropped = width == 0 ? 0 : width - 1;
  return (std::size_t{dropped} << kBits) + static_cast<std::size_t>(value >> dropped);
}

inline void Histogram::record(Duration d) {
  SIM_CHECK(d >= Duration{0});
  const std::size_t bucket = bucket_of(d);
  if (bucket >= counts_.size()) grow_to(bucket + 1);
  ++counts_[bucket];
  ++count_;
  sum_ += d.count();
  min_ = std::min(min_, d);
  max_ = std::max(max_, d);
}

/// How a histogram is reported.
struct HistogramSummary {
  std::int64_t count = 0;
  std::optional<Duration> mean;
  std::optional<Duration> min;
  std::optional<Duration> p50;
  std::optional<Duration> p99;
  std::optional<Duration> p999;
  std::optional<Duration> max;

  static void describe(auto&& stat) {
    using S = HistogramSummary;
    stat(&S::count, "count", "samples");
    stat(&S::mean, "mean", "their mean");
    stat(&S::min, "min", "the least");
    stat(&S::p50, "p50", "the median");
    stat(&S::p99, "p99", "one in a hundred is longer");
    stat(&S::p999, "p999", "one in a thousand is longer");
    stat(&S::max, "max", "the longest");
  }
};
HistogramSummary described(const Histogram& histogram);

}  // namespace sim
