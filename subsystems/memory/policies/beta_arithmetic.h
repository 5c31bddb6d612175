// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

/// The arithmetic of sampling, for one float and for an Eigen array of them alike: additions,
/// multiplications, divisions and square roots, which IEEE 754 rounds in one way only. The standard
/// library's logarithm and Eigen's differ in the last bit, and then sampled values differ.
namespace tiering::beta {

/// A positive float as mantissa x 2^exponent, the mantissa between sqrt(1/2) and sqrt(2).
struct Split {
  float mantissa;
  float exponent;
};

inline Split split(float x) {
  constexpr std::int32_t kRootOfHalf = 0x3f3504f3;
  const auto bits = std::bit_cast<std::int32_t>(x);
  const std::int32_t exponent = (bits - kRootOfHalf) >> 23;
  return {std::bit_cast<float>(bits - exponent * (1 << 23)), static_cast<float>(exponent)};
}

/// The logarithm of what was split: 2 artanh((m - 1)/(m + 1)) by its series, where the first term
/// left out is below 3e-9 of the sum.
template <class F>
F log_of(const F& mantissa, const F& exponent) {
  const F s = (mantissa - 1.0f) / (mantissa + 1.0f);
  const F q = s * s;
  return s * (2.0f + q * (2.0f / 3 + q * (2.0f / 5 + q * (2.0f / 7 + q * (2.0f / 9))))) +
         exponent * 0.693147181f;
}

inline float log_of(float x) {
  const Split s = split(x);
  return log_of(s.mantissa, s.exponent);
}

/// Series that end below half a unit in the last place up to pi/4.
template <class F>
F sine(const F& x) {
  const F q = x * x;
  return x * (1.0f + q * (-1.0f / 6 + q * (1.0f / 120 + q * (-1.0f / 5040 + q * (1.0f / 362880)))));
}
template <class F>
F cosine(const F& x) {
  const F q = x * x;
  return 1.0f + q * (-1.0f / 2 + q * (1.0f / 24 + q * (-1.0f / 720 + q * (1.0f / 40320))));
}

inline float at_most_one(float x) {
  return x < 1.0f ? x : 1.0f;
}
template <class Array>
auto at_most_one(const Array& x) {
  return x.min(1.0f);
}

/// Uniform in (0, 1] and in [-1, 1): the 24 high bits of a word, which a float holds exactly.
inline float unit(std::uint32_t word) {
  return static_cast<float>(static_cast<std::int32_t>(word >> 8) + 1) * 0x1p-24f;
}
inline float symmetric(std::uint32_t word) {
  return static_cast<float>(static_cast<std::int32_t>(word) >> 8) * 0x1p-23f;
}

/// Two independent normal numbers (Box and Muller 1958) from a uniform number's logarithm and
/// another one in [-1, 1). The angle's quarter is within the series' reach, and is doubled twice.
template <class F>
struct Normals {
  F x;
  F y;
};
template <class F>
Normals<F> normals(const F& log, const F& turn) {
  using std::sqrt;
  const F quarter = turn * 0.785398163f;
  const F s1 = sine(quarter);
  const F c1 = cosine(quarter);
  const F s2 = 2.0f * s1 * c1;
  const F c2 = 1.0f - 2.0f * s1 * s1;
  const F radius = sqrt(F(-2.0f * log));
  return {radius * (1.0f - 2.0f * s2 * s2), radius * (2.0f * s2 * c2)};
}

/// One attempt at a Gamma(a) number, a >= 1 (Marsaglia and Tsang 2000): the candidate is d t^3, and
/// accepted if log(uniform) < x^2/2 + d (1 - t^3 + 3 log t). With y = t - 1 the right side is
/// -3 d (y^4/4 - y^5/5 + ...), which is at least -3/4 d y^4 / min(1, t). So what has
/// slack > 0 is accepted without a logarithm; the bound is closer than the one of the paper.
template <class F>
struct Attempt {
  F d;
  F t;
  F slack;

  F candidate() const { return d * t * t * t; }
};

/// From a normal number `x` and one that is uniform in (0, 1].
template <class F>
Attempt<F> attempt(const F& a, const F& x, const F& uniform) {
  using std::sqrt;
  const F d = a - 1.0f / 3;
  const F y = x / sqrt(F(9.0f * d));
  const F t = 1.0f + y;
  const F q = y * y;
  return {d, t, (1.0f - uniform) * at_most_one(t) - 0.75f * d * (q * q)};
}

/// The exact test, for the few attempts that the quick one leaves undecided.
inline bool accepts(const Attempt<float>& of, float x, float uniform) {
  if (of.t <= 0) return false;
  const float v = of.t * of.t * of.t;
  return log_of(uniform) < 0.5f * x * x + of.d * (1.0f - v + 3.0f * log_of(of.t));
}

}  // namespace tiering::beta
