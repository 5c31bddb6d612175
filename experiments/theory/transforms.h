// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <complex>
#include <functional>
#include <numbers>

#include "experiments/theory/formulas.h"

/// Distributions that have no closed form, by their Laplace transforms E[exp(-s X)]. Times and
/// rates in one unit, whichever.
namespace experiments::theory {

using Complex = std::complex<double>;
using Transform = std::function<Complex(Complex)>;

inline Transform constant_time(double length) {
  return [=](Complex s) { return std::exp(-s * length); };
}
inline Transform exponential_time(double mean) {
  return [=](Complex s) { return 1.0 / (1.0 + s * mean); };
}
inline Transform two_lengths(double shorter, double longer, double share_of_longer) {
  return [=](Complex s) {
    return (1 - share_of_longer) * std::exp(-s * shorter) + share_of_longer * std::exp(-s * longer);
  };
}
/// Of the sum of two times that know nothing of each other.
inline Transform sum(Transform a, Transform b) {
  return [a = std::move(a), b = std::move(b)](Complex s) { return a(s) * b(s); };
}

/// P(X > t) by its Fourier series, whose alternating rest is summed by Euler's method (Abate and
/// Whitt, 1995). Good to 1e-6 where the distribution is smooth near t, and to 1e-4 where it only
/// has bends; not at a jump.
inline double longer_than(const Transform& x, double t) {
  constexpr double kDamping = 18.4;  // leaves an error of exp(-kDamping)
  constexpr int kTerms = 60;
  constexpr int kAveraged = 12;
  const auto term = [&](int k) {
    const Complex s{kDamping / 2 / t, k * std::numbers::pi / t};
    return ((1.0 - x(s)) / s).real() * (k % 2 == 0 ? 1 : -1);
  };
  double partial = term(0) / 2;
  for (int k = 1; k <= kTerms; ++k) partial += term(k);
  double binomial = std::pow(0.5, kAveraged);
  double averaged = 0;
  for (int j = 0; j <= kAveraged; ++j) {
    averaged += binomial * partial;
    binomial *= static_cast<double>(kAveraged - j) / (j + 1);
    partial += term(kTerms + 1 + j);
  }
  return averaged * std::exp(kDamping / 2) / t;
}

/// The 99th percentile, which lies below `high`.
inline double p99(const Transform& x, double high) {
  return where_tail_is([&](double t) { return longer_than(x, t); }, 0.01, high);
}
/// The same when each wait is followed by a service of one length: the stay has a jump where nobody
/// waits, the wait has none.
inline double p99_with_service(double service, const Transform& wait, double high) {
  return service + p99(wait, high);
}

/// A class of requests that come at random.
struct Stream {
  double rate;
  double mean_service;
  Transform service;
  double load() const { return rate * mean_service; }
};

/// The wait in M/G/1, first come first served (Pollaczek and Khinchine).
inline Transform wait_in_mg1(const Stream& all) {
  return [=](Complex s) { return (1 - all.load()) * s / (s - all.rate * (1.0 - all.service(s))); };
}

/// Two classes on one server, the first of which goes first, and a service that has begun goes on
/// to its end: the first's wait.
inline Transform wait_of_first_class(const Stream& first, const Stream& second) {
  return [=](Complex s) {
    return ((1 - first.load() - second.load()) * s + second.rate * (1.0 - second.service(s))) /
           (s - first.rate * (1.0 - first.service(s)));
  };
}

/// What becomes of s when a time is drawn out by all first-class requests that come meanwhile, and
/// by those that come while these are served: s + rate (1 - B(s)), with the transform B of a busy
/// period of the first class (Takacs, 1955).
inline Complex drawn_out(const Stream& first, Complex s) {
  Complex busy = 0;
  for (int i = 0; i < 200; ++i) busy = first.service(s + first.rate * (1.0 - busy));
  return s + first.rate * (1.0 - busy);
}

/// The second class's wait for its service to begin, whether or not it is interrupted later.
inline Transform wait_of_second_class(const Stream& first, const Stream& second) {
  return [=](Complex s) {
    const Complex longer = drawn_out(first, s);
    return (1 - first.load() - second.load()) * longer /
           (s - second.rate * (1.0 - second.service(longer)));
  };
}
/// The second class's stay when the first interrupts it, and it goes on where it was interrupted.
inline Transform stay_of_preempted_class(const Stream& first, const Stream& second) {
  return [=](Complex s) {
    return wait_of_second_class(first, second)(s) * second.service(drawn_out(first, s));
  };
}

/// The stay in M/M/1 when all who are there share the processor (Coffman, Muntz and Trotter, 1970):
/// of a request whose service would take `alone`, among others of a mean of one.
inline Transform stay_on_shared_processor(double load, double alone) {
  return [=](Complex s) {
    const Complex sum = load + 1 + s;
    const Complex r = (sum - std::sqrt(sum * sum - 4 * load)) / (2 * load);
    const Complex rest = 1.0 - load * r * r;
    const Complex one_less = 1.0 - load * r;
    return (1 - load) * rest * std::exp(-alone * (load * (1.0 - r) + s)) /
           (one_less * one_less - load * (1.0 - r) * (1.0 - r) * std::exp(-alone * rest / r));
  };
}
/// Of a request of exponential service, of a mean of one.
inline Transform stay_on_shared_processor(double load) {
  return [=](Complex s) {
    constexpr double kStep = 0.05;
    double weights = 0;
    Complex sum = 0;
    for (double alone = kStep / 2; alone < 25; alone += kStep) {
      weights += std::exp(-alone);
      sum += std::exp(-alone) * stay_on_shared_processor(load, alone)(s);
    }
    return sum / weights;
  };
}

}  // namespace experiments::theory
