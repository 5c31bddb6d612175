// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "sim/random.h"
#include "sim/units.h"

namespace sim {

// Each distribution is a small value that turns draws into a value:
//
//   const Exponential gap{10us};
//   Draws customer = arrivals.at(i);
//   sim.after(gap(customer), ...);
//
// Durations are rounded to whole picoseconds at once: the last bit of a logarithm may differ from
// one processor to another, and rounding makes it a thousand times less likely that this shows.
// Parameters out of range are broken promises (SIM_CHECK); whoever reads a file checks them first.

/// Draws longer than this (53 days) are cut to it, so that adding one to any instant of a run
/// cannot overflow.
inline constexpr Duration kLongestDraw{std::int64_t{1} << 62};

/// Always `value`. Uses no draws.
struct Deterministic {
  Duration value;

  Duration operator()(Draws&) const { return value; }
  Duration mean() const { return value; }
};

/// Every whole picosecond from `low` to `high`, both included, with equal probability.
class Uniform {
 public:
  Uniform(Duration low, Duration high);

  Duration operator()(Draws& draws) const;
  Duration mean() const { return low_ + (high_ - low_) / 2; }

 private:
  Duration low_;
  Duration high_;
};

/// The gaps of a Poisson process.
class Exponential {
 public:
  explicit Exponential(Duration mean);

  Duration operator()(Draws& draws) const;
  Duration mean() const { return mean_; }

 private:
  Duration mean_;
};

/// A duration whose logarithm is normal with standard deviation `sigma`.
class Lognormal {
 public:
  static Lognormal with_median(Duration median, double sigma);
  static Lognormal with_mean(Duration mean, double sigma);

  Duration operator()(Draws& draws) const;
  Duration mean() const;

 private:
  Lognormal(double median_ps, double sigma);

  double median_ps_;
  double sigma_;
};

/// The variance is mean^2/`shape`: more variable than an exponential below a shape of one, the same
/// at one, the sum of k exponentials at k.
class Gamma {
 public:
  Gamma(Duration mean, double shape);

  Duration operator()(Draws& draws) const;
  Duration mean() const { return mean_; }

 private:
  Duration mean_;
  double shape_;
};

/// `longer` with probability `longer_share`, otherwise `shorter`.
class Bimodal {
 public:
  Bimodal(Duration shorter, Duration longer, double longer_share);

  Duration operator()(Draws& draws) const;
  Duration mean() const;

 private:
  Duration shorter_;
  Duration longer_;
  double longer_share_;
};

/// What was measured: the inverse of a piecewise linear distribution function. One draw per value,
/// and a larger draw never gives a smaller value.
class Empirical {
 public:
  /// A share `p` of all values is at most `value`.
  struct Quantile {
    double p;
    Duration value;
  };

  /// At least two; both columns in order, `p` from exactly 0 to exactly 1.
  static Empirical of_quantiles(std::vector<Quantile> quantiles);
  /// At least two, in any order: the i-th smallest of n, from 0, is the quantile (i + 1/2)/n, and
  /// nothing lies beyond the first and the last. The mean is that of the samples.
  static Empirical of_samples(std::vector<Duration> samples);

  /// The same shape with every value multiplied, so that the mean becomes `mean`.
  Empirical scaled_to(Duration mean) const;

  Duration operator()(Draws& draws) const;
  Duration at(double p) const;
  /// Of the piecewise linear distribution.
  Duration mean() const;

 private:
  explicit Empirical(std::vector<Quantile> quantiles);

  std::vector<Quantile> quantiles_;
  // guide_[k] is the last quantile with p <= k/size: where the search for a p in this cell starts.
  std::vector<std::uint32_t> guide_;
};

/// A share between 0 and 1. Both parameters at least 0.1.
class Beta {
 public:
  Beta(double alpha, double beta);

  double operator()(Draws& draws) const;
  double mean() const { return alpha_ / (alpha_ + beta_); }

 private:
  double alpha_;
  double beta_;
};

/// A rank from 0 to `ranks` - 1, where rank r has a probability proportional to
/// (r + 1)^-`exponent`. Any exponent of at least zero; no table, so `ranks` may be large.
class Zipf {
 public:
  Zipf(std::int64_t ranks, double exponent);

  std::int64_t operator()(Draws& draws) const;

 private:
  double area_to(double x) const;
  double area_inverse(double area) const;
  double height(double x) const;

  std::int64_t ranks_;
  double exponent_;
  double area_low_;
  double area_high_;
};

}  // namespace sim
