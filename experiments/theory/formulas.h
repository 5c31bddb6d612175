// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>

/// Queueing theory's closed forms. Times in one unit, whichever; `load` is the share of the
/// servers' time that is asked for.
namespace experiments::theory {

/// The argument at which a falling tail P(X > t) comes to `tail`; it lies below `high`.
template <class Tail>
double where_tail_is(const Tail& longer_than, double tail, double high) {
  double low = 0;
  for (int i = 0; i < 200; ++i) {
    const double middle = (low + high) / 2;
    (longer_than(middle) > tail ? low : high) = middle;
  }
  return low;
}

/// Erlang's C: the probability that a request has to wait, for `erlangs` = arrival rate x service
/// time on `servers`. From Erlang's B by its recursion.
inline double erlang_c(int servers, double erlangs) {
  double blocked = 1;
  for (int k = 1; k <= servers; ++k) blocked = erlangs * blocked / (k + erlangs * blocked);
  return blocked / (1 - erlangs / servers * (1 - blocked));
}

/// M/M/k, first come first served: with C the probability of waiting and m = k mu - lambda, a wait
/// is longer than t with probability C exp(-m t), and a stay, wait and service, with
///   P(T > t) = (1 - a) exp(-mu t) + a exp(-m t), where a = C mu / (mu - m).
/// With one server m = mu - lambda and C = lambda / mu, hence a = 1: the stay is exponential.
class MMk {
 public:
  MMk(int servers, double load, double service)
      : mu_(1 / service), m_(servers * mu_ * (1 - load)), c_(erlang_c(servers, servers * load)) {}

  double mean() const { return 1 / mu_ + c_ / m_; }
  double longer_than(double t) const {
    const double a = c_ * mu_ / (mu_ - m_);
    return (1 - a) * std::exp(-mu_ * t) + a * std::exp(-m_ * t);
  }
  double p99() const {
    return where_tail_is([this](double t) { return longer_than(t); }, 0.01, 1000 / mu_);
  }

 private:
  double mu_, m_, c_;
};

/// M/M/1/N: with `places` for requests, that in service included, an arrival that finds all taken
/// is lost. At a load other than one.
class MM1N {
 public:
  MM1N(int places, double load, double service) : places_(places), load_(load), service_(service) {}

  /// That so many are there, and since arrivals are Poisson, that an arrival finds them.
  double probability(int there) const {
    return (1 - load_) * std::pow(load_, there) / (1 - std::pow(load_, places_ + 1));
  }
  double lost() const { return probability(places_); }
  /// The stay of those that are not lost, by Little's law.
  double mean() const {
    double there = 0;
    for (int n = 1; n <= places_; ++n) there += n * probability(n);
    return there * service_ / (load_ * (1 - lost()));
  }
  /// Who finds n there stays for n + 1 services, so longer than t if fewer than that end within t.
  double longer_than(double t) const {
    double ended = std::exp(-t / service_);  // exactly k of them
    double at_most = 0, longer = 0;
    for (int k = 0; k < places_; ++k) {
      at_most += ended;
      longer += probability(k) / (1 - lost()) * at_most;
      ended *= t / service_ / (k + 1);
    }
    return longer;
  }
  double p99() const {
    return where_tail_is([this](double t) { return longer_than(t); }, 0.01, 1000 * service_);
  }

 private:
  int places_;
  double load_, service_;
};

/// Pollaczek and Khinchine: the mean wait in M/G/1, first come first served.
inline double mean_wait(double rate, double mean, double mean_square) {
  return rate * mean_square / 2 / (1 - rate * mean);
}

/// The distribution of the wait in M/D/1, by Erlang's series (1909): with services of length one
/// and j from 0 to the whole part of t,
///   P(W <= t) = (1 - load) sum_j (load (j - t))^j / j! exp(load (t - j)).
/// Its terms alternate and grow; in doubles it is good for some twenty services.
inline double md1_wait_up_to(double load, double t) {
  double sum = 0;
  for (int j = 0; j <= static_cast<int>(t); ++j) {
    const double x = load * (j - t);
    sum += std::pow(x, j) / std::tgamma(j + 1.0) * std::exp(-x);
  }
  return (1 - load) * sum;
}

/// The 99th percentile of the stay in M/D/1, in services.
inline double md1_p99(double load) {
  return 1 + where_tail_is([=](double t) { return 1 - md1_wait_up_to(load, t); }, 0.01, 15);
}

/// Two classes on one server, of which the first goes first (Cobham, 1954). A class as its load and
/// its service's first two moments.
struct PriorityClass {
  double rate, mean, mean_square;
  double load() const { return rate * mean; }
};

/// What is left of the service that an arriving request finds, on average.
inline double residual(const PriorityClass& a, const PriorityClass& b) {
  return (a.rate * a.mean_square + b.rate * b.mean_square) / 2;
}
/// Mean stays when a service that has begun goes on to its end.
inline double first_class_stay(const PriorityClass& first, const PriorityClass& second) {
  return first.mean + residual(first, second) / (1 - first.load());
}
inline double second_class_stay(const PriorityClass& first, const PriorityClass& second) {
  return second.mean +
         residual(first, second) / (1 - first.load()) / (1 - first.load() - second.load());
}
/// Of the first class when it interrupts the second: as if that were not there.
inline double preempting_stay(const PriorityClass& first) {
  return first.mean + mean_wait(first.rate, first.mean, first.mean_square);
}

/// Of the second class, whose services go on where they were interrupted: what is there before it,
/// and its own service, last longer by what the first class takes meanwhile.
inline double preempted_stay(const PriorityClass& first, const PriorityClass& second) {
  return (second.mean + residual(first, second) / (1 - first.load() - second.load())) /
         (1 - first.load());
}

}  // namespace experiments::theory
