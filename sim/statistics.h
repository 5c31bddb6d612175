// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>

namespace sim {

/// A mean and how far it may be from the truth.
struct Estimate {
  double mean = 0;
  double half_width = 0;  // of the confidence interval; infinite with fewer than two values
  std::size_t n = 0;

  double low() const { return mean - half_width; }
  double high() const { return mean + half_width; }
  bool contains(double x) const { return low() <= x && x <= high(); }

  bool operator==(const Estimate&) const = default;
};

/// One value, such as a p99, from each of several independent runs that differ in their seed only.
///
/// Values are kept by the number of their replication. So the answer does not depend on which
/// worker finished first, and two variants are compared run by run.
class Replications {
 public:
  /// Each replication once, with a finite value.
  void add(std::uint64_t replication, double value);
  /// Replications that another worker ran.
  void merge(const Replications& other);

  std::size_t count() const { return values_.size(); }
  const std::map<std::uint64_t, double>& values() const { return values_; }

  /// At least one value.
  double mean() const;
  /// Of the population, estimated (n - 1); at least two values.
  double standard_deviation() const;

  /// The interval that covers the true mean with probability `confidence`, by Student's t: exact
  /// for normal values, close for means and quantiles of many samples.
  Estimate estimate(double confidence = 0.95) const;

  bool operator==(const Replications&) const = default;

 private:
  std::map<std::uint64_t, double> values_;
};

/// `a - b`, replication by replication, of those that both have. When both variants drew from
/// the same streams (common random numbers), what chance did to both cancels, and the interval of
/// the difference is far narrower than those of the two.
Replications paired_difference(const Replications& a, const Replications& b);

}  // namespace sim
