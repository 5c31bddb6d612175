// SPDX-License-Identifier: Apache-2.0
#include "subsystems/memory/policies/beta_sampler.h"

#include <array>
#include <utility>

#include "subsystems/memory/policies/beta_arithmetic.h"

namespace tiering {
namespace {

using Indices = std::array<std::uint16_t, kLanes>;

template <class F>
void convert(const RandomLanes::Words& words, Lanes& lanes, F&& f) {
  for (std::size_t i = 0; i < kLanes; ++i) lanes[static_cast<Eigen::Index>(i)] = f(words[i]);
}

void split(const Lanes& x, Lanes& mantissa, Lanes& exponent) {
  for (Eigen::Index i = 0; i < kLanes; ++i) {
    const beta::Split s = beta::split(x[i]);
    mantissa[i] = s.mantissa;
    exponent[i] = s.exponent;
  }
}

/// The lanes in which the quick test did not accept; without a branch that would be mispredicted.
std::size_t undecided(const beta::Attempt<Lanes>& attempt, Indices& lanes) {
  std::size_t count = 0;
  for (Eigen::Index i = 0; i < kLanes; ++i) {
    lanes[count] = static_cast<std::uint16_t>(i);
    count += !(attempt.slack[i] > 0);
  }
  return count;
}

/// A Gamma(a) number from words that the lane has not used yet.
float gamma(RandomLanes& random, std::size_t lane, float a) {
  for (;;) {
    const float log = beta::log_of(beta::unit(random.next(lane)));
    const float x = beta::normals(log, beta::symmetric(random.next(lane))).x;
    const float uniform = beta::unit(random.next(lane));
    const beta::Attempt<float> at = beta::attempt(a, x, uniform);
    if (beta::accepts(at, x, uniform)) return at.candidate();
  }
}

/// What became of an attempt that the quick test has not accepted.
float finish(RandomLanes& random, std::size_t lane, float a, const beta::Attempt<float>& at,
             float x, float uniform) {
  return beta::accepts(at, x, uniform) ? at.candidate() : gamma(random, lane, a);
}

/// What the attempts' lanes give, those that need more words included.
Lanes settle(RandomLanes& random, const Lanes& a, const beta::Attempt<Lanes>& attempt,
             const Lanes& x, const Lanes& uniform) {
  Lanes result = attempt.candidate();
  Indices lanes;
  const std::size_t count = undecided(attempt, lanes);
  for (std::size_t n = 0; n < count; ++n) {
    const Eigen::Index i = lanes[n];
    const beta::Attempt<float> at{attempt.d[i], attempt.t[i], attempt.slack[i]};
    result[i] = finish(random, lanes[n], a[i], at, x[i], uniform[i]);
  }
  return result;
}

/// What the attempt of a single lane gives.
float settle(RandomLanes& random, std::size_t lane, float a, float x, float uniform) {
  const beta::Attempt<float> at = beta::attempt(a, x, uniform);
  if (at.slack > 0) return at.candidate();
  return finish(random, lane, a, at, x, uniform);
}

}  // namespace

void BetaSampler::draw(const Lanes& a, const Lanes& b, Lanes& sample) {
  RandomLanes::Words words;
  Lanes radius;
  Lanes mantissa;
  Lanes exponent;
  Lanes turn;
  Lanes first;
  Lanes second;
  random_.next(words);
  convert(words, radius, beta::unit);
  random_.next(words);
  convert(words, turn, beta::symmetric);
  random_.next(words);
  convert(words, first, beta::unit);
  random_.next(words);
  convert(words, second, beta::unit);

  split(radius, mantissa, exponent);
  const auto [x, y] = beta::normals<Lanes>(beta::log_of<Lanes>(mantissa, exponent), turn);
  const Lanes of_a = settle(random_, a, beta::attempt(a, x, first), x, first);
  const Lanes of_b = settle(random_, b, beta::attempt(b, y, second), y, second);
  sample = of_a / (of_a + of_b);
}

void ScalarBetaSampler::draw(const Lanes& a, const Lanes& b, Lanes& sample) {
  for (Eigen::Index i = 0; i < kLanes; ++i)
    sample[i] = draw(static_cast<std::size_t>(i), a[i], b[i]);
}

float ScalarBetaSampler::draw(std::size_t lane, float a, float b) {
  const float log = beta::log_of(beta::unit(random_.next(lane)));
  const auto [x, y] = beta::normals(log, beta::symmetric(random_.next(lane)));
  const float first = beta::unit(random_.next(lane));
  const float second = beta::unit(random_.next(lane));
  const float of_a = settle(random_, lane, a, x, first);
  const float of_b = settle(random_, lane, b, y, second);
  return of_a / (of_a + of_b);
}

}  // namespace tiering
