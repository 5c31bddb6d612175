// SPDX-License-Identifier: Apache-2.0
#include "experiments/theory/bench.h"
#include "experiments/theory/formulas.h"
#include "experiments/theory/transforms.h"

// One class of requests: the means and 99th percentiles of their stay.

namespace experiments::theory {
namespace {

using workloads::ServiceKind;

const PolicyParams kFifo{};

Load exponential(double load, int workers = 1) {
  return {.service = {.kind = ServiceKind::kExponential, .mean = kService},
          .mean_service = kServiceSeconds,
          .load = load,
          .workers = workers};
}

Load constant(double load) {
  return {.service = {.kind = ServiceKind::kConstant, .mean = kService},
          .mean_service = kServiceSeconds,
          .load = load};
}

/// 50 us or, once in ten, 550 us: E[S] = 100 us, E[S^2] = 32,500 us^2.
Load bimodal(double load) {
  return {.service = {.kind = ServiceKind::kBimodal,
                      .mean = 50us,
                      .long_mean = 550us,
                      .long_share = 0.1},
          .mean_service = kServiceSeconds,
          .load = load};
}
constexpr double kBimodalSquare = 32'500e-12;

// What remains of costs: the agent's loop, of 1 ns a turn, looks at a message and decides.
TEST(Theory, WhatIsNotFreeIsBelowATenThousandthOfAService) {
  Load rare = constant(0.01);
  rare.requests = 2e3 * kShorter;
  const workloads::RequestStats found = run(rare, kFifo, 1);
  const sim::Duration least = *found.latency.min();
  EXPECT_GE(least, kService);
  EXPECT_LE(least - kService, kService / 10'000);
}

TEST(Theory, OneCpuUnderFifoIsMM1) {
  const MMk theory(1, 0.5, kServiceSeconds);
  const auto found = estimates(exponential(0.5), kFifo, {mean_of, p99_of});
  expect_theory(found[0], theory.mean());
  expect_theory(found[1], theory.p99());
}

// At a load of 0.5 services that are 2.5 % longer make stays 5.1 % longer.
TEST(Theory, FindsThatServicesAreAFortiethTooLong) {
  if (kShorter > 1) GTEST_SKIP() << "too short for it";
  Load longer = exponential(0.5);
  longer.service.mean = 102'500ns;
  const auto found = estimates(longer, kFifo, {mean_of, p99_of});
  const MMk theory(1, 0.5, kServiceSeconds);
  EXPECT_FALSE(found[0].contains(theory.mean()));
  EXPECT_FALSE(found[1].contains(theory.p99()));
}

TEST(Theory, FourCpusUnderFifoAreMMk) {
  const MMk theory(4, 0.7, kServiceSeconds);
  const auto found = estimates(exponential(0.7, 4), kFifo, {mean_of, p99_of});
  expect_theory(found[0], theory.mean());
  expect_theory(found[1], theory.p99());
}

TEST(Theory, ConstantServicesMakeItMD1) {
  const auto found = estimates(constant(0.6), kFifo, {mean_of, p99_of});
  expect_theory(found[0], kServiceSeconds * (1 + mean_wait(0.6, 1, 1)));
  expect_theory(found[1], kServiceSeconds * md1_p99(0.6));
}

TEST(Theory, TwoLengthsOfServiceMakeItMG1) {
  const Load load = bimodal(0.5);
  const auto found = estimates(load, kFifo, {mean_of, p99_of});
  expect_theory(found[0],
                kServiceSeconds + mean_wait(load.rate(), kServiceSeconds, kBimodalSquare));
  const Stream all{.rate = load.rate(),
                   .mean_service = kServiceSeconds,
                   .service = two_lengths(50e-6, 550e-6, 0.1)};
  expect_theory(found[1], p99(sum(wait_in_mg1(all), all.service), 1));
}

// Round robin with slices that are short against services shares the processor: the mean stay is
// E[S] / (1 - load), whatever the services' distribution. At a load of 0.4 that is 167 us; under
// FIFO it would be 133 us (constant) and 208 us (bimodal). What slices leave: at its end a request
// keeps the processor for up to a slice at once, so it is done up to a slice sooner.
TEST(Theory, ShortSlicesShareTheProcessor) {
  const PolicyParams slices{.kind = PolicyKind::kShinjuku, .slice = 5us, .classes = {}};
  for (Load load : {constant(0.4), bimodal(0.4)}) {
    load.requests = 24e3;
    expect_theory(estimates(load, slices, {mean_of})[0], kServiceSeconds / (1 - 0.4), 5e-6);
  }
}

// How long stays are, and not only their mean, depends on the distribution.
TEST(Theory, ShortSlicesLeaveFewWithLongStays) {
  const PolicyParams slices{.kind = PolicyKind::kShinjuku, .slice = 5us, .classes = {}};
  Load load = exponential(0.4);
  load.requests = 50e3;
  const auto found = estimates(load, slices, {mean_of, p99_of});
  expect_theory(found[0], kServiceSeconds / (1 - 0.4));
  expect_theory(found[1], kServiceSeconds * p99(stay_on_shared_processor(0.4), 50), 5e-6);
}

// An exponential service has no memory, so that the mean does not depend on the slice at all: what
// is served next has as much before it as anything else.
TEST(Theory, WithoutMemoryTheLengthOfSlicesDoesNotMatter) {
  for (const sim::Duration slice : {20us, 200us}) {
    const PolicyParams slices{.kind = PolicyKind::kShinjuku, .slice = slice, .classes = {}};
    Load load = exponential(0.5);
    load.requests = 50e3;
    expect_theory(estimates(load, slices, {mean_of})[0], kServiceSeconds / (1 - 0.5));
  }
}

}  // namespace
}  // namespace experiments::theory
