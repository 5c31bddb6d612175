// SPDX-License-Identifier: Apache-2.0
#include "experiments/theory/bench.h"
#include "experiments/theory/formulas.h"
#include "experiments/theory/transforms.h"

// Two classes of requests, under a policy that has a queue for each.

namespace experiments::theory {
namespace {

constexpr double kShort = 40e-6;
constexpr double kLong = 200e-6;
constexpr double kLongShare = 0.2;

/// 40 us or, once in five, 200 us: 72 us on average.
Load two_classes(double load) {
  return {.service = {.kind = workloads::ServiceKind::kBimodal,
                      .mean = 40us,
                      .long_mean = 200us,
                      .long_share = kLongShare},
          .mean_service = (1 - kLongShare) * kShort + kLongShare * kLong,
          .load = load,
          .long_share = kLongShare};
}

PriorityClass short_class(const Load& load) {
  return {.rate = (1 - kLongShare) * load.rate(), .mean = kShort, .mean_square = kShort * kShort};
}
PriorityClass long_class(const Load& load) {
  return {.rate = kLongShare * load.rate(), .mean = kLong, .mean_square = kLong * kLong};
}

Stream as_stream(const PriorityClass& of) {
  return {.rate = of.rate, .mean_service = of.mean, .service = constant_time(of.mean)};
}

/// Objectives so far apart that a short request goes first however long the others have waited.
PolicyParams short_first(sim::Duration slice) {
  return {.kind = PolicyKind::kMultiQueueShinjuku,
          .slice = slice,
          .classes = {{.slo = 1us}, {.slo = 10s}}};
}

double short_mean(const workloads::RequestStats& requests) {
  return sim::to_seconds(*requests.short_ones.latency.mean());
}
double long_mean(const workloads::RequestStats& requests) {
  return sim::to_seconds(*requests.long_ones.latency.mean());
}

double short_p99(const workloads::RequestStats& requests) {
  return p99(requests.short_ones.latency);
}
double long_p99(const workloads::RequestStats& requests) {
  return p99(requests.long_ones.latency);
}

TEST(Theory, SlicesThatNeverEndMakeAPriorityQueueWithoutPreemption) {
  Load load = two_classes(0.6);
  load.requests = 150e3;
  const auto found =
      estimates(load, short_first(1ms), {short_mean, long_mean, short_p99, long_p99});
  expect_theory(found[0], first_class_stay(short_class(load), long_class(load)));
  expect_theory(found[1], second_class_stay(short_class(load), long_class(load)));
  const Stream first = as_stream(short_class(load));
  const Stream second = as_stream(long_class(load));
  expect_theory(found[2], p99_with_service(kShort, wait_of_first_class(first, second), 1));
  expect_theory(found[3], p99_with_service(kLong, wait_of_second_class(first, second), 1));
}

// No policy here interrupts a thread at the instant at which a better one comes, only at the end of
// its slice. So short requests stay at least as long as if they were alone, and at most a slice
// more when they find a long one. A slice as long as a short service leaves these whole.
TEST(Theory, SlicesBoundWhatPreemptionAtTheirEndsAdds) {
  Load load = two_classes(0.6);
  load.requests = 50e3;
  const auto found = estimates(load, short_first(40us), {short_mean});
  const double alone = preempting_stay(short_class(load));
  const double found_a_long_one = long_class(load).load() / (1 - short_class(load).load());
  EXPECT_GT(found[0].low(), alone);
  EXPECT_LT(found[0].high(), alone + found_a_long_one * 40e-6);
  EXPECT_LT(found[0].high(), 0.9 * first_class_stay(short_class(load), long_class(load)));
}

}  // namespace
}  // namespace experiments::theory
