// SPDX-License-Identifier: Apache-2.0
#include "workloads/arrivals.h"

#include <utility>
#include <vector>

#include "sim/check.h"
#include "sim/distributions.h"
#include "sim/random.h"
#include "workloads/bursts.h"
#include "workloads/request_class.h"
#include "workloads/trace.h"

namespace workloads {
namespace {

/// Independent exponential gaps.
class Poisson {
 public:
  Poisson(sim::Rate rate, std::uint64_t seed)
      : gap_(rate.gap()), stream_(seed, "workloads.arrivals") {}

  sim::Time operator()(std::uint64_t request) {
    sim::Draws draws = stream_.at(request);
    return now_ += gap_(draws);
  }

 private:
  sim::Exponential gap_;
  sim::Stream stream_;
  sim::Time now_{};
};

/// The first after one gap. Each instant is computed afresh, so that the rounding of a gap to
/// picoseconds does not add up.
struct EqualGaps {
  sim::Rate rate;

  sim::Time operator()(std::uint64_t request) const {
    return sim::Time{sim::from_seconds(static_cast<double>(request + 1) / rate.per_second)};
  }
};

/// Requests without end: instants from one source, classes from another.
template <class Instants>
class Generated : public Arrivals {
 public:
  Generated(Instants instants, RequestClasses classes)
      : instants_(std::move(instants)), classes_(std::move(classes)) {}

  std::optional<Arrival> next() override {
    const std::uint64_t request = next_++;
    return Arrival{.at = instants_(request),
                   .request = request,
                   .request_class = classes_.is_long(request) ? 1 : 0};
  }

 private:
  Instants instants_;
  RequestClasses classes_;
  std::uint64_t next_ = 0;
};

class Replayed : public Arrivals {
 public:
  explicit Replayed(std::vector<Arrival> arrivals) : arrivals_(std::move(arrivals)) {}

  std::optional<Arrival> next() override {
    if (next_ == arrivals_.size()) return std::nullopt;
    return arrivals_[next_++];
  }

 private:
  std::vector<Arrival> arrivals_;
  std::size_t next_ = 0;
};

template <class Instants>
std::unique_ptr<Arrivals> generated(Instants instants, const ArrivalParams& params,
                                    std::uint64_t seed) {
  return std::make_unique<Generated<Instants>>(std::move(instants),
                                               RequestClasses(seed, params.long_share));
}

}  // namespace

std::unique_ptr<Arrivals> make_arrivals(const ArrivalParams& p, std::uint64_t seed) {
  check(p);
  switch (p.kind) {
    case ArrivalKind::kPoisson:
      return generated(Poisson(p.rate, seed), p, seed);
    case ArrivalKind::kDeterministic:
      return generated(EqualGaps{p.rate}, p, seed);
    case ArrivalKind::kBursts:
      return generated(Bursts(p, seed), p, seed);
    case ArrivalKind::kTrace:
      return std::make_unique<Replayed>(read_trace(p.trace));
  }
  constexpr bool kEveryKindIsMade = false;
  SIM_CHECK(kEveryKindIsMade);
  return nullptr;
}

}  // namespace workloads
