// SPDX-License-Identifier: Apache-2.0
#include "workloads/capture/page_requests.h"

#include <algorithm>
#include <boost/random/uniform_01.hpp>
#include <boost/random/uniform_int_distribution.hpp>

namespace capture {
namespace {

/// All numbers below `count` are equally likely.
std::int64_t any_below(std::int64_t count, sim::Draws& draws) {
  return boost::random::uniform_int_distribution<std::int64_t>{0, count - 1}(draws);
}

double share(sim::Draws& draws) {
  return boost::random::uniform_01<double>{}(draws);
}

}  // namespace

PageRequests::PageRequests(const PageOptions& options)
    : options_(options),
      popularity_(runs(), options.zipf_exponent),
      warm_up_(options.seed, "capture.pages.warm_up"),
      requests_(options.seed, "capture.pages.requests"),
      places_(options.seed, "capture.places") {}

std::int64_t PageRequests::warm_up(std::int64_t number) const {
  sim::Draws draws = warm_up_.at(static_cast<std::uint64_t>(number));
  return key(draws, false);
}

PageRequests::Request PageRequests::request(std::int64_t number) const {
  sim::Draws draws = requests_.at(static_cast<std::uint64_t>(number));
  const double kind = share(draws);
  const bool late = number >= options_.operations * options_.intervals / 2;
  Request request{.kind = Kind::kGet, .key = key(draws, late), .count = 1};
  if (kind < options_.put_share) {
    request.kind = Kind::kPut;
  } else if (kind < options_.put_share + options_.range_share) {
    request.kind = Kind::kRange;
    request.count = 1 + any_below(options_.range_keys, draws);
    request.key = std::min(request.key, options_.keys - request.count);
  }
  return request;
}

std::int64_t PageRequests::key(sim::Draws& draws, bool late) const {
  const std::int64_t run = place(popularity_(draws), late);
  return run * options_.run_keys + any_below(options_.run_keys, draws);
}

/// Ranks may share a place, as keys do that are hashed.
std::int64_t PageRequests::place(std::int64_t rank, bool late) const {
  sim::Draws draws = places_.at(static_cast<std::uint64_t>(rank));
  const std::int64_t early_place = any_below(runs(), draws);
  const std::int64_t late_place = any_below(runs(), draws);
  const bool drifts = share(draws) < options_.drift;
  return late && drifts ? late_place : early_place;
}

}  // namespace capture
