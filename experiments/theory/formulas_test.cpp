// SPDX-License-Identifier: Apache-2.0
#include "experiments/theory/formulas.h"

#include <gtest/gtest.h>

namespace experiments::theory {
namespace {

TEST(Formulas, OneServerOfMMkIsMM1) {
  const MMk queue(1, 0.6, 1);
  EXPECT_NEAR(queue.mean(), 1 / 0.4, 1e-12);
  EXPECT_NEAR(queue.p99(), std::log(100) / 0.4, 1e-9);
}

// Two servers at a load of 1/2: C = 1/3, from the balance equations by hand.
TEST(Formulas, ErlangsCOfTwoServers) {
  EXPECT_NEAR(erlang_c(2, 1), 1.0 / 3, 1e-12);
}

// With one place it is Erlang's loss system, and nobody waits; with many it is M/M/1. With two,
// from the balance equations by hand: 4/7, 2/7, 1/7 at a load of 1/2.
TEST(Formulas, MM1NLiesBetweenErlangsLossAndMM1) {
  EXPECT_NEAR(MM1N(1, 0.6, 1).lost(), 0.6 / 1.6, 1e-12);
  EXPECT_NEAR(MM1N(1, 0.6, 1).mean(), 1, 1e-12);
  EXPECT_NEAR(MM1N(2, 0.5, 1).lost(), 1.0 / 7, 1e-12);
  EXPECT_NEAR(MM1N(2, 0.5, 1).mean(), (2.0 / 7 + 2.0 / 7) / (0.5 * 6 / 7), 1e-12);
  EXPECT_NEAR(MM1N(200, 0.6, 1).mean(), 1 / 0.4, 1e-9);
}

// From the balance equations by hand: with one place nobody waits, with two at a load of 1/2 an
// arrival that gets in finds one there with probability 1/3.
TEST(Formulas, StaysInMM1NAreThoseOfAsManyServicesAsAreThere) {
  EXPECT_NEAR(MM1N(1, 0.6, 1).longer_than(2), std::exp(-2), 1e-12);
  EXPECT_NEAR(MM1N(2, 0.5, 1).longer_than(2), std::exp(-2) * (1 + 2.0 / 3), 1e-12);
  EXPECT_NEAR(MM1N(200, 0.6, 1).p99(), MMk(1, 0.6, 1).p99(), 1e-6);
}

// P(W = 0) is 1 - load, and the integral of P(W > t) is the mean of Pollaczek and Khinchine.
TEST(Formulas, ErlangsSeriesHasTheRightMean) {
  constexpr double kLoad = 0.6;
  EXPECT_NEAR(md1_wait_up_to(kLoad, 0), 1 - kLoad, 1e-12);
  double area = 0;
  constexpr double kStep = 1e-3;
  for (double t = kStep / 2; t < 15; t += kStep) area += kStep * (1 - md1_wait_up_to(kLoad, t));
  EXPECT_NEAR(area, mean_wait(kLoad, 1, 1), 1e-4);
}

// Kleinrock's conservation law: however classes are ordered, the sum of load x wait is the same.
TEST(Formulas, PrioritiesConserveWork) {
  const PriorityClass a{.rate = 0.4, .mean = 0.5, .mean_square = 0.25};
  const PriorityClass b{.rate = 0.1, .mean = 4, .mean_square = 16};
  const double wait_a = first_class_stay(a, b) - a.mean;
  const double wait_b = second_class_stay(a, b) - b.mean;
  const double load = a.load() + b.load();
  EXPECT_NEAR(a.load() * wait_a + b.load() * wait_b, load * residual(a, b) / (1 - load), 1e-12);
}

// Exponential services of one length: whoever is served, the number there is that of M/M/1. And
// with no first class, the second is alone.
TEST(Formulas, PreemptionConservesTheNumberThere) {
  const PriorityClass a{.rate = 0.3, .mean = 1, .mean_square = 2};
  const PriorityClass b{.rate = 0.4, .mean = 1, .mean_square = 2};
  EXPECT_NEAR(a.rate * preempting_stay(a) + b.rate * preempted_stay(a, b), 0.7 / 0.3, 1e-12);
  EXPECT_NEAR(preempted_stay({}, b), preempting_stay(b), 1e-12);
}

}  // namespace
}  // namespace experiments::theory
