// SPDX-License-Identifier: Apache-2.0
// Queues assembled from the kernel's own parts, against theory.
#include <cmath>
#include <deque>
#include <gtest/gtest.h>

#include "sim/distributions.h"
#include "sim/histogram.h"
#include "sim/random.h"
#include "sim/simulation.h"
#include "sim/statistics.h"

namespace sim {
namespace {

struct QueueParams {
  std::uint64_t seed = 1;
  Duration gap;
  Duration service;
  std::int64_t customers = 0;
};

/// One server, first come first served, Poisson arrivals, service times of any distribution.
template <class Service>
class Queue {
 public:
  Queue(const QueueParams& params, Service service)
      : params_(params), service_(service), gap_(params.gap), sim_(params.seed) {
    sim_.at(Time{}, [this] { arrive(); });
    sim_.run();
  }

  const Histogram& sojourns() const { return sojourns_; }
  Duration elapsed() const { return sim_.now() - Time{}; }
  Duration busy() const { return busy_; }
  /// The integral over time of the number of customers present.
  double customer_picoseconds() const { return customer_picoseconds_; }

 private:
  void arrive() {
    count_present(+1);
    waiting_.push_back(sim_.now());
    if (present_ == 1) start();
    const auto customer = static_cast<std::uint64_t>(arrived_++);
    if (arrived_ == params_.customers) return;
    Draws draws = arrivals_.at(customer);
    sim_.after(gap_(draws), [this] { arrive(); });
  }

  void start() {
    Draws draws = services_.at(static_cast<std::uint64_t>(started_++));
    const Duration time = service_(draws);
    busy_ += time;
    sim_.after(time, [this] { finish(); });
  }

  void finish() {
    count_present(-1);
    sojourns_.record(sim_.now() - waiting_.front());
    waiting_.pop_front();
    if (present_ > 0) start();
  }

  void count_present(int change) {
    customer_picoseconds_ += present_ * static_cast<double>((sim_.now() - since_).count());
    since_ = sim_.now();
    present_ += change;
  }

  QueueParams params_;
  Service service_;
  Exponential gap_;
  Simulation sim_;
  Stream arrivals_{params_.seed, "arrivals"};
  Stream services_{params_.seed, "service"};
  std::deque<Time> waiting_;
  std::int64_t arrived_ = 0;
  std::int64_t started_ = 0;
  int present_ = 0;
  Time since_;
  Duration busy_{};
  double customer_picoseconds_ = 0;
  Histogram sojourns_;
};

constexpr QueueParams kLoadOfSeven{.gap = 10us, .service = 7us, .customers = 100'000};

Queue<Exponential> mm1(std::uint64_t seed) {
  QueueParams params = kLoadOfSeven;
  params.seed = seed;
  return {params, Exponential{params.service}};
}

constexpr std::uint64_t kReplications = 10;

// In an M/M/1 queue the sojourn time is exponential with rate mu - lambda: with 1/mu = 7 us and
// 1/lambda = 10 us its mean is 1/(1/7 - 1/10) = 70/3 us and its p99 is ln 100 times that. Starting
// empty is forgotten after about 1/(mu (1 - sqrt rho)^2) = 262 us: 26 customers of 100,000, each at
// most 23 us too short, are 6 ns of the mean. A bucket adds at most 1/512 to the p99.
TEST(MM1, MeanAndP99OfTheSojournTimeAreThoseOfTheTextbook) {
  Replications mean, p99;
  for (std::uint64_t seed = 1; seed <= kReplications; ++seed) {
    const auto queue = mm1(seed);
    mean.add(seed, to_us(queue.sojourns().mean().value()));
    p99.add(seed, to_us(queue.sojourns().value_at_quantile(0.99).value()));
  }
  const double theory = 70.0 / 3;
  const Estimate mean_us = mean.estimate(0.99);
  const Estimate p99_us = p99.estimate(0.99);
  EXPECT_TRUE(mean_us.contains(theory)) << mean_us.mean << " +- " << mean_us.half_width;
  EXPECT_TRUE(p99_us.contains(theory * std::log(100)))
      << p99_us.mean << " +- " << p99_us.half_width;
  // A wide interval would contain anything.
  EXPECT_LT(mean_us.half_width, 0.03 * mean_us.mean);
  EXPECT_LT(p99_us.half_width, 0.06 * p99_us.mean);
}

// Little's law, L = lambda W, is an identity for a run that starts and ends empty: the integral of
// the number present and the sum of the sojourns are one area cut two ways. The mean is rounded to
// a picosecond, hence half of one for each customer.
TEST(MM1, ObeysLittlesLawExactly) {
  const auto queue = mm1(1);
  const double n = static_cast<double>(queue.sojourns().count());
  ASSERT_EQ(queue.sojourns().count(), kLoadOfSeven.customers);
  const double sum = static_cast<double>(queue.sojourns().mean().value().count()) * n;
  EXPECT_NEAR(queue.customer_picoseconds(), sum, 0.5 * n + 1e-12 * sum);
}

// The share of time busy is lambda/mu; its deviation over n customers is about
// rho sqrt((1 + 1)/n) = 0.0031 (gaps and services both have a variation of one).
TEST(MM1, IsBusyForTheShareOfTimeThatIsItsLoad) {
  const auto queue = mm1(1);
  const auto share =
      static_cast<double>(queue.busy().count()) / static_cast<double>(queue.elapsed().count());
  EXPECT_NEAR(share, 0.7, 4 * 0.0031);
}

// Pollaczek and Khinchine: with constant service the wait is half of that of M/M/1, so the mean
// sojourn is 7 + 7 x 0.7/(2 x 0.3) = 15.17 us.
TEST(MD1, MeanSojournIsThatOfPollaczekAndKhinchine) {
  Replications mean;
  for (std::uint64_t seed = 1; seed <= kReplications; ++seed) {
    QueueParams params = kLoadOfSeven;
    params.seed = seed;
    const Queue<Deterministic> queue{params, Deterministic{params.service}};
    mean.add(seed, to_us(queue.sojourns().mean().value()));
  }
  const Estimate e = mean.estimate(0.99);
  EXPECT_TRUE(e.contains(7 + 7 * 0.7 / 0.6)) << e.mean << " +- " << e.half_width;
  EXPECT_LT(e.half_width, 0.03 * e.mean);
}

}  // namespace
}  // namespace sim
