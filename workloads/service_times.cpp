// SPDX-License-Identifier: Apache-2.0
#include "workloads/service_times.h"

#include <algorithm>
#include <string>
#include <utility>

#include "sim/check.h"
#include "sim/distributions.h"
#include "sim/random.h"
#include "workloads/request_class.h"
#include "workloads/variation.h"

namespace workloads {
namespace {

using sim::Duration;

/// No request is free: one that took no time could be served without end at one instant.
constexpr Duration kLeast{1};

/// Each request has a row of draws to itself.
template <class Distribution>
class Drawn : public ServiceTimes {
 public:
  Drawn(Distribution distribution, sim::Stream stream)
      : distribution_(std::move(distribution)), stream_(std::move(stream)) {}

  Duration draw(std::uint64_t request) const override {
    sim::Draws draws = stream_.at(request);
    return std::max(kLeast, distribution_(draws));
  }
  Duration mean() const override { return distribution_.mean(); }

 private:
  Distribution distribution_;
  sim::Stream stream_;
};

/// A request's handling costs `constant`, and what it finds on the way the rest.
struct ConstantPlusExponential {
  Duration constant;
  sim::Exponential rest;

  Duration operator()(sim::Draws& draws) const { return constant + rest(draws); }
  Duration mean() const { return constant + rest.mean(); }
};

/// Short requests and long ones, each from a source of its own.
class Mix : public ServiceTimes {
 public:
  using Source = std::unique_ptr<ServiceTimes>;

  Mix(Source short_ones, Source long_ones, double long_share, std::uint64_t seed)
      : short_(std::move(short_ones)),
        long_(std::move(long_ones)),
        long_share_(long_share),
        classes_(seed, long_share) {}

  Duration draw(std::uint64_t request) const override {
    return (classes_.is_long(request) ? long_ : short_)->draw(request);
  }
  bool is_long(std::uint64_t request) const override { return classes_.is_long(request); }
  bool is_mix() const override { return true; }
  Duration mean() const override {
    const double seconds = (1 - long_share_) * sim::to_seconds(short_->mean()) +
                           long_share_ * sim::to_seconds(long_->mean());
    return sim::from_seconds(seconds);
  }

 private:
  Source short_;
  Source long_;
  double long_share_;
  RequestClasses classes_;
};

/// Makes the parts that several kinds share, all drawing from the same stream.
class Maker {
 public:
  Maker(const ServiceParams& params, std::uint64_t seed, const Captures& captures,
        std::string_view stream)
      : params_(params), seed_(seed), captures_(captures), stream_(stream) {}

  std::unique_ptr<ServiceTimes> make() const;

 private:
  using Source = std::unique_ptr<ServiceTimes>;

  template <class Distribution>
  Source drawn(Distribution distribution) const {
    return std::make_unique<Drawn<Distribution>>(std::move(distribution),
                                                 sim::Stream(seed_, stream_));
  }
  Source constant(Duration time) const { return drawn(sim::Deterministic{time}); }
  Source empirical(const std::string& capture, Duration mean) const {
    return drawn(captures_.shape(capture, params_.longest).scaled_to(mean));
  }
  Source mix(Source short_ones, Source long_ones) const {
    return std::make_unique<Mix>(std::move(short_ones), std::move(long_ones), params_.long_share,
                                 seed_);
  }

  const ServiceParams& params_;
  std::uint64_t seed_;
  const Captures& captures_;
  std::string_view stream_;
};

std::unique_ptr<ServiceTimes> Maker::make() const {
  const ServiceParams& p = params_;
  switch (p.kind) {
    case ServiceKind::kConstant:
      return constant(p.mean);
    case ServiceKind::kConstantPlusExponential:
      return drawn(ConstantPlusExponential{p.mean, sim::Exponential{p.exponential}});
    case ServiceKind::kExponential:
      return drawn(sim::Exponential{p.mean});
    case ServiceKind::kLognormal:
      return drawn(sim::Lognormal::with_mean(p.mean, sigma_for(p.variation)));
    case ServiceKind::kBimodal:
      return mix(constant(p.mean), constant(p.long_mean));
    case ServiceKind::kEmpirical:
      return empirical(p.capture, p.mean);
    case ServiceKind::kEmpiricalBimodal:
      return mix(empirical(p.capture, p.mean), empirical(p.long_capture, p.long_mean));
  }
  constexpr bool kEveryKindIsMade = false;
  SIM_CHECK(kEveryKindIsMade);
  return nullptr;
}

}  // namespace

std::unique_ptr<ServiceTimes> make_service_times(const ServiceParams& params, std::uint64_t seed,
                                                 const Captures& captures,
                                                 std::string_view stream) {
  check(params);
  return Maker(params, seed, captures, stream).make();
}

}  // namespace workloads
