// SPDX-License-Identifier: Apache-2.0
#include "sim/distributions.h"

#include <algorithm>
#include <boost/random/beta_distribution.hpp>
#include <boost/random/exponential_distribution.hpp>
#include <boost/random/gamma_distribution.hpp>
#include <boost/random/normal_distribution.hpp>
#include <boost/random/uniform_01.hpp>
#include <boost/random/uniform_int_distribution.hpp>
#include <cmath>
#include <utility>

#include "sim/check.h"

namespace sim {
namespace {

double ps(Duration d) {
  return static_cast<double>(d.count());
}

Duration nearest(double picoseconds) {
  if (picoseconds >= ps(kLongestDraw)) return kLongestDraw;
  return Duration{std::llround(picoseconds)};
}

/// At least 0, below 1.
double uniform_01(Draws& draws) {
  return boost::random::uniform_01<double>{}(draws);
}

}  // namespace

Uniform::Uniform(Duration low, Duration high) : low_(low), high_(high) {
  SIM_CHECK(Duration{0} <= low && low <= high && high <= kLongestDraw);
}

Duration Uniform::operator()(Draws& draws) const {
  boost::random::uniform_int_distribution<std::int64_t> picoseconds(low_.count(), high_.count());
  return Duration{picoseconds(draws)};
}

Exponential::Exponential(Duration mean) : mean_(mean) {
  SIM_CHECK(mean > Duration{0});
}

Duration Exponential::operator()(Draws& draws) const {
  return nearest(ps(mean_) * boost::random::exponential_distribution<double>{}(draws));
}

Lognormal::Lognormal(double median_ps, double sigma) : median_ps_(median_ps), sigma_(sigma) {
  SIM_CHECK(median_ps > 0);
  SIM_CHECK(0 <= sigma && sigma <= 10);
}

Lognormal Lognormal::with_median(Duration median, double sigma) {
  return {ps(median), sigma};
}

Lognormal Lognormal::with_mean(Duration mean, double sigma) {
  return {ps(mean) * std::exp(-sigma * sigma / 2), sigma};
}

Duration Lognormal::operator()(Draws& draws) const {
  const double normal = boost::random::normal_distribution<double>{}(draws);
  return nearest(median_ps_ * std::exp(sigma_ * normal));
}

Duration Lognormal::mean() const {
  return nearest(median_ps_ * std::exp(sigma_ * sigma_ / 2));
}

Gamma::Gamma(Duration mean, double shape) : mean_(mean), shape_(shape) {
  SIM_CHECK(mean > Duration{0});
  SIM_CHECK(0 < shape && shape <= 1e9);
}

Duration Gamma::operator()(Draws& draws) const {
  return nearest(ps(mean_) / shape_ * boost::random::gamma_distribution<double>{shape_}(draws));
}

Bimodal::Bimodal(Duration shorter, Duration longer, double longer_share)
    : shorter_(shorter), longer_(longer), longer_share_(longer_share) {
  SIM_CHECK(Duration{0} <= shorter && shorter <= longer && longer <= kLongestDraw);
  SIM_CHECK(0 <= longer_share && longer_share <= 1);
}

Duration Bimodal::operator()(Draws& draws) const {
  return uniform_01(draws) < longer_share_ ? longer_ : shorter_;
}

Duration Bimodal::mean() const {
  return shorter_ + nearest(ps(longer_ - shorter_) * longer_share_);
}

Empirical::Empirical(std::vector<Quantile> quantiles) : quantiles_(std::move(quantiles)) {
  SIM_CHECK(quantiles_.size() >= 2);
  SIM_CHECK(quantiles_.front().p == 0 && quantiles_.back().p == 1);
  SIM_CHECK(quantiles_.front().value >= Duration{0});
  SIM_CHECK(quantiles_.back().value <= kLongestDraw);
  for (std::size_t i = 1; i < quantiles_.size(); ++i) {
    SIM_CHECK(quantiles_[i - 1].p <= quantiles_[i].p);
    SIM_CHECK(quantiles_[i - 1].value <= quantiles_[i].value);
  }
  const std::size_t cells = quantiles_.size();
  for (std::size_t cell = 0, i = 0; cell < cells; ++cell) {
    const double start = static_cast<double>(cell) / static_cast<double>(cells);
    while (quantiles_[i + 1].p <= start) ++i;
    guide_.push_back(static_cast<std::uint32_t>(i));
  }
}

Empirical Empirical::of_quantiles(std::vector<Quantile> quantiles) {
  return Empirical(std::move(quantiles));
}

Empirical Empirical::of_samples(std::vector<Duration> samples) {
  SIM_CHECK(samples.size() >= 2);
  std::sort(samples.begin(), samples.end());
  const auto count = static_cast<double>(samples.size());
  std::vector<Quantile> quantiles{{0, samples.front()}};
  for (std::size_t i = 0; i < samples.size(); ++i)
    quantiles.push_back({(static_cast<double>(i) + 0.5) / count, samples[i]});
  quantiles.push_back({1, samples.back()});
  return Empirical(std::move(quantiles));
}

Empirical Empirical::scaled_to(Duration mean) const {
  const Duration old_mean = this->mean();
  SIM_CHECK(old_mean > Duration{0});
  const double factor = ps(mean) / ps(old_mean);
  std::vector<Quantile> scaled = quantiles_;
  for (Quantile& q : scaled) q.value = nearest(factor * ps(q.value));
  return Empirical(std::move(scaled));
}

Duration Empirical::operator()(Draws& draws) const {
  return at(uniform_01(draws));
}

// With as many cells as quantiles a search from the start of the cell is short: on average it
// passes one quantile, however many there are.
Duration Empirical::at(double p) const {
  SIM_CHECK(0 <= p && p <= 1);
  if (p == 1) return quantiles_.back().value;
  // The product may round up to the next cell, and beyond the last: hence a step back, if ever.
  const auto cell = static_cast<std::size_t>(p * static_cast<double>(guide_.size()));
  std::size_t i = guide_[std::min(cell, guide_.size() - 1)];
  while (quantiles_[i].p > p) --i;
  while (quantiles_[i + 1].p <= p) ++i;
  const Quantile &low = quantiles_[i], &high = quantiles_[i + 1];
  const double part = (p - low.p) / (high.p - low.p);
  return low.value + nearest(part * ps(high.value - low.value));
}

// Between two quantiles the values are uniform, so each piece contributes its middle.
Duration Empirical::mean() const {
  double sum = 0;
  for (std::size_t i = 1; i < quantiles_.size(); ++i) {
    const Quantile& low = quantiles_[i - 1];
    const Quantile& high = quantiles_[i];
    sum += (high.p - low.p) * (ps(low.value) + ps(high.value)) / 2;
  }
  return nearest(sum);
}

// With smaller parameters both gamma draws behind a beta may underflow to zero, and their ratio is
// then no number.
Beta::Beta(double alpha, double beta) : alpha_(alpha), beta_(beta) {
  SIM_CHECK(0.1 <= alpha && alpha <= 1e9);
  SIM_CHECK(0.1 <= beta && beta <= 1e9);
}

double Beta::operator()(Draws& draws) const {
  return boost::random::beta_distribution<double>{alpha_, beta_}(draws);
}

// Rejection-inversion (Hoermann and Derflinger, ACM TOMACS 6(3), 1996). Rank k, counted from one
// here, owns the strip from k - 1/2 to k + 1/2 under the curve x^-exponent. The curve is convex, so
// the strip is at least as large as the bar of height k^-exponent: draw a point under the curve and
// keep it if it falls into the part of its strip that is as large as the bar. The first strip is
// cut to be exactly its bar, so that most draws are kept.
Zipf::Zipf(std::int64_t ranks, double exponent) : ranks_(ranks), exponent_(exponent) {
  SIM_CHECK(1 <= ranks && ranks <= (std::int64_t{1} << 52));
  SIM_CHECK(0 <= exponent && exponent <= 20);
  area_low_ = area_to(1.5) - 1;
  area_high_ = area_to(static_cast<double>(ranks) + 0.5);
}

std::int64_t Zipf::operator()(Draws& draws) const {
  for (;;) {
    const double area = area_high_ + uniform_01(draws) * (area_low_ - area_high_);
    const double nearest_rank = std::clamp(area_inverse(area), 1.0, static_cast<double>(ranks_));
    const std::int64_t rank = std::llround(nearest_rank);
    const double k = static_cast<double>(rank);
    if (area >= area_to(k + 0.5) - height(k)) return rank - 1;
  }
}

double Zipf::height(double x) const {
  return std::exp(-exponent_ * std::log(x));
}

// The area from 1 to x: (x^(1-s) - 1)/(1 - s), and log x at s = 1. Written with expm1 it passes
// through s = 1 without loss.
double Zipf::area_to(double x) const {
  const double t = (1 - exponent_) * std::log(x);
  return t == 0 ? std::log(x) : std::expm1(t) / t * std::log(x);
}

double Zipf::area_inverse(double area) const {
  const double t = (1 - exponent_) * area;
  return std::exp(t == 0 ? area : std::log1p(std::max(t, -1.0)) / t * area);
}

}  // namespace sim
