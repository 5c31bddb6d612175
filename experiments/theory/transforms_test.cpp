// SPDX-License-Identifier: Apache-2.0
#include "experiments/theory/transforms.h"

#include <gtest/gtest.h>

namespace experiments::theory {
namespace {

double mean_of(const Transform& x) {
  constexpr double kSmall = 1e-3;
  return (x(-kSmall) - x(kSmall)).real() / (2 * kSmall);
}
double variance_of(const Transform& x) {
  constexpr double kSmall = 1e-3;
  const double square = (x(kSmall) - 2.0 + x(-kSmall)).real() / (kSmall * kSmall);
  return square - mean_of(x) * mean_of(x);
}

Stream constant_stream(double load, double length) {
  return {.rate = load / length, .mean_service = length, .service = constant_time(length)};
}
Stream exponential_stream(double load, double mean) {
  return {.rate = load / mean, .mean_service = mean, .service = exponential_time(mean)};
}
PriorityClass moments(const Stream& of, double mean_square) {
  return {.rate = of.rate, .mean = of.mean_service, .mean_square = mean_square};
}

TEST(Transforms, GiveBackTheExponentialStayOfMM1) {
  const Stream all = exponential_stream(0.6, 1);
  const Transform stay = sum(wait_in_mg1(all), all.service);
  for (const double t : {0.5, 2.0, 12.0})
    EXPECT_NEAR(longer_than(stay, t), std::exp(-0.4 * t), 1e-7) << t;
  EXPECT_NEAR(p99(stay, 100), MMk(1, 0.6, 1).p99(), 1e-5);
}

// Erlang's series has a bend at each whole number.
TEST(Transforms, GiveBackErlangsSeries) {
  const Transform wait = wait_in_mg1(constant_stream(0.6, 1));
  for (const double t : {0.5, 1.1, 2.0, 2.5, 8.0})
    EXPECT_NEAR(longer_than(wait, t), 1 - md1_wait_up_to(0.6, t), 1e-4) << t;
  EXPECT_NEAR(p99_with_service(1, wait, 15), md1_p99(0.6), 1e-3);
}

TEST(Transforms, OfTwoLengthsHaveTheMeanOfPollaczekAndKhinchine) {
  const Stream all{.rate = 0.5, .mean_service = 1, .service = two_lengths(0.5, 5.5, 0.1)};
  EXPECT_NEAR(mean_of(all.service), 1, 1e-4);
  EXPECT_NEAR(mean_of(wait_in_mg1(all)), mean_wait(0.5, 1, 0.9 * 0.25 + 0.1 * 30.25), 1e-4);
}

TEST(Transforms, OfClassesHaveCobhamsMeans) {
  const Stream first = constant_stream(0.2, 0.5);
  const Stream second = constant_stream(0.4, 4);
  const PriorityClass a = moments(first, 0.25);
  const PriorityClass b = moments(second, 16);
  EXPECT_NEAR(mean_of(wait_of_first_class(first, second)), first_class_stay(a, b) - a.mean, 1e-4);
  EXPECT_NEAR(mean_of(wait_of_second_class(first, second)), second_class_stay(a, b) - b.mean, 2e-3);
}

// And without a first class, or when nothing is interrupted for long, the second is alone.
TEST(Transforms, OfAClassThatIsInterruptedHaveItsMean) {
  const Stream first = exponential_stream(0.3, 1);
  const Stream second = exponential_stream(0.4, 4);
  EXPECT_NEAR(mean_of(stay_of_preempted_class(first, second)),
              preempted_stay(moments(first, 2), moments(second, 32)), 5e-2);
  const Transform alone = stay_of_preempted_class(exponential_stream(0, 1), second);
  EXPECT_NEAR(longer_than(alone, 3), std::exp(-0.6 / 4 * 3), 1e-7);
}

// In a shared processor a request's mean stay is in proportion to its service, and the variance of
// all stays is (2 + load) / (2 - load) times that of first come, first served (Coffman et al.).
TEST(Transforms, OfASharedProcessorHaveItsMeanAndVariance) {
  for (const double alone : {0.3, 1.0, 4.0})
    EXPECT_NEAR(mean_of(stay_on_shared_processor(0.6, alone)), alone / 0.4, 1e-3) << alone;
  for (const double load : {0.3, 0.6}) {
    const double mean = 1 / (1 - load);
    EXPECT_NEAR(mean_of(stay_on_shared_processor(load)), mean, 1e-3 * mean) << load;
    EXPECT_NEAR(variance_of(stay_on_shared_processor(load)), (2 + load) / (2 - load) * mean * mean,
                1e-2 * mean * mean)
        << load;
  }
}

}  // namespace
}  // namespace experiments::theory
