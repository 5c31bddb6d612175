// SPDX-License-Identifier: Apache-2.0
#include "sim/histogram.h"

#include <cmath>

namespace sim {
namespace {

constexpr std::int64_t kMillion = 1'000'000;

std::int64_t millionths(double q) {
  SIM_CHECK(0 <= q && q <= 1);
  return std::llround(q * static_cast<double>(kMillion));
}

/// ceil(count * q), and no less than the first.
std::int64_t nearest_rank(std::int64_t count, std::int64_t q) {
  const detail::Int128 rank = (detail::Int128{count} * q + kMillion - 1) / kMillion;
  return std::max<std::int64_t>(1, static_cast<std::int64_t>(rank));
}

bool enough_samples(std::int64_t count, std::int64_t q) {
  const std::int64_t thinner = std::min(q, kMillion - q);
  return detail::Int128{count} * thinner >= detail::Int128{Histogram::kTailSamples} * kMillion;
}

}  // namespace

// By doublings, so that a longer value than any before is rarely an allocation.
void Histogram::grow_to(std::size_t size) {
  constexpr std::size_t kDoubling = std::size_t{1} << kBits;
  counts_.resize((size + kDoubling - 1) / kDoubling * kDoubling);
}

Histogram::Bucket Histogram::bucket_at(std::size_t index, std::int64_t count) {
  const auto picoseconds = [](std::uint64_t ps) { return Duration{static_cast<std::int64_t>(ps)}; };
  const std::size_t dropped = std::max<std::size_t>(index >> kBits, 1) - 1;
  const std::uint64_t leading = index - (dropped << kBits);
  // The edge after the last bucket is 2^63, which only an unsigned number holds.
  return {picoseconds(leading << dropped), picoseconds(((leading + 1) << dropped) - 1), count};
}

Histogram& Histogram::operator+=(const Histogram& other) {
  if (counts_.size() < other.counts_.size()) counts_.resize(other.counts_.size());
  for (std::size_t i = 0; i < other.counts_.size(); ++i) counts_[i] += other.counts_[i];
  count_ += other.count_;
  sum_ += other.sum_;
  min_ = std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
  return *this;
}

Histogram& Histogram::operator-=(const Histogram& earlier) {
  SIM_CHECK(earlier.counts_.size() <= counts_.size());
  for (std::size_t i = 0; i < earlier.counts_.size(); ++i) {
    SIM_CHECK(earlier.counts_[i] <= counts_[i]);
    counts_[i] -= earlier.counts_[i];
  }
  count_ -= earlier.count_;
  sum_ -= earlier.sum_;
  forget_lost_extremes();
  return *this;
}

// Whether the extreme value itself was taken away is not known. It is certain to be gone when its
// bucket is empty; otherwise it or a neighbour within the bucket remains.
void Histogram::forget_lost_extremes() {
  const auto left = buckets();
  min_ = left.empty() ? Duration::max() : std::max(min_, left.front().low);
  max_ = left.empty() ? Duration::min() : std::min(max_, left.back().high);
}

bool operator==(const Histogram& a, const Histogram& b) {
  return a.count_ == b.count_ && a.sum_ == b.sum_ && a.min_ == b.min_ && a.max_ == b.max_ &&
         a.buckets() == b.buckets();
}

std::optional<Duration> Histogram::mean() const {
  if (count_ == 0) return std::nullopt;
  return Duration{static_cast<std::int64_t>((sum_ + count_ / 2) / count_)};
}

std::optional<Duration> Histogram::min() const {
  return count_ == 0 ? std::nullopt : std::optional(min_);
}

std::optional<Duration> Histogram::max() const {
  return count_ == 0 ? std::nullopt : std::optional(max_);
}

std::optional<Duration> Histogram::value_at_quantile(double q) const {
  const std::int64_t parts = millionths(q);
  if (!enough_samples(count_, parts)) return std::nullopt;
  std::int64_t remaining = nearest_rank(count_, parts);
  std::size_t index = 0;
  while (remaining > counts_[index]) remaining -= counts_[index++];
  const Bucket bucket = bucket_at(index, counts_[index]);
  return std::clamp(bucket.low + (bucket.high - bucket.low) / 2, min_, max_);
}

std::vector<Histogram::Bucket> Histogram::buckets() const {
  std::vector<Bucket> out;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    if (counts_[i] != 0) out.push_back(bucket_at(i, counts_[i]));
  }
  return out;
}

HistogramSummary described(const Histogram& histogram) {
  return {.count = histogram.count(),
          .mean = histogram.mean(),
          .min = histogram.min(),
          .p50 = histogram.value_at_quantile(0.5),
          .p99 = histogram.value_at_quantile(0.99),
          .p999 = histogram.value_at_quantile(0.999),
          .max = histogram.max()};
}

}  // namespace sim
